/**
 * A host made ready before there is any virtual machine to use it. It may be restarted, once, through maintenance mode.
 */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { DataHotplugHostPciDevices, HotplugProvider, PassthroughHost } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "prepared-host");

new HotplugProvider(stack, "hotplug");
const host = new PassthroughHost(stack, "esx02", {
  hostId: "host-13",
  devices: ["0000:5e:00.0", "0000:5f:00.0"],
  reboot: "if_needed",
});
const drives = new DataHotplugHostPciDevices(stack, "drives", { hostId: "host-13" });

new TerraformOutput(stack, "ready", { value: host.activeDevices });
new TerraformOutput(stack, "all_nvme_drives", { value: drives.addresses });

app.synth();
