import type { VimClient } from "../session/client";
import { readKernelSetting } from "./esxcli";
import { isFault } from "../wire/fault";
import type { FindOptions } from "../find";
import { hostDevicesInUse } from "./devices-in-use";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

/** The VMkernel boot parameter that hot plug asks for. */
export const INTR_COOKIES = "maxIntrCookies";

export interface HostExtrasOptions extends FindOptions {
  /** An account that may only read is enough: what it may not ask for is left out. Default false: that is an error. */
  readOnly?: boolean;
}

/** What the host itself uses devices for, by address: use, adapter and disk by name. */
export async function readUsesByAddress(
  client: VimClient,
  host: ManagedObjectReference,
  { readOnly = false, ...options }: HostExtrasOptions = {},
): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>();
  const inUse = await orWithout(hostDevicesInUse(client, host, options), readOnly, () =>
    hostDevicesInUse(client, host, { ...options, askForBootDisk: false }),
  );
  for (const { address, adapter, lun, detail } of inUse) {
    uses.set(address, [...(uses.get(address) ?? []), `${detail} (${adapter}, ${lun})`]);
  }
  return uses;
}

/** The boot parameter maxIntrCookies; undefined where the host doesn't know it. */
export async function readIntrCookies(
  client: VimClient,
  host: ManagedObjectReference,
  { readOnly = false, ...options }: HostExtrasOptions = {},
): Promise<{ running?: number; configured?: number } | undefined> {
  const setting = await orWithout(
    readKernelSetting(client, host, INTR_COOKIES, options),
    readOnly,
    async () => undefined,
  );
  return setting && { running: wholeNumber(setting.runtime), configured: wholeNumber(setting.configured) };
}

async function orWithout<T>(reading: Promise<T>, readOnly: boolean, less: () => Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (readOnly && isFault(error, "NoPermission")) return less();
    throw error;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
