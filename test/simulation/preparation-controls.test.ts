/** What judges the preparations, on applies that are made up: it says what is broken, and nothing where nothing is. */
import type { CallLogEntry } from "../../lib/simulator/call-log";
import { hostSubject } from "./host-subject";
import { machineSubject } from "./virtual-machine-subject";
import type { PreparationApply, PreparedWorld, Subject } from "./preparation-history";

type Made<Before> = PreparationApply<Before> & { world: PreparedWorld };

const call = (operation: string, args: object = {}): CallLogEntry => ({ operation, arguments: args }) as CallLogEntry;
const outcome = (tainted = false): PreparationApply<unknown>["outcome"] => ({
  state: { value: {}, tainted } as never,
  diagnostics: [],
});
const judge = <Before>(subject: Subject<Before>, { world, ...apply }: Made<Before>): string[] =>
  subject.judge(apply, world);

const machine = (more: object = {}): PreparedWorld =>
  ({
    machine: {
      powerState: "poweredOn",
      hardwareVersion: 20,
      hotPlugAtPowerOn: true,
      settings: {
        memoryReservationLockedToMax: true,
        motherboardLayout: "acpiHostBridges",
        fixedPassthruHotPlugEnabled: true,
      },
      ...more,
    },
  }) as never;

const host = (more: object = {}, machineMore: object = {}): PreparedWorld =>
  ({
    host: { inMaintenanceMode: false, device: () => ({ enabled: false }), ...more },
    machine: { powerState: "poweredOff", ...machineMore },
  }) as never;

const cycle = [
  call("ReconfigVM_Task", { spec: { memoryReservationLockedToMax: true } }),
  call("ShutdownGuest"),
  call("UpgradeVM_Task"),
  call("PowerOnVM_Task"),
];
const goodCycle: Made<{ powerState: string; toolsRun: boolean }> = {
  config: { power_cycle: "on_create", force_power_off: false },
  creates: true,
  before: { powerState: "poweredOn", toolsRun: true },
  calls: cycle,
  outcome: outcome(),
  errors: "",
  others: false,
  world: machine(),
};

test.each<[string, Partial<typeof goodCycle>, string[]]>([
  ["a power cycle that is allowed", {}, []],
  ["one under never", { config: { ...goodCycle.config, power_cycle: "never" } }, ["goes down under never"]],
  ["one under on_create, later", { creates: false }, ["goes down under on_create after its creation"]],
  [
    "a machine that was off",
    {
      before: { powerState: "poweredOff", toolsRun: true },
      calls: [call("ShutdownGuest")],
      world: machine({ powerState: "poweredOff" }),
    },
    ["takes down what was off"],
  ],
  [
    "a machine that was off and is powered on",
    { before: { powerState: "poweredOff", toolsRun: true }, calls: [call("PowerOnVM_Task")], errors: "IS DOWN" },
    ["powers on what was off"],
  ],
  [
    "a guest that is switched off hard",
    { calls: [call("PowerOffVM_Task")] },
    ["is switched off hard, which nobody allowed"],
  ],
  [
    "one whose Tools don't run, at its creation",
    { before: { powerState: "poweredOn", toolsRun: false }, calls: [call("PowerOffVM_Task")] },
    [],
  ],
  ["a guest that is asked twice", { calls: [call("ShutdownGuest"), call("ShutdownGuest")] }, ["asks the guest twice"]],
  [
    "another setting",
    { calls: [call("ReconfigVM_Task", { spec: { memoryMB: 1, changeVersion: "" } })] },
    ["sets memoryMB"],
  ],
  ["a tainted state", { outcome: outcome(true) }, ["a failed create leaves a state, which taints it"]],
  [
    "a machine that stays down",
    { world: machine({ powerState: "poweredOff" }) },
    ["leaves it poweredOff, and doesn't say so"],
  ],
  [
    "a machine that stays down, and an error that says so",
    { world: machine({ powerState: "poweredOff" }), errors: "VIRTUAL MACHINE db IS DOWN" },
    [],
  ],
  ["success without hot plug", { world: machine({ hotPlugAtPowerOn: false }) }, ["hot plug is not in force"]],
  ["success on old hardware", { world: machine({ hardwareVersion: 19 }) }, ["its hardware version is 19"]],
])("settings: %s", (_, broken, says) => {
  expect(judge(machineSubject, { ...goodCycle, ...broken })).toEqual(says);
});

const update = (id: string, passthruEnabled = true): CallLogEntry =>
  call("UpdatePassthruConfig", { config: [{ id, passthruEnabled }] });
const restart = [call("EnterMaintenanceMode_Task"), call("RebootHost_Task"), call("ExitMaintenanceMode_Task")];
const goodRestart: Made<{ maintenanceMode: boolean; powerState: string }> = {
  config: { reboot: "if_needed", passthrough_devices: ["0000:3b:00.0"] },
  creates: true,
  before: { maintenanceMode: false, powerState: "poweredOff" },
  calls: [update("0000:3b:00.0"), ...restart],
  outcome: outcome(),
  errors: "",
  others: false,
  world: host(),
};

test.each<[string, Partial<typeof goodRestart>, string[]]>([
  ["a restart that is allowed", {}, []],
  ["one under never", { config: { ...goodRestart.config, reboot: "never" } }, ["restarts under never"]],
  ["two", { calls: [...restart, ...restart] }, ["restarts more than once"]],
  [
    "one with a machine running",
    { before: { maintenanceMode: false, powerState: "poweredOn" }, world: host({}, { powerState: "poweredOn" }) },
    ["restarts under a running virtual machine"],
  ],
  [
    "a machine that goes down with it",
    { calls: [], before: { maintenanceMode: false, powerState: "poweredOn" } },
    ["a virtual machine went down"],
  ],
  ["a device that nobody declared", { calls: [update("0000:5e:00.0")] }, ["enables 0000:5e:00.0"]],
  ["a device that is given back", { calls: [update("0000:5e:00.0", false)] }, []],
  [
    "the drive that it boots from",
    { world: host({ device: () => ({ enabled: true }) }) },
    ["the drive that it boots from is enabled"],
  ],
  [
    "a host that stays in maintenance mode",
    { world: host({ inMaintenanceMode: true }) },
    ["its maintenance mode is another, and nobody says so"],
  ],
  [
    "a host that stays in maintenance mode, and an error that says so",
    { world: host({ inMaintenanceMode: true }), errors: "HOST esx01 IS STILL IN MAINTENANCE MODE" },
    [],
  ],
  ["a tainted state", { outcome: outcome(true) }, ["a failed create leaves a state, which taints it"]],
])("hosts: %s", (_, broken, says) => {
  expect(judge(hostSubject, { ...goodRestart, ...broken })).toEqual(says);
});
