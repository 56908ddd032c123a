import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { all, faultOf, find } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess;
afterEach(() => running.vcenter.stop());

const drive = { address: "0000:3b:00.0", vendor: "8086", device: "0a54" };
const lab = (clusters?: Inventory["clusters"]): Inventory => ({
  clusters,
  hosts: ["one", "two"].map((name, index) => ({
    id: `host-${12 + index}`,
    name: `${name}.example.test`,
    cluster: "prod",
    devices: [drive],
  })),
  virtualMachines: [
    { id: "vm-42", name: "db", host: "host-12", devices: [drive.address] },
    { id: "vm-43", name: "cache", host: "host-12" },
  ],
});
const clusterOf = async (): Promise<string> => (await running.soap.text("HostSystem:host-12", "parent"))!;

it("are found as the ComputeResource that they are too, in reads and in views", async () => {
  running = await startInProcess(lab());
  const cluster = await clusterOf();
  expect(await running.soap.text(`ComputeResource:${cluster}`, "name")).toBe("prod");
  expect(await running.soap.text(`ClusterComputeResource:${cluster}`, "name")).toBe("prod");
  expect(await faultOf(running.soap.read(`Datastore:${cluster}`, "name"))).toBe("ManagedObjectNotFound");
  const view = await running.soap.reference(
    "CreateContainerView",
    "ViewManager:ViewManager",
    '<container type="Folder">group-d1</container><type>ComputeResource</type><recursive>true</recursive>',
  );
  const { view: content } = await running.soap.read(view, "view");
  expect(content!.children.map(({ text, attributes }) => `${attributes.get("type")}:${text}`)).toEqual([
    `ClusterComputeResource:${cluster}`,
  ]);
});

it.each([
  ["where nothing is said", undefined, "true"],
  ["as the inventory says", [{ name: "prod", drs: false }], "false"],
])("tell of DRS %s", async (_, clusters, enabled) => {
  running = await startInProcess(lab(clusters));
  const read = await running.soap.read(
    `ClusterComputeResource:${await clusterOf()}`,
    "configuration",
    "configurationEx",
    "summaryEx",
  );
  for (const path of ["configuration", "configurationEx"])
    expect(find(find(read[path]!, "drsConfig")!, "enabled")!.text).toBe(enabled);
  expect(read["configurationEx"]!.xsiType?.name).toBe("ClusterConfigInfoEx");
  expect(find(read["configuration"]!, "dasConfig")).toBeDefined();
});

it.each([
  ["leave by themselves where they can, with DRS", [{ name: "prod", drs: true }], "host-13"],
  ["stay, without DRS", [{ name: "prod", drs: false }], "host-12"],
])("of a host that enters maintenance mode, machines %s", async (_, clusters, host) => {
  running = await startInProcess(lab(clusters));
  const { soap } = running;
  expect(await faultOf(soap.task("EnterMaintenanceMode_Task", "HostSystem:host-12", "<timeout>1</timeout>"))).toBe(
    "Timedout",
  );
  expect(await soap.text("VirtualMachine:vm-43", "runtime.host")).toBe(host);
  expect(await soap.text("VirtualMachine:vm-42", "runtime.host")).toBe("host-12");
  expect(all((await soap.read("HostSystem:host-12", "vm"))["vm"]!, "ManagedObjectReference").length).toBe(
    host === "host-13" ? 1 : 2,
  );
});
