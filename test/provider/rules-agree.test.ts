import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatStep, planSteps } from "../../lib/hotplug/devices/plan";
import { pciAddress } from "../../lib/hotplug/pci-address";
import { RULE_NUMBERS } from "../../lib/hotplug/rules/table";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { Inventory, InventoryHost, InventoryVirtualMachine } from "../../lib/simulator/inventory/inventory";
import type { VimClient } from "../../lib/vim/session/client";
import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { passthroughDeviceToAdd } from "../../lib/vim/virtual-machine/passthrough-device";
import { updatePassthrough } from "../../lib/vim/host/pci-passthru-system";
import { readVirtualMachines } from "../../lib/vim/virtual-machine/virtual-machine";
import type { ToVim } from "../../lib/vim/wire/types";
import { drive, smallInventory } from "./preparation-run";
import { withScenario } from "./with-scenario";

// The rules of hot plug are written twice, by different hands: in lib/hotplug, and in the embedded vCenter. Here they
// meet.

/** The rules that vCenter doesn't know of, or breaks when it is asked to. Every other is asked of both. */
const NOT_REFUSED_BY_VCENTER = [
  "V3",
  "V6",
  "V8",
  "N6",
  "N7",
  "H0",
  "H1",
  "H3",
  "H6",
  "M7",
  "C3",
  "G1",
  "G2",
  "G3",
  "G4",
];
/** The rules that no observation breaks: they say how the calls are made, and which product this is. */
const WITHOUT_A_ROW = ["L1", "L2", "L3", "L5", "V4", "V5", "V7", "M6", "C1", "C2"];

const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const VM = { type: "VirtualMachine", value: "vm-42" };
const HOST = { type: "HostSystem", value: "host-12" };

interface Agreement {
  rule: string;
  what: string;
  inventory?: Inventory;
  /** What the planner is asked for. Default: A on the virtual machine. */
  devices?: string[];
  /** What vCenter is asked for past every rule. Default: to hot-add the last of the devices. */
  ask?(client: VimClient): Promise<unknown>;
  plannedBy?: "hotplug_host";
}

const machine = (rule: string, broken: Partial<InventoryVirtualMachine>): Agreement => ({
  rule,
  what: JSON.stringify(broken),
  inventory: smallInventory({ machine: broken }),
});
const host = (rule: string, broken: Partial<InventoryHost>, more: Partial<Agreement> = {}): Agreement => ({
  rule,
  what: JSON.stringify(broken).slice(0, 80),
  inventory: smallInventory({ host: broken }),
  ...more,
});
const many = Array.from({ length: 33 }, (_, index) => `0000:${(0x40 + index).toString(16)}:00.0`);
const enableA = (client: VimClient) => updatePassthrough(client, HOST, [{ address: A, enabled: true, applyNow: true }]);
const kept = { devices: [drive(A, { passthrough: "disabled", usedFor: "vsan" }), drive(E)] };

