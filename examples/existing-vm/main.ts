/**
 * A virtual machine that exists and runs, and its host, neither of them ready yet: one deploy prepares both and
 * attaches two drives. The virtual machine is shut down and powered on once, in this first deploy only.
 */
import { App, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "existing-vm");

new HotplugProvider(stack, "hotplug");
const host = new PassthroughHost(stack, "esx01", {
  hostId: "host-12",
  devices: ["0000:5e:00.0", "0000:5f:00.0"],
});
HotplugReadyVm.fromVirtualMachineId(stack, "db", {
  virtualMachineId: "vm-42",
  host,
  devices: ["0000:5e:00.0", "0000:5f:00.0"],
  powerCycle: "on_create",
});

app.synth();
