import { systemClock } from "../../../lib/clock";
import { VirtualMachineLooks } from "../../../lib/vim/virtual-machine/looks";
import {
  answer,
  device,
  devices,
  fixed,
  host,
  hostValues,
  object,
  value,
  virtualMachines,
  vm,
  vmValues,
} from "../described-objects";
import { ScriptedVcenter } from "../scripted-vcenter";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

test("a VM, its host and its neighbours come in one request; one that can't be seen into is unknown", async () => {
  answer(
    vcenter,
    object("VirtualMachine", "vm-42", vmValues),
    object("HostSystem", "host-12", { ...hostValues, vm: virtualMachines("vm-42", "vm-43", "vm-44") }),
    object("VirtualMachine", "vm-43", {
      name: value("xsd:string", "other"),
      "config.hardware.device": devices(device(13000, fixed("0000:5e:00.0", "a824"))),
    }),
    object("VirtualMachine", "vm-44", { name: value("xsd:string", "hidden") }),
  );
  const {
    virtualMachine,
    host: found,
    otherVirtualMachines,
  } = await new VirtualMachineLooks(vcenter.client(), systemClock).look(vm);
  expect([virtualMachine.reference, found?.reference]).toEqual([vm, host]);
  expect(
    otherVirtualMachines.map(({ name, passthroughDevices }) => [
      name,
      passthroughDevices?.map(({ address }) => address),
    ]),
  ).toEqual([
    ["other", ["0000:5e:00.0"]],
    ["hidden", undefined],
  ]);
  expect(vcenter.methods.slice(2)).toEqual(["RetrievePropertiesEx"]);
});