const AGREEMENTS: Agreement[] = [
  {
    rule: "L4",
    what: "a 33rd device",
    inventory: smallInventory({
      host: { devices: many.map((address) => drive(address)) },
      machine: { devices: many.slice(0, 32) },
    }),
    devices: many,
  },
  host("V1", { version: "7.0.3" }),
  host("V1", { hotPlugSupported: false }),
  { rule: "V1", what: "vCenter 8.0.0", inventory: { ...smallInventory(), vcenter: { version: "8.0.0" } } },
  host("V2", { devices: [drive(A, { class: "0302" })] }),
  machine("N1", { vvtdEnabled: true }),
  machine("N2", { cpuHotAddEnabled: true }),
  machine("N2", { cpuHotRemoveEnabled: true }),
  machine("N3", { memoryHotAddEnabled: true }),
  machine("N4", { dynamicDevice: { vendor: "10de", device: "26b9" } }),
  machine("N5", { numCpus: 129 }),
  machine("N8", { nestedHVEnabled: true }),
  host("H2", { maxIntrCookies: { configured: 4096, running: 1024 } }),
  host("H4", { devices: [drive(A, { passthrough: "disabled" })] }),
  host("H4", { devices: [drive(A, { passthrough: "enabled" })] }),
  host("H4", { devices: [drive(A, { passthrough: "unsupported" })] }),
  host("H5", kept, {
    plannedBy: "hotplug_host",
    ask: enableA,
  }),
  ...(["virtual", "physical"] as const).map((mode) => ({
    rule: "H5",
    what: `a ${mode} raw device mapping`,
    inventory: smallInventory({
      host: { devices: [drive(A, { passthrough: "disabled" }), drive(E)] },
      machine: { rawDisks: [{ device: A, mode }] },
    }),
    ask: enableA,
    plannedBy: "hotplug_host" as const,
  })),
  ...(["flash", "coredump", "boot", "vsanEsa", { datastore: "db1", hostCacheMB: 1024, scratch: true }] as const).map(
    (usedFor) =>
      host(
        "H5",
        { devices: [drive(A, { passthrough: "disabled", usedFor }), drive(E)] },
        { plannedBy: "hotplug_host", ask: enableA },
      ),
  ),
  machine("M1", { firmware: "bios" }),
  machine("M2", { memoryReservationLockedToMax: false }),
  machine("M3", { hardwareVersion: 19 }),
  machine("M4", { motherboardLayout: "i440bxHostBridge" }),
  machine("M5", { fixedPassthruHotPlugEnabled: false }),
];

async function backing(client: VimClient, address: string): Promise<Parameters<typeof passthroughDeviceToAdd>[0]> {
  const [vm] = await readVirtualMachines(client, [VM]);
  const offered = await queryPassthroughTargets(client, vm!.environmentBrowser, HOST);
  return (
    offered.find((target) => target.address === address) ?? {
      address,
      vendorId: 0x144d,
      deviceId: 0xa824,
      systemId: offered[0]?.systemId ?? "unknown",
      deviceName: "",
    }
  );
}

/** One ReconfigVM_Task with whatever it is given, past every rule of the product. */
async function reconfigure(client: VimClient, spec: ToVim<"VirtualMachineConfigSpec">): Promise<void> {
  const task = await client.call("ReconfigVM_Task", VM, { spec });
  await client.waitForTask(task, { taskTimeoutSeconds: 20 });
}

const add = async (client: VimClient, address: string) => ({
  operation: "add",
  device: passthroughDeviceToAdd(await backing(client, address)),
});

