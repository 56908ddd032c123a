/**
 * A drive that goes into an empty slot while the host runs, to a virtual machine that is asked whether it has it: the
 * deploy waits for the drive, enables it, attaches it, and ends when lspci in the guest shows it. It isn't taken off
 * while something in the guest holds it. By environment: HOTPLUG_SSH_PRIVATE_KEY and HOTPLUG_SSH_KNOWN_HOSTS.
 */
import { App, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "guest-confirmed");
const devices = (process.env["DEVICES"] ?? "0000:61:00.0").split(",");

new HotplugProvider(stack, "hotplug");
const host = new PassthroughHost(stack, "esx01", { hostId: "host-12", devices, waitForDevice: "10m" });
HotplugReadyVm.fromVirtualMachineId(stack, "db", {
  virtualMachineId: process.env["VIRTUAL_MACHINE"] ?? "vm-42",
  host,
  devices,
  guest: { port: Number(process.env["GUEST_PORT"] ?? 22) },
});

app.synth();
