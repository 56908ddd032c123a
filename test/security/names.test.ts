/** Whoever may name a virtual machine must not be able to write into a pipeline's log. */
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { runCli } from "../support/cli";
import { type TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, hotplugWorkspace, stack } from "../terraform/hotplug-stack";

jest.setTimeout(120_000);

const FORGED = "Apply complete! Resources: 0 added";
const nasty = (name: string): string =>
  `${name} "]}'\${jndi:x}%{if ` +
  `true}<b>&amp;]]>\n${FORGED}\r\n::error::x\u001b[2J\u001b]0;title\u0007\u009b31m\u202egnp.exe 🚀 ü`;
const SHOWN = /jndi:x\}%\{if true\}<b>&amp;\]\]>\\+u\{a\}Apply complete/;

const drive = (address: string): object => ({
  address,
  vendor: "144d",
  device: "a824",
  vendorName: nasty("vendor"),
  name: nasty("drive"),
});
const inventory = {
  hosts: [
    {
      id: "host-12",
      name: nasty("esx"),
      vendor: nasty("maker"),
      model: nasty("model"),
      biosVersion: nasty("bios"),
      devices: [drive(A), drive(B)],
    },
  ],
  virtualMachines: [
    { id: "vm-42", name: nasty("db"), host: "host-12" },
    { id: "vm-43", name: nasty("cache"), host: "host-12", devices: [B], cpuHotAddEnabled: true },
  ],
} as unknown as Inventory;

let vcenter: TestVcenter;
let workspace: TerraformWorkspace | undefined;
beforeEach(async () => (vcenter = await startTestVcenter({ inventory })));
afterEach(async () => {
  await workspace?.dispose();
  workspace = undefined;
  await vcenter.stop();
});

/** No character that a terminal acts on, and no line that a name began. */
function expectHarmless(text: string): void {
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(text.split("\n").filter((line) => /^([│╷╵]\s*)?(Apply complete|::error)/.test(line))).toEqual([]);
}

test("names, models and messages of vCenter's are shown in plans and errors, and do nothing there", async () => {
  const printed: string[] = [];
  const run = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await workspace!.run([...args, "-no-color"]);
    printed.push(stdout + stderr);
    return (stdout + stderr).replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
  };
  workspace = await hotplugWorkspace(
    vcenter,
    stack(
      { db: { virtual_machine_id: "vm-42", devices: [A] } },
      {
        data: { hotplug_host_pci_devices: { all: { host_id: "host-12" } } },
        output: { all: { value: "${data.hotplug_host_pci_devices.all}" } },
      },
    ),
  );
  expect(await run("plan")).toMatch(SHOWN); // the drives and whose they are
  vcenter.vcenter.faults.inject(
    { operation: "ReconfigVM_Task" },
    { kind: "task fault", type: "GenericVmConfigFault", message: nasty("refused") },
  );
  const refused = await run("apply", "-auto-approve");
  expect(refused).toMatch(new RegExp(`GenericVmConfigFault: refused .{1,9}${SHOWN.source}`));
  vcenter.vcenter.pullDevice("host-12", A);
  await run("plan");
  vcenter.vcenter.faults.inject(
    { operation: "RetrievePropertiesEx" },
    { kind: "fault", type: "InvalidRequest", message: nasty("unread") },
  );
  expect(await run("plan")).toContain("unread");
  expectHarmless(printed.join("").replace(/^Apply complete! Resources: \d+ added.*$/gm, ""));
});

test.each(["doctor", "devices"])("%s shows them, and they do nothing there", async (command) => {
  const { stdout, stderr } = await runCli([command], vcenter.environment);
  expect(stdout.replace(/\s+/g, " ")).toContain("jndi:x");
  expectHarmless(stdout + stderr);
  const asJson = await runCli([command, "--json"], vcenter.environment);
  // XML can't carry an escape or a bell, and vCenter itself escapes percent signs; the rest comes as it is.
  expect(JSON.stringify(JSON.parse(asJson.stdout))).toContain(
    JSON.stringify(
      nasty("cache").replace("%", "%25").replaceAll("\u001b", "\ufffd").replaceAll("\u0007", "\ufffd"),
    ).slice(1, -1),
  );
  expectHarmless(asJson.stdout + asJson.stderr);
});

test("the check sees what isn't harmless", () => {
  for (const text of [nasty("db"), `│ ${FORGED}`, "\u001b[31m", "a\rb", "\u009b"])
    expect(() => expectHarmless(text)).toThrow();
});
