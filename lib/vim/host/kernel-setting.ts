import type { Abortable, Session } from "../session/session";
import { isFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { esxcli, ifPermitted, type PrivilegedReadOptions } from "./esxcli";

/** The VMkernel boot parameter that hot plug asks for. */
export const INTR_COOKIES = "maxIntrCookies";
/** The one that lets the VMkernel see what is put into a slot, or pulled out of it. */
const PCIE_HOTPLUG = "enablePCIEHotplug";

interface KernelSetting {
  /** What holds since the last start. */
  runtime: string;
  /** What will hold from the next start on. */
  configured: string;
}

/** A value as the running kernel has it, and as the next boot will. */
interface BootParameter<T> {
  running?: T;
  configured?: T;
}

export interface BootParameters {
  /** Undefined where the host doesn't know it. */
  intrCookies?: BootParameter<number>;
  pcieHotplug?: BootParameter<boolean>;
}

/** The boot settings of the VMkernel by their names, such as maxIntrCookies. */
export async function readKernelSettings(
  session: Session,
  host: ManagedObjectReference,
  options: Abortable = {},
): Promise<ReadonlyMap<string, KernelSetting>> {
  const list = esxcli(session, host, ["system", "settings", "kernel", "list"], options);
  const rows = await list.catch((error: unknown) => {
    // esxcli's own complaint: it has no such command.
    if (isFault(error, "CLIFault")) return [];
    throw error;
  });
  return new Map(
    rows.map(({ Name = "", Runtime = "", Configured = "" }) => [Name, { runtime: Runtime, configured: Configured }]),
  );
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

/** The boot parameters that hot plug is about, by one call; undefined where the account may not ask for them. */
export async function readBootParameters(
  session: Session,
  host: ManagedObjectReference,
  { readOnly, ...options }: PrivilegedReadOptions = {},
): Promise<BootParameters | undefined> {
  const reading = readKernelSettings(session, host, options);
  const settings = await ifPermitted(reading, { readOnly, otherwise: () => undefined });
  const [cookies, hotplug] = [settings?.get(INTR_COOKIES), settings?.get(PCIE_HOTPLUG)];
  return (
    settings && {
      ...(cookies && {
        intrCookies: { running: wholeNumber(cookies.runtime), configured: wholeNumber(cookies.configured) },
      }),
      ...(hotplug && { pcieHotplug: { running: truth(hotplug.runtime), configured: truth(hotplug.configured) } }),
    }
  );
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function truth(text: string): boolean | undefined {
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined;
}