describe("The planner and the embedded vCenter agree", () => {
  test("on what is ready: nothing is said, and the device goes on", async () => {
    await withScenario(smallInventory(), async (scenario, client) => {
      expect((await scenario.plan({ virtual_machine_id: "vm-42", devices: [A] })).diagnostics).toEqual([]);
      await reconfigure(client, { deviceChange: [await add(client, A)] });
      expect(scenario.attached()).toEqual([A]);
    });
  });

  test.each(AGREEMENTS)(
    "on rule $rule, broken by $what",
    async ({ rule, inventory = smallInventory(), devices = [A], ask, plannedBy }) => {
      await withScenario(inventory, async (scenario, client) => {
        const planned = plannedBy
          ? await scenario.plan({ host_id: "host-12", passthrough_devices: devices }, { type: plannedBy })
          : await scenario.plan({ virtual_machine_id: "vm-42", devices });
        expect(planned.diagnostics.map(({ detail }) => /\(rule (\w+)\)/.exec(detail)?.[1])).toContain(rule);
        const asked = ask
          ? ask(client)
          : add(client, devices.at(-1)!).then((change) => reconfigure(client, { deviceChange: [change] }));
        await expect(asked).rejects.toMatchObject({ name: "VimFault" });
      });
    },
  );

  test.each([
    [
      "L1",
      "two devices added",
      async (client: VimClient) => ({ deviceChange: [await add(client, A), await add(client, E)] }),
    ],
    [
      "L2",
      "two devices removed",
      async () => ({
        deviceChange: [13000, 13001].map((key) => ({
          operation: "remove",
          device: { $type: "VirtualPCIPassthrough" as const, key },
        })),
      }),
    ],
    [
      "L3",
      "another change beside a device",
      async (client: VimClient) => ({ deviceChange: [await add(client, A)], memoryReservationLockedToMax: true }),
    ],
  ])(
    "on rule %s: vCenter refuses %s in one call, and a step of the planner holds one device",
    async (rule, _what, spec) => {
      await withScenario(
        smallInventory({ machine: rule === "L2" ? { devices: [A, E] } : {} }),
        async (scenario, client) => {
          const before = scenario.attached();
          await expect(reconfigure(client, await spec(client))).rejects.toMatchObject({ name: "VimFault" });
          expect(scenario.attached()).toEqual(before);
          const all = [A, E].map(pciAddress);
          const steps =
            rule === "L2"
              ? planSteps({ attached: all, declared: [], order: "remove_first" })
              : planSteps({ attached: [], declared: all, order: "remove_first" });
          expect(steps.map(formatStep)).toEqual(
            [A, E].map((address) => `${rule === "L2" ? "remove" : "add"} ${address}`),
          );
        },
      );
    },
  );

  test("every rule that vCenter refuses to break is asked of both", () => {
    const asked = AGREEMENTS.map(({ rule }) => rule);
    expect(RULE_NUMBERS.filter((rule) => !asked.includes(rule))).toEqual(NOT_REFUSED_BY_VCENTER);
  });
});

const answeredAt = ({ startedAt, durationMs = 0 }: CallLogEntry): number => Date.parse(startedAt) + durationMs;

test(
  "rules L5, V5, C1 and C2: each call ends, and the virtual machine's devices are looked at, " + "before the next call",
  async () => {
    await withScenario(smallInventory({ machine: { devices: [A] } }), async (scenario) => {
      const { state } = await scenario.apply({ virtual_machine_id: "vm-42", devices: [A] });
      scenario.forgetCalls();
      expect((await scenario.apply({ virtual_machine_id: "vm-42", devices: [E] }, { state })).diagnostics).toEqual([]);
      expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `add ${E} on vm-42`]);
      const log = scenario.log();
      const [remove, add] = log.filter(({ operation }) => operation === "ReconfigVM_Task");
      for (const call of [remove!, add!]) {
        const showsDevices = ({ read }: CallLogEntry): boolean =>
          read.some(({ value, paths }) => value === "vm-42" && paths.includes("config.hardware.device"));
        const looks = log.filter(
          (entry) => showsDevices(entry) && answeredAt(entry) >= Date.parse(call.task!.completedAt!),
        );
        expect(looks.some((look) => call === add || answeredAt(look) <= Date.parse(add!.startedAt))).toBe(true);
      }
    });
  },
);

test("rule V7: graceful physical removal is not offered, and the README says so", () => {
  expect(readFileSync(join(__dirname, "../../README.md"), "utf8")).toMatch(/doesn't support graceful physical removal/);
});

test("every rule has a test that names it by its number", () => {
  const root = join(__dirname, "..");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.test\.ts$|rule-cases\.ts$/.test(name),
  );
  const texts = files.map((name) => {
    const text = readFileSync(join(root, name), "utf8");
    // This file names many of them in its lists: only its tests and its table count.
    return name.endsWith("rules-agree.test.ts")
      ? [...text.matchAll(/^ *(?:test\(\s*"|\["|machine\("|host\("|\{ rule: ")([^"]*)"/gm)]
          .map(([, title]) => title)
          .join("\n")
      : text;
  });
  expect(
    [...RULE_NUMBERS, ...WITHOUT_A_ROW].filter((rule) => !texts.some((text) => new RegExp(`\\b${rule}\\b`).test(text))),
  ).toEqual([]);
});
