/** The constructs as they were built, under cdktn, the fork that goes on with CDKTF. */
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { OwnProject } from "./own-project";

/** As npm lays it where package.json says "overrides": { "cdktf": "npm:cdktn@…" }. */
const OVERRIDDEN = { cdktf: "cdktn", cdktn: "cdktn" };

let project: OwnProject;
afterEach(() => project.dispose());

const stack = (statements: string, { cdktf = "cdktf" } = {}): string => `
  const { App, Aspects, TerraformStack } = require("${cdktf}");
  const { HotplugProvider, HotplugReadinessChecks, HotplugReadyVm, PassthroughHost } = require("cdktf-vsphere-hotplug");
  const app = new App({ outdir: "out" });
  const stack = new TerraformStack(app, "lab");
  try {
    new HotplugProvider(stack, "hotplug");
    ${statements}
    app.synth();
    console.log("synthesized with", require("${cdktf}/package.json").name);
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
`;
const READY = `
    const host = new PassthroughHost(stack, "esx01", {
      hostId: "host-12", devices: ["0000:3b:00.0", "0000:5e:00.0"], timeouts: { update: "2h" },
    });
    new HotplugReadyVm(stack, "db", {
      host, devices: ["0000:3b:00.0"], virtualMachine: { name: "db", resourcePoolId: "resgroup-8", memory: 4096 },
    });
    HotplugReadyVm.fromVirtualMachineId(stack, "old", { virtualMachineId: "vm-42", host, devices: ["0000:5e:00.0"] });
    Aspects.of(stack).add(new HotplugReadinessChecks());
`;
const written = (name: string): string => readFileSync(join(project.directory, "out/stacks/lab", name), "utf8");

test("under the override a stack of all constructs is synthesized, with the provider laid and pinned", () => {
  project = new OwnProject(OVERRIDDEN);
  expect(project.execute(stack(READY))).toBe("synthesized with cdktn\n");
  const { resource } = JSON.parse(written("cdk.tf.json")) as { resource: Record<string, object> };
  expect(Object.keys(resource).sort()).toEqual([
    "hotplug_host",
    "hotplug_passthrough_devices",
    "hotplug_virtual_machine_settings",
    "vsphere_virtual_machine",
  ]);
  expect(Object.values(resource["vsphere_virtual_machine"]!)).toMatchObject([
    { firmware: "efi", memory_reservation: 4096, lifecycle: { ignore_changes: ["pci_device_id"] } },
  ]);
  expect(written(".terraform.lock.hcl")).toContain("vsphere-hotplug/hotplug");
  const package_ = "terraform.d/plugins/registry.terraform.io/vsphere-hotplug/hotplug/0.1.0/linux_amd64";
  expect(readlinkSync(join(project.directory, "out/stacks/lab", package_))).toContain("dist/provider");
});

test("what can't be is refused there, too", () => {
  project = new OwnProject(OVERRIDDEN);
  const refused = (statements: string): string => project.execute(stack(statements));
  expect(refused(READY.replace("memory: 4096", "cpuHotAddEnabled: true"))).toMatch(/^HotplugConstructError: .*rule N2/);
  expect(refused(READY.replace('["0000:5e:00.0"] })', '["0000:3b:00.0"] })'))).toMatch(
    /is in the devices of lab\/db too/,
  );
  expect(refused(READY.replace("Aspects.of(stack)", "Aspects.of(app)"))).toMatch(/was added to the app/);
});

test("an app that imports cdktn beside the override works as well", () => {
  project = new OwnProject(OVERRIDDEN);
  expect(project.execute(stack(READY, { cdktf: "cdktn" }))).toBe("synthesized with cdktn\n");
});

test("without the override, a stack of cdktn is told at once what to put into package.json", () => {
  project = new OwnProject({ cdktn: "cdktn" });
  expect(project.execute(stack(READY, { cdktf: "cdktn" }))).toMatch(
    /^HotplugConstructError: lab: .* 0\.24\.0 of CDKTF.* release 0\.21\.0.*"overrides": \{ "cdktf": "npm:cdktn@0\.24\.0" \}/,
  );
  // The control: the same stack of cdktf is fine.
  expect(project.execute(stack(READY))).toBe("synthesized with cdktf\n");
});
