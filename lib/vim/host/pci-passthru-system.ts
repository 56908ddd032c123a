import type { VimClient } from "../session/client";
import { VimFault } from "../wire/fault";
import type { FindOptions } from "../find";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readObject, requireAll, retrieve } from "../session/property-collector";

export interface PassthroughChange {
  /** PCI address, `0000:3b:00.0`. */
  address: string;
  enabled: boolean;
  /** Make it active without a restart: only for hosts with `deviceRebindWithoutRebootSupported`. */
  applyNow: boolean;
}

/** Lets the host look for devices put in or pulled out since it started. */
export async function refreshPciDevices(
  client: VimClient,
  host: ManagedObjectReference,
  { signal }: FindOptions = {},
): Promise<void> {
  await client.call("Refresh", await passthruSystem(client, host, signal), {}, { signal });
}

/**
 * Enables or disables passthrough of devices, of exactly those named. It may take a restart of the host to become
 * active.
 */
export async function updatePassthrough(
  client: VimClient,
  host: ManagedObjectReference,
  changes: readonly PassthroughChange[],
  { signal }: FindOptions = {},
): Promise<void> {
  const config = changes.map(({ address, enabled, applyNow }) => ({
    id: address,
    passthruEnabled: enabled,
    ...(applyNow && { applyNow }),
  }));
  const system = await passthruSystem(client, host, signal);
  signal?.throwIfAborted();
  await client.call("UpdatePassthruConfig", system, { config });
}

async function passthruSystem(
  client: VimClient,
  host: ManagedObjectReference,
  signal: AbortSignal | undefined,
): Promise<ManagedObjectReference> {
  const properties = { "configManager.pciPassthruSystem": "ManagedObjectReference?" } as const;
  const [object] = await retrieve(client, [{ objects: [{ obj: host }], properties: { HostSystem: properties } }], {
    signal,
  });
  const read = object && readObject(object, properties);
  if (read) requireAll(read);
  const system = read?.properties["configManager.pciPassthruSystem"];
  if (!system)
    throw new VimFault({
      type: "NotSupported",
      message: `${host.value} has no PCI passthrough: is it connected?`,
      properties: { object: host },
    });
  return system;
}
