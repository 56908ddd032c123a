import type { VimClient } from "../session/client";
import type { FindOptions } from "../find";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

export interface GuestOsQuery extends FindOptions {
  guestId: string;
  host?: ManagedObjectReference;
  /** 20 of `vmx-20`; the host's default if left out. */
  hardwareVersion?: number;
}

/** Whether VMware says that the guest OS supports hot plug of PCI devices; undefined if it says nothing. */
export async function guestSupportsHotPlugPci(
  client: VimClient,
  environmentBrowser: ManagedObjectReference,
  { guestId, host, hardwareVersion, signal }: GuestOsQuery,
): Promise<boolean | undefined> {
  const spec = { key: hardwareVersion === undefined ? undefined : `vmx-${hardwareVersion}`, host, guestId: [guestId] };
  const option = await client.call("QueryConfigOptionEx", environmentBrowser, { spec }, { signal });
  return option?.guestOSDescriptor.find(({ id }) => id === guestId)?.supportsHotPlugPCI;
}
