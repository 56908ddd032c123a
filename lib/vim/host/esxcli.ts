import { SaxesParser } from "saxes";
import type { VimClient } from "../session/client";
import { VimConnectionError } from "../wire/connection-error";
import { isFault, VimFault } from "../wire/fault";
import type { FindOptions } from "../find";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

export interface EsxcliCommand extends FindOptions {
  /** Arguments by their long names. */
  arguments?: Readonly<Record<string, string>>;
  /** The command changes something. Default false. */
  writes?: boolean;
}

/** One row of a command's answer: fields by name. */
export type EsxcliRow = Readonly<Record<string, string>>;

/**
 * Runs a command of esxcli on a host, through vCenter: `["system", "settings", "kernel", "list"]`. It is an interface
 * that VMware doesn't publish; govc's `host.esxcli` and PowerCLI's Get-EsxCli work the same way.
 */
export async function esxcli(
  client: VimClient,
  host: ManagedObjectReference,
  command: readonly string[],
  { arguments: given = {}, writes = false, signal }: EsxcliCommand = {},
): Promise<EsxcliRow[]> {
  const executer = await client.call("RetrieveManagedMethodExecuter", host, {}, { signal });
  const argument = Object.entries(given).map(([name, text]) => ({
    name,
    val: `<${name}>${escapeXml(text)}</${name}>`,
  }));
  const result = await client.call(
    "ExecuteSoap",
    executer,
    {
      moid: `ha-cli-handler-${command.slice(0, -1).join("-")}`,
      version: "urn:vim25/5.0",
      method: `vim.EsxCLI.${command.join(".")}`,
      argument,
    },
    { signal, writes },
  );
  if (result?.fault) {
    const { faultMsg, faultDetail } = result.fault;
    throw new VimFault({
      type: "CLIFault",
      message: `esxcli ${command.join(" ")}: ${errorMessage(faultDetail) ?? faultMsg}`,
      properties: { object: host },
    });
  }
  return parseRows(result?.response ?? "", command);
}

export interface KernelSetting {
  /** What holds since the last start. */
  runtime: string;
  /** What will hold from the next start on. */
  configured: string;
}

/** A boot setting of the VMkernel, such as maxIntrCookies; undefined if the host doesn't know it. */
export async function readKernelSetting(
  client: VimClient,
  host: ManagedObjectReference,
  name: string,
  { signal }: FindOptions = {},
): Promise<KernelSetting | undefined> {
  const list = esxcli(client, host, ["system", "settings", "kernel", "list"], { arguments: { option: name }, signal });
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
  client: VimClient,
  host: ManagedObjectReference,
  name: string,
  { value, signal }: FindOptions & { value: string },
): Promise<void> {
  await esxcli(client, host, ["system", "settings", "kernel", "set"], {
    arguments: { setting: name, value },
    writes: true,
    signal,
  });
}

/**
 * Reads `<obj><DataObject><Name>…</Name>…</DataObject>…</obj>`, or one row's fields right inside `<obj>`; a single
 * value is no row.
 */
function parseRows(xml: string, command: readonly string[]): EsxcliRow[] {
  const rows: Record<string, string>[] = [];
  const parser = new SaxesParser();
  const open: string[] = [];
  let text = "";
  const refuse = (): never => {
    throw new VimConnectionError("bad_answer", `The answer to esxcli ${command.join(" ")} can't be used.`);
  };
  parser.on("error", refuse);
  parser.on("doctype", refuse);
  parser.on("opentag", ({ name }) => {
    open.push(name);
    text = "";
    if (open.length === 2 && (name === "DataObject" || rows.length === 0)) rows.push({});
  });
  parser.on("text", (more) => (text += more));
  parser.on("closetag", ({ name }) => {
    const inRow = open[1] === "DataObject" ? 3 : 2;
    if (open.length === inRow) rows.at(-1)![name] = text;
    open.pop();
  });
  if (xml.trim() !== "") parser.write(xml).close();
  return rows;
}

function errorMessage(detail: string | undefined): string | undefined {
  return /<errMsg>([^<]*)<\/errMsg>/.exec(detail ?? "")?.[1];
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
