import type { HostExtras } from "../hotplug/observed-facts";
import type { VimClient } from "../vim/client";
import { readKernelSetting } from "../vim/esxcli";
import type { FindOptions } from "../vim/find";
import { hostDevicesInUse } from "../vim/host-devices-in-use";
import type { ManagedObjectReference } from "../vim/managed-object-reference";

export const INTR_COOKIES = "maxIntrCookies";

/** What the host itself uses devices for, by address: use, adapter and disk by name. */
export async function readUsesByAddress(client: VimClient, host: ManagedObjectReference, options: FindOptions = {}): Promise<NonNullable<HostExtras["usedByHost"]>> {
  const uses = new Map<string, string[]>();
  for (const { address, adapter, lun, detail } of await hostDevicesInUse(client, host, options)) {
    uses.set(address, [...(uses.get(address) ?? []), `${detail} (${adapter}, ${lun})`]);
  }
  return uses;
}

/** The boot parameter maxIntrCookies; undefined where the host doesn't know it. */
export async function readIntrCookies(client: VimClient, host: ManagedObjectReference, options: FindOptions = {}): Promise<HostExtras["intrCookies"]> {
  const setting = await readKernelSetting(client, host, INTR_COOKIES, options);
  return setting && { running: wholeNumber(setting.runtime), configured: wholeNumber(setting.configured) };
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
