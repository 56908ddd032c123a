import { findHosts, findVirtualMachines } from "../../lib/vim/find";
import { answer, host, hostValues, object, uuid, value, vm, vmValues } from "./described-objects";
import { ScriptedFault, ScriptedVcenter } from "./scripted-vcenter";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

test("a UUID finds every VM that has it, as BIOS or instance UUID, once", async () => {
  vcenter.scripts.FindAllByUuid = ({ body }) =>
    body.includes("<vim25:instanceUuid>true")
      ? '<returnval type="VirtualMachine">vm-42</returnval><returnval type="VirtualMachine">vm-44</returnval>'
      : '<returnval type="VirtualMachine">vm-42</returnval><returnval type="VirtualMachine">vm-43</returnval>';
  expect((await findVirtualMachines(vcenter.client(), uuid)).map(({ value: id }) => id).sort()).toEqual([
    "vm-42",
    "vm-43",
    "vm-44",
  ]);
});

test("a managed object id finds the VM that has it, or none", async () => {
  const client = vcenter.client();
  answer(vcenter, object("VirtualMachine", "vm-42", { name: vmValues.name }));
  expect(await findVirtualMachines(client, "vm-42")).toEqual([vm]);
  vcenter.scripts.RetrievePropertiesEx = () => {
    throw new ScriptedFault("ManagedObjectNotFound", '<obj type="VirtualMachine">vm-42</obj>');
  };
  expect(await findVirtualMachines(client, "vm-42")).toEqual([]);
});

test("an inventory path finds a VM, and nothing that is no VM", async () => {
  const client = vcenter.client();
  vcenter.scripts.FindByInventoryPath = () => '<returnval type="VirtualMachine">vm-42</returnval>';
  expect(await findVirtualMachines(client, "/dc/vm/db")).toEqual([vm]);
  vcenter.scripts.FindByInventoryPath = () => '<returnval type="Folder">group-v3</returnval>';
  expect(await findVirtualMachines(client, "/dc/vm")).toEqual([]);
  expect(await findVirtualMachines(client, "just a name")).toEqual([]);
});

test("a host is found by the name that it has in vCenter, letter case aside", async () => {
  answer(
    vcenter,
    object("HostSystem", "host-12", { name: hostValues.name }),
    object("HostSystem", "host-13", { name: value("xsd:string", "esx02.example.org") }),
  );
  const client = vcenter.client();
  expect(await findHosts(client, "ESX01.example.org")).toEqual([host]);
  expect(await findHosts(client, "esx03.example.org")).toEqual([]);
});
