import { readObject } from "../session/answers";
import { objectQuery } from "../session/object-query";
import { retrieve } from "../session/property-collector";
import type { Abortable, Session } from "../session/session";
import { VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

interface PassthroughChange {
  /** PCI address, `0000:3b:00.0`. */
  address: string;
  enabled: boolean;
  /** Make it active without a restart: only for hosts with `deviceRebindWithoutRebootSupported`. */
  applyNow: boolean;
}

/** Lets the host look for devices put in or pulled out since it started. */
export async function refreshPciDevices(
  session: Session,
  host: ManagedObjectReference,
  { signal }: Abortable = {},
): Promise<void> {
  await session.call("Refresh", await passthruSystem(session, host, signal), {}, { signal });
}

/** Enables or disables passthrough of exactly these devices. It may take a restart of the host to become active. */
export async function updatePassthrough(
  session: Session,
  host: ManagedObjectReference,
  changes: readonly PassthroughChange[],
  { signal }: Abortable = {},
): Promise<void> {
  const config = changes.map(({ address, enabled, applyNow }) => ({
    id: address,
    passthruEnabled: enabled,
    ...(applyNow && { applyNow }),
  }));
  const system = await passthruSystem(session, host, signal);
  signal?.throwIfAborted();
  await session.call("UpdatePassthruConfig", system, { config });
}

async function passthruSystem(
  session: Session,
  host: ManagedObjectReference,
  signal: AbortSignal | undefined,
): Promise<ManagedObjectReference> {
  const properties = { "configManager.pciPassthruSystem": "ManagedObjectReference?" } as const;
  const [object] = await retrieve(session, [objectQuery([host], properties)], { signal });
  const system = object && readObject(object, properties).properties["configManager.pciPassthruSystem"];
  if (!system)
    throw new VimFault({
      type: "NotSupported",
      message: `${host.value} has no PCI passthrough: is it connected?`,
      properties: { object: host },
    });
  return system;
}
