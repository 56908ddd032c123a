import type { Abortable, Session } from "../session/session";
import { isFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { esxcli, ifPermitted, type PrivilegedReadOptions } from "./esxcli";

/** The VMkernel boot parameter that hot plug asks for. */
export const INTR_COOKIES = "maxIntrCookies";

interface KernelSetting {
  /** What holds since the last start. */
  runtime: string;
  /** What will hold from the next start on. */
  configured: string;
}

/** A boot setting of the VMkernel, such as maxIntrCookies; undefined if the host doesn't know it. */
export async function readKernelSetting(
  session: Session,
  host: ManagedObjectReference,
  name: string,
  { signal }: Abortable = {},
): Promise<KernelSetting | undefined> {
  const list = esxcli(session, host, ["system", "settings", "kernel", "list"], { arguments: { option: name }, signal });
  const rows = await list.catch((error: unknown) => {
    // esxcli's own complaint, which is how it says that there is no such setting.
    if (isFault(error, "CLIFault")) return [];
    throw error;
  });
  const row = rows.find(({ Name }) => Name === name);
  return row && { runtime: row.Runtime ?? "", configured: row.Configured ?? "" };
}

/** Sets a boot setting of the VMkernel; it takes a restart of the host to hold. */
export async function setKernelSetting(
  session: Session,
  host: ManagedObjectReference,
  name: string,
  { value, signal }: Abortable & { value: string },
): Promise<void> {
  await esxcli(session, host, ["system", "settings", "kernel", "set"], {
    arguments: { setting: name, value },
    writes: true,
    signal,
  });
}

/** The boot parameter maxIntrCookies; undefined where the host doesn't know it. */
export async function readIntrCookies(
  session: Session,
  host: ManagedObjectReference,
  { readOnly, ...options }: PrivilegedReadOptions = {},
): Promise<{ running?: number; configured?: number } | undefined> {
  const reading = readKernelSetting(session, host, INTR_COOKIES, options);
  const setting = await ifPermitted(reading, { readOnly, otherwise: () => undefined });
  return setting && { running: wholeNumber(setting.runtime), configured: wholeNumber(setting.configured) };
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
