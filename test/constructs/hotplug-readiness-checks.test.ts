import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Aspects, TerraformResource, TerraformStack } from "cdktf";
import { VirtualMachine, type VirtualMachineConfig } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { VsphereProvider } from "@cdktf/provider-vsphere/lib/provider";
import { HotplugProvider, HotplugReadinessChecks } from "../../lib/index";

let outdir: string;
let app: App;
let stack: TerraformStack;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "hotplug-checks-"));
  app = new App({ outdir });
  stack = new TerraformStack(app, "lab");
  new VsphereProvider(stack, "vsphere", { user: "u", password: "p" });
  Aspects.of(stack).add(new HotplugReadinessChecks());
});
afterEach(() => rmSync(outdir, { recursive: true }));

const READY: VirtualMachineConfig = {
  name: "db",
  resourcePoolId: "resgroup-8",
  firmware: "efi",
  memory: 4096,
  memoryReservation: 4096,
  lifecycle: { ignoreChanges: ["pci_device_id"] },
};
const messages = (resource: TerraformResource): string[] =>
  resource.node.metadata.filter(({ type }) => /error/i.test(type)).map(({ data }) => String(data));

/** What the checks say of a virtual machine; the synthesis fails exactly where they say something. */
function said(props: Partial<VirtualMachineConfig> = {}): string[] {
  const resource = new VirtualMachine(stack, "db", { ...READY, ...props });
  let failed = false;
  try {
    app.synth();
  } catch {
    failed = true;
  }
  expect(failed).toBe(messages(resource).length > 0);
  return messages(resource);
}

test("a virtual machine that can have devices hot-plugged passes", () => {
  expect(said()).toEqual([]);
});

test.each<[string, Partial<VirtualMachineConfig>, RegExp]>([
  ["CPU hot plug (N2)", { cpuHotAddEnabled: true }, /^Virtual machine db has CPU hot plug switched on.*rule N2/],
  ["firmware left out (M1)", { firmware: undefined }, /rule M1/],
  ["memory that isn't reserved (M2)", { memoryReservation: 0 }, /rule M2/],
  ["an old hardware version (M3)", { hardwareVersion: 17 }, /rule M3/],
  [
    "passthrough devices that vmware/vsphere would take off",
    { lifecycle: {} },
    /^pciDeviceId is not under ignoreChanges.*fromVirtualMachine/,
  ],
])("%s is an error annotation", (_name, props, message) => {
  const [first, ...more] = said(props);
  expect(first).toMatch(message);
  expect(more).toEqual([]);
});

test("a virtual machine made with other bindings is judged, too; another resource is not", () => {
  class Generated extends TerraformResource {
    readonly vvtdEnabledInput = true;
    readonly firmwareInput = "efi";
    readonly memoryInput = 1;
    readonly memoryReservationInput = 1;
  }
  const lifecycle = { ignoreChanges: "all" as const };
  const vm = new Generated(stack, "vm", { terraformResourceType: "vsphere_virtual_machine", lifecycle });
  const folder = new Generated(stack, "folder", { terraformResourceType: "vsphere_folder" });
  expect(() => app.synth()).toThrow(/Annotations/);
  expect([messages(vm), messages(folder)]).toEqual([[expect.stringContaining("exposes an IOMMU")], []]);
});

describe("added to the app, where CDKTF asks no aspect", () => {
  test("it is an error of every stack that has a HotplugProvider", () => {
    const other = new App({ outdir });
    Aspects.of(other).add(new HotplugReadinessChecks());
    const lab = new TerraformStack(other, "lab");
    new HotplugProvider(lab, "hotplug", { installProvider: false });
    expect(() => other.synth()).toThrow(/added to the app, and CDKTF asks .*Aspects\.of\(stack\)\.add/);
    // The control: added to the stack, it is asked.
    Aspects.of(lab).add(Aspects.of(other).all[0]!);
    expect(() => other.synth()).not.toThrow();
  });

  test("the program ends with a word about it where no stack has anything of ours", () => {
    const run = (scope: string): string =>
      spawnSync(
        process.execPath,
        [
          ...["--import", "tsx", "--eval"],
          `const { App, Aspects, TerraformStack } = require("cdktf");
          const { HotplugReadinessChecks } = require("./lib/constructs/hotplug-readiness-checks.ts");
          const app = new App({ outdir: ${JSON.stringify(outdir)} });
          const stack = new TerraformStack(app, "lab");
          Aspects.of(${scope}).add(new HotplugReadinessChecks());
          app.synth();`,
        ],
        { cwd: join(__dirname, "../.."), encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
      ).stderr;
    expect(run("app")).toMatch(/^HotplugReadinessChecks judged no virtual machine here.*Aspects\.of\(stack\)/);
    expect(run("stack")).toBe("");
  });
});
