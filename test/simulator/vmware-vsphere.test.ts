import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { type Field, parseVersion } from "../../lib/simulator/schema/parse-schema";
import { PRIMITIVES, schema } from "../../lib/simulator/schema/schema";
import { type DataObject, Reference, type Value } from "../../lib/simulator/value";
import { Encoder } from "../../lib/simulator/wire/encode";
import { find } from "../support/soap-requests";
import { devices, one } from "./device-specs";
import { type InProcess, startInProcess } from "./in-process";

interface Recording {
  client: string;
  recorded: string;
  requests: { title: string; operation: string; target: string; arguments: DataObject }[];
}

/** What Terraform's provider vmware/vsphere sent to the embedded vCenter, as its call log has it. */
const { client, recorded, requests } = JSON.parse(
  readFileSync(join(__dirname, "recorded", "vmware-vsphere.json"), "utf8"),
) as Recording;

/** A host as the one of the recording. */
const inventory: Inventory = {
  hosts: [{ id: "host-12", name: "esx01.example.test", datastores: [{ name: "LocalDS_0", id: "datastore-201" }] }],
  virtualMachines: [{ id: "vm-42", name: "tmpl", host: "host-12", powerState: "poweredOff", template: true }],
};

/** The log writes references as texts, and the type of each data object. */
function fromLog(field: Field, value: Value): Value {
  if (Array.isArray(value)) return value.map((item: Value) => fromLog(field, item));
  if (field.reference) return new Reference(...((value as string).split(":") as [string, string]));
  if (typeof value !== "object" || PRIMITIVES.has(field.type)) return value;
  const { $type = field.type, ...fields } = value as DataObject;
  if (PRIMITIVES.has($type)) return value;
  return {
    $type,
    ...Object.fromEntries(
      Object.entries(fields).map(([name, one]) => [name, fromLog(schema.field($type, name)!, one!)]),
    ),
  };
}

let running: InProcess;
beforeAll(async () => (running = await startInProcess(inventory)));
afterAll(() => running.vcenter.stop());

const encoder = new Encoder(parseVersion("8.0.3.0"));

/** Sends a recorded request again; answers the object that its task made. */
async function replay(title: string): Promise<string> {
  const request = requests.find((one) => one.title === title)!;
  const [type] = request.target.split(":") as [string];
  const text = schema
    .method(type, request.operation)!
    .parameters.map((field) => {
      const value = request.arguments[field.name];
      return value === undefined ? "" : encoder.field(field, fromLog(field, value));
    })
    .join("");
  return find(await running.soap.task(request.operation, request.target, text), "result")?.text ?? "";
}

const labels = async (vm: string): Promise<string[]> =>
  (await devices(running.soap, vm)).slice(9).map(({ key, label }) => `${key} ${label}`);

describe(`The requests of ${client}, recorded ${recorded}`, () => {
  it("clone a template, change the clone, and replace its network adapter", async () => {
    const { soap } = running;
    const vm = await replay("clone a template");
    expect(vm).toBe("vm-1001");
    await replay("change what was cloned");
    const address = async (): Promise<string[]> =>
      (await devices(soap, vm)).flatMap(({ element }) => find(element, "macAddress")?.text ?? []);
    const before = await address();
    await replay("replace its network adapter");
    expect(await address()).toHaveLength(1);
    expect(await address()).not.toEqual(before);
    expect(await soap.text(`VirtualMachine:${vm}`, "config.hardware.memoryMB")).toBe("4096");
    expect(find(await one(soap, vm, "Hard disk 1"), "capacityInKB")!.text).toBe(`${50 * 2 ** 20}`);
  });

  it("create a virtual machine whose devices and configuration are read as they were given", async () => {
    const { soap } = running;
    const vm = await replay("create a virtual machine");
    expect(vm).toBe("vm-1002");
    expect(await labels(vm)).toEqual(["1000 SCSI controller 0", "2000 Hard disk 1", "4000 Network adapter 1"]);
    expect(find(await one(soap, vm, "Hard disk 1"), "fileName")!.text).toBe("[LocalDS_0] made/made.vmdk");
    expect(find(await one(soap, vm, "Network adapter 1"), "resourceAllocation")).toBeDefined();
    for (const [path, text] of [
      ["config.annotation", "first"],
      ["config.tools.syncTimeWithHost", "false"],
      ["config.flags.enableLogging", "false"],
      ["config.bootOptions.bootRetryDelay", "10000"],
      ["config.latencySensitivity.level", "normal"],
      ["config.swapPlacement", "inherit"],
      ["config.firmware", "efi"],
    ] as const)
      expect([path, await soap.text(`VirtualMachine:${vm}`, path)]).toEqual([path, text]);
  });

  it("change it, with a disk and a drive more and then fewer, and rename it", async () => {
    const { soap } = running;
    const vm = "VirtualMachine:vm-1002";
    await replay("add a disk, a drive, a CPU");
    expect((await labels("vm-1002")).slice(3)).toEqual(["2001 Hard disk 2", "3000 CD/DVD drive 1"]);
    const { "config.extraConfig": options } = await soap.read(vm, "config.extraConfig");
    expect(find(options!, "key")!.text).toBe("a.b");
    expect([await soap.text(vm, "name"), await soap.text(vm, "config.hardware.numCPU")]).toEqual(["renamed", "4"]);
    await replay("take the disk and the drive off");
    expect(await labels("vm-1002")).toHaveLength(3);
    expect(await soap.text(vm, "name")).toBe("made");
  });
});
