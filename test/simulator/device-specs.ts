import type { XmlElement } from "../../lib/simulator/wire/xml";
import { find } from "../support/soap-requests";
import type { InProcess } from "./in-process";

const POOL = '<pool type="ResourcePool">resgroup-102</pool><host type="HostSystem">host-12</host>';

export const change = (operation: string, type: string, fields: string, fileOperation = ""): string =>
  `<deviceChange><operation>${operation}</operation>` +
  (fileOperation && `<fileOperation>${fileOperation}</fileOperation>`) +
  `<device xsi:type="${type}">${fields}</device></deviceChange>`;
export const add = (type: string, fields: string, fileOperation?: string): string =>
  change("add", type, fields, fileOperation);

export const flat = (file: string): string =>
  `<backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>${file}</fileName><diskMode>persistent</diskMode>` +
  "<thinProvisioned>true</thinProvisioned></backing>";
export const pvscsi = (key = -201): string =>
  add("ParaVirtualSCSIController", `<key>${key}</key><busNumber>0</busNumber><sharedBus>noSharing</sharedBus>`);
export const disk = (controller = -201, unit = 0, file = "[datastore-esx01]"): string =>
  add(
    "VirtualDisk",
    `<key>${-202 - unit}</key>${flat(file)}<controllerKey>${controller}</controllerKey>` +
      `<unitNumber>${unit}</unitNumber><capacityInKB>1048576</capacityInKB>`,
    "create",
  );
export const nic = (more = "", network = "VM Network"): string =>
  add(
    "VirtualVmxnet3",
    `<key>-203</key><backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>${network}</deviceName>` +
      `</backing>${more}`,
  );

interface Shown {
  type: string;
  key: number;
  label: string;
  controllerKey?: number;
  unit?: number;
  element: XmlElement;
}

export async function devices(soap: InProcess["soap"], vm: string): Promise<Shown[]> {
  const path = "config.hardware.device";
  const number = (element: XmlElement, name: string): number | undefined => {
    const text = element.children.find((child) => child.name === name)?.text;
    return text === undefined ? undefined : Number(text);
  };
  return (await soap.read(`VirtualMachine:${vm}`, path))[path]!.children.map((element) => ({
    type: element.xsiType!.name,
    key: number(element, "key")!,
    label: find(element, "label")!.text,
    controllerKey: number(element, "controllerKey"),
    unit: number(element, "unitNumber"),
    element,
  }));
}

export const one = async (soap: InProcess["soap"], vm: string, label: string): Promise<XmlElement> =>
  (await devices(soap, vm)).find((device) => device.label === label)!.element;

export async function create(soap: InProcess["soap"], spec: string, name = "made"): Promise<string> {
  const task = await soap.task(
    "CreateVM_Task",
    "Folder:group-v4",
    `<config><name>${name}</name>${spec}</config>${POOL}`,
  );
  return find(task, "result")!.text;
}
