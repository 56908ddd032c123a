/**
 * Synthesizes one stack of so many virtual machines and prints how long that took, in milliseconds:
 * `bare` VirtualMachines of @cdktf/provider-vsphere, or `ready` ones, each with four drives.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { VsphereProvider } from "@cdktf/provider-vsphere/lib/provider";
import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "../../lib";

const [VIRTUAL_MACHINES_A_HOST, DRIVES] = [20, 4];
const SLOTS = Array.from({ length: VIRTUAL_MACHINES_A_HOST * DRIVES }, (_, slot) => {
  return `0000:${(slot + 16).toString(16)}:00.0`;
});

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const outdir = mkdtempSync(join(tmpdir(), "hotplug-synth-"));

const startedAt = performance.now();
const stack = new TerraformStack(new App({ outdir }), "fleet");
new VsphereProvider(stack, "vsphere", { user: "", password: "" });
if (kind === "ready") new HotplugProvider(stack, "hotplug");
let host!: PassthroughHost;
for (let index = 0; index < count; index++) {
  const id = `vm${index}`;
  const virtualMachine = {
    name: id,
    resourcePoolId: "resgroup-8",
    datastoreId: "datastore-15",
    guestId: "rhel9_64Guest",
    memory: 2048,
    numCpus: 2,
    networkInterface: [{ networkId: "network-7" }],
    disk: [{ label: "system", size: 8 }],
  };
  if (kind === "bare") {
    new VirtualMachine(stack, id, virtualMachine);
    continue;
  }
  const place = index % VIRTUAL_MACHINES_A_HOST;
  if (place === 0) host = new PassthroughHost(stack, `host${index}`, { hostId: `host-${index + 1}`, devices: SLOTS });
  new HotplugReadyVm(stack, id, { host, virtualMachine, devices: SLOTS.slice(place * DRIVES, (place + 1) * DRIVES) });
}
(stack.node.root as App).synth();
console.log(performance.now() - startedAt);
rmSync(outdir, { recursive: true, force: true });
