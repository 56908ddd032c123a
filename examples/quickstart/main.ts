import { App, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "quickstart");

new HotplugProvider(stack, "hotplug");
HotplugReadyVm.fromVirtualMachineId(stack, "db", {
  virtualMachineId: process.env["VIRTUAL_MACHINE"] ?? "vm-42",
  devices: (process.env["DEVICES"] ?? "0000:3b:00.0,0000:3c:00.0,0000:5e:00.0").split(","),
});

app.synth();
