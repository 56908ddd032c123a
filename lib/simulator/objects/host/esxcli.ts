import type { Operations } from "../../core/operation";
import { Fault } from "../../fault";
import { type DataObject, listOf } from "../../value";
import { escapeXml, parseXml, XSD, XSI } from "../../wire/xml";
import { hostDisks } from "./host-storage";
import type { HostSystem } from "./host-system";
import { ManagedObject } from "../managed-object";

/*
 * esxcli over SOAP: a host hands out a ManagedMethodExecuter, whose ExecuteSoap takes a method's name, its arguments
 * as XML text, and answers with XML text. Nothing documents it; it is as govmomi's cli/esx and pyVmomi's
 * SoapAdapter use it: https://github.com/vmware/govmomi/tree/main/cli/esx
 */

const HANDLER = "ha-cli-handler-system-settings-kernel";
const DEVICE_LIST = "vim.EsxCLI.storage.core.device.list";
const LIST = "vim.EsxCLI.system.settings.kernel.list";
const SET = "vim.EsxCLI.system.settings.kernel.set";

/** The operations by which a host hands out its executer. */
export function esxcliOperations(host: HostSystem): Operations {
  const executer = host.world.add(new MethodExecuter(host));
  const types = host.world.add(new DynamicTypeManager(host));
  return {
    RetrieveManagedMethodExecuter: { run: () => executer.ref },
    RetrieveDynamicTypeManager: { run: () => types.ref },
  };
}

/** Runs esxcli's commands on a host; of them, the kernel's settings. */
class MethodExecuter extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "ReflectManagedMethodExecuter", `ManagedMethodExecuter-${host.number}`);
  }

  override readonly operations: Operations = {
    ExecuteSoap: {
      privilege: this.world.assumptions.esxcliPrivilege,
      run: ({ moid, method, argument }) =>
        this.execute(moid as string, method as string, argumentsOf(listOf(argument) as DataObject[])),
    },
  };

  private execute(moid: string, method: string, args: ReadonlyMap<string, string>): DataObject {
    this.host.requireConnected();
    try {
      return { response: this.answer(moid, method, args) };
    } catch (error) {
      if (!(error instanceof EsxcliError)) throw error;
      return {
        fault: {
          faultMsg: "EsxCLI.CLIFault.summary",
          faultDetail:
            "<detail><Fault " +
            `xsi:type="VimEsxCLICLIFault"><errMsg>${escapeXml(error.message)}</errMsg></Fault></detail>`,
        },
      };
    }
  }

  private answer(moid: string, method: string, args: ReadonlyMap<string, string>): string {
    if (method === "vim.CLIInfo.FetchCLIInfo") return commandInfo(args.get("typeName") ?? "");
    if (method === DEVICE_LIST) return deviceList(this.host);
    if (moid !== HANDLER) throw new EsxcliError(`There is no ${moid}`);
    if (method === LIST)
      return arrayOfObjects("VimEsxCLIsystemsettingskernellistKernelParam", this.settings(args.get("option")));
    if (method !== SET) throw new EsxcliError(`The embedded vCenter doesn't know ${method}`);
    this.set(args.get("setting"), args.get("value"));
    return `<obj ${XML_NAMESPACES} xsi:type="xsd:boolean">true</obj>`;
  }

  /** By what they are called, in the order in which esxcli writes them. */
  private settings(option?: string): Readonly<Record<string, string | number>>[] {
    const { configured, running } = this.host.maxIntrCookies;
    const hotplug = this.host.enablePCIEHotplug;
    const known = [
      {
        Configured: spelled(hotplug.configured),
        Default: spelled(true),
        Description: "Native hot plug of PCIe.",
        Name: "enablePCIEHotplug",
        Runtime: spelled(hotplug.running),
        Type: "Bool",
      },
      {
        Configured: configured,
        Default: this.host.defaultIntrCookies,
        Description: "Maximum number of interrupt cookies.",
        Name: "maxIntrCookies",
        Runtime: running,
        Type: "uint32",
      },
      {
        Configured: 0,
        Default: 0,
        Description: "Maximum number of virtual machines.",
        Name: "maxVMs",
        Runtime: 1024,
        Type: "uint32",
      },
    ];
    const wanted = known.filter(({ Name }) => option === undefined || Name === option);
    if (wanted.length === 0) throw new EsxcliError(`Invalid Key: ${option!}`);
    return wanted;
  }

  private set(setting?: string, value?: string): void {
    if (setting === "enablePCIEHotplug") {
      if (!/^(true|false)$/i.test(value ?? "")) throw new EsxcliError(`Invalid value for ${setting}: ${value ?? ""}`);
      this.host.enablePCIEHotplug = { ...this.host.enablePCIEHotplug, configured: value!.toLowerCase() === "true" };
      return this.world.changes.announce();
    }
    if (setting !== "maxIntrCookies") throw new EsxcliError(`Invalid Key: ${setting ?? ""}`);
    if (!/^\d{1,9}$/.test(value ?? "")) throw new EsxcliError(`Invalid value for maxIntrCookies: ${value ?? ""}`);
    this.host.maxIntrCookies = { ...this.host.maxIntrCookies, configured: Number(value) };
    this.world.changes.announce();
  }
}

