import { SaxesParser } from "saxes";
import type { Abortable, Session } from "../session/session";
import { VimConnectionError } from "../wire/connection-error";
import { isFault, VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

interface EsxcliCommand extends Abortable {
  /** Arguments by their long names. */
  arguments?: Readonly<Record<string, string>>;
  /** The command changes something. Default false. */
  writes?: boolean;
}

/** One row of a command's answer: fields by name. */
type EsxcliRow = Readonly<Record<string, string>>;

/**
 * Runs a command of esxcli on a host, through vCenter: `["system", "settings", "kernel", "list"]`. It is an interface
 * that VMware doesn't publish; govc's `host.esxcli` and PowerCLI's Get-EsxCli work the same way.
 */
export async function esxcli(
  session: Session,
  host: ManagedObjectReference,
  command: readonly string[],
  { arguments: given = {}, writes = false, signal }: EsxcliCommand = {},
): Promise<EsxcliRow[]> {
  const executer = await session.call("RetrieveManagedMethodExecuter", host, {}, { signal });
  const argument = Object.entries(given).map(([name, text]) => ({
    name,
    val: `<${name}>${escapeXml(text)}</${name}>`,
  }));
  const result = await session.call(
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

/** How to ask for what takes more than the right to read, as esxcli does. */
export interface PrivilegedReadOptions extends Abortable {
  /** An account that may only read is enough: what it may not ask for is left out. Default false: that is an error. */
  readOnly?: boolean;
}

/** What `reading` gives, or `otherwise` where the account may not ask for it and `readOnly` says that it need not. */
export async function ifPermitted<T>(
  reading: Promise<T>,
  { readOnly = false, otherwise }: { readOnly?: boolean; otherwise(): T | Promise<T> },
): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (readOnly && isFault(error, "NoPermission")) return otherwise();
    throw error;
  }
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
