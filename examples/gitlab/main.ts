/** A stack for a pipeline that plans in one job and applies in another, with only cdktf.out between them. */
import { App, HttpBackend, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "gitlab");

const address = process.env["STATE_ADDRESS"] ?? "https://state.example.com/hotplug";
new HttpBackend(stack, { address, lockAddress: `${address}/lock`, unlockAddress: `${address}/lock` });
new HotplugProvider(stack, "hotplug", { installProvider: "copy" });
HotplugReadyVm.fromVirtualMachineId(stack, "db", {
  virtualMachineId: "vm-42",
  devices: ["0000:3b:00.0", "0000:5e:00.0"],
});

app.synth();