/** govmomi asks for it; what it needs, it gets from the executer. */
class DynamicTypeManager extends ManagedObject {
  constructor(host: HostSystem) {
    super(host.world, "InternalDynamicTypeManager", `DynamicTypeManager-${host.number}`);
  }
}

/** As esxcli writes a truth value. */
const spelled = (value: boolean): string => (value ? "TRUE" : "FALSE");

class EsxcliError extends Error {}

/** Each argument's value is an XML text of its own: `<option>maxIntrCookies</option>`. */
function argumentsOf(args: readonly DataObject[]): Map<string, string> {
  return new Map(
    args.map(({ name, val }) => {
      try {
        return [name as string, parseXml(val as string).text.trim()];
      } catch {
        throw new Fault("InvalidArgument", `The argument ${String(name)} is not XML`, { invalidProperty: "argument" });
      }
    }),
  );
}

const XML_NAMESPACES = `xmlns:xsd="${XSD}" xmlns:xsi="${XSI}"`;
const NAMESPACES = `${XML_NAMESPACES} xmlns="urn:vim25"`;

/** A list as esxcli answers it: each object's fields in its order, by name. */
const arrayOfObjects = (type: string, items: readonly Readonly<Record<string, unknown>>[]): string => {
  const fields = (item: Readonly<Record<string, unknown>>): string =>
    Object.entries(item)
      .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      .join("");
  const objects = items.map((item) => `<DataObject xsi:type="${type}">${fields(item)}</DataObject>`);
  return `<obj ${NAMESPACES} versionId="5.0" xsi:type="ArrayOfDataObject">${objects.join("")}</obj>`;
};

const deviceList = (host: HostSystem): string =>
  arrayOfObjects(
    "VimEsxCLIstoragecoredevicelistScsiDevice",
    hostDisks(host).map(({ name, boot }) => ({ Device: name, IsBootDevice: boot })),
  );

/** How esxcli's command line is read, for clients that ask (govc does). */
function commandInfo(typeName: string): string {
  if (typeName !== "vim.EsxCLI.system.settings.kernel")
    throw new EsxcliError(`The embedded vCenter doesn't know ${typeName}`);
  const parameter = (name: string, aliases: readonly string[], flag: boolean): string =>
    `<param><name>${name}</name><displayName>${name}</displayName>` +
    `<help>${name}</help>${aliases.map((alias) => `<aliases>${alias}</aliases>`).join("")}<flag>${flag}</flag>` +
    "</param>";
  const method = (name: string, parameters: string, hints: string): string =>
    `<method><name>${name}</name><displayName>${name}</displayName><help>${name}</help>${parameters}${hints}</method>`;
  const hint = (key: string, value: string): string => `<hints><key>${key}</key><value>${value}</value></hints>`;
  return (
    `<obj ${NAMESPACES} ` +
    `xsi:type="VimCLIInfo"><name>${typeName}</name><displayName>kernel</displayName><help>VMkernel ` +
    "settings</help>" +
    method(
      "list",
      parameter("option", ["-o", "--option"], false),
      hint("fields:KernelParam", "Name,Type,Configured,Runtime,Default,Description") + hint("formatter", "table"),
    ) +
    method(
      "set",
      parameter("setting", ["-s", "--setting"], false) + parameter("value", ["-v", "--value"], false),
      hint("formatter", "simple"),
    ) +
    `</obj>`
  );
}
