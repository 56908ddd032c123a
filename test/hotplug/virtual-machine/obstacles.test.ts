import type { Facts, VirtualMachineFacts } from "../../../lib/hotplug/facts";
import { isReady, virtualMachineObstacles, type WantedSettings } from "../../../lib/hotplug/virtual-machine/plan";

const READY: VirtualMachineFacts = {
  title: "db (vm-42)",
  powerState: "poweredOn",
  connected: true,
  hardwareVersion: 20,
  memoryReservationLockedToMax: true,
  motherboardLayout: "acpiHostBridges",
  fixedPassthruHotPlugEnabled: true,
};
const seen = (machine: Partial<VirtualMachineFacts> = {}, facts: Facts = {}) => ({
  facts: { ...facts, virtualMachine: { ...READY, ...machine } },
  toolsRunning: true,
  toolsNeverRan: false,
});
const WANTED: WantedSettings = {
  hardwareVersion: 20,
  powerCycle: "if_needed",
  creating: false,
  guestShutdownTimeoutSeconds: 60,
  forcePowerOff: false,
};
const rules = (
  machine: Partial<VirtualMachineFacts>,
  { facts, ...wanted }: Partial<WantedSettings> & { facts?: Facts } = {},
): string[] => virtualMachineObstacles(seen(machine, facts), { ...WANTED, ...wanted }).map(({ rule }) => rule);

describe("What stands against preparing a virtual machine", () => {
  test("is nothing that the preparation sets itself, and no advice", () => {
    expect(
      rules({
        hardwareVersion: 17,
        memoryReservationLockedToMax: false,
        motherboardLayout: "i440bxHostBridge",
        fixedPassthruHotPlugEnabled: false,
      }),
    ).toEqual([]);
    expect(rules({ guestSupportsHotPlugPci: false })).toEqual([]);
  });

  test("is whatever else has to hold", () => {
    expect(rules({ firmware: "bios" })).toEqual(["M1"]);
  });

  test("is a policy that lets it not go down, where it runs and has to", () => {
    const off = { fixedPassthruHotPlugEnabled: false };

    expect(rules(off, { powerCycle: "never" })).toHaveLength(1);
    expect(rules(off, { powerCycle: "on_create" })).toHaveLength(1);
    expect(rules(off, { powerCycle: "on_create", creating: true })).toEqual([]);
    expect(rules({ ...off, powerState: "poweredOff" }, { powerCycle: "never" })).toEqual([]);
    expect(rules({ memoryReservationLockedToMax: false }, { powerCycle: "never" })).toEqual([]);
  });

  test("is an upgrade that its host can't run, told with the version that it takes", () => {
    const on = (version?: string): { facts: Facts } => ({
      facts: { host: { title: "esx01 (host-12)", ...(version !== undefined && { version }) } },
    });
    const [beyond] = virtualMachineObstacles(seen({}, on("8.0.1").facts), { ...WANTED, hardwareVersion: 21 });

    expect(beyond).toMatchObject({ rule: "M3", summary: expect.stringMatching(/21.*esx01 \(host-12\).*8\.0\.1/) });
    expect(rules({ hardwareVersion: 17 }, { hardwareVersion: 21, ...on("8.0.1") })).toEqual(["M3"]);
    expect(rules({}, { hardwareVersion: 21, ...on("8.0.2") })).toEqual([]);
    expect(rules({}, { hardwareVersion: 21, ...on() })).toEqual([]);
    expect(rules({}, { hardwareVersion: 21 })).toEqual([]);
    expect(rules({}, { hardwareVersion: 20, ...on("8.0.1") })).toEqual([]);
    expect(rules({}, { hardwareVersion: 23, ...on("8.0.1") })).toEqual([]);
  });
});

test("A virtual machine is ready where nothing is to be set and no rule is broken", () => {
  expect(isReady(seen(), { hardwareVersion: 20 })).toBe(true);
  expect(isReady(seen({ fixedPassthruHotPlugEnabled: false }), { hardwareVersion: 20 })).toBe(false);
  expect(isReady(seen({ firmware: "bios" }), { hardwareVersion: 20 })).toBe(false);
});
