import { POWER_CYCLE_POLICIES } from "../../lib/hotplug/facts";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { Subject } from "./preparation-history";

interface Before {
  powerState: string;
  toolsRun: boolean;
}

const SETTINGS = [
  "$type",
  "changeVersion",
  "memoryReservationLockedToMax",
  "motherboardLayout",
  "fixedPassthruHotPlugEnabled",
];
const OPERATIONS = ["ReconfigVM_Task", "UpgradeVM_Task", "ShutdownGuest", "PowerOffVM_Task", "PowerOnVM_Task"];
/** What an error says where the machine may have been left down. */
const LEFT_DOWN = /IS DOWN|MAY BE DOWN|MAY STILL GO DOWN/;

const named = (calls: readonly CallLogEntry[], ...operations: string[]): CallLogEntry[] =>
  calls.filter(({ operation }) => operations.includes(operation));

/** `hotplug_virtual_machine_settings` on a machine in any state of readiness. */
export const machineSubject: Subject<Before> = {
  type: "hotplug_virtual_machine_settings",
  operations: OPERATIONS,
  inventory: (random) => ({
    hosts: [{ id: "host-12", name: "esx01", devices: [] }],
    virtualMachines: [
      {
        id: "vm-42",
        name: "db",
        host: "esx01",
        powerState: random.pick(["poweredOn", "poweredOn", "poweredOff"]),
        hardwareVersion: random.pick([19, 20, 21]),
        motherboardLayout: random.pick(["acpiHostBridges", "i440bxHostBridge"]),
        memoryReservationLockedToMax: random.chance(0.5),
        fixedPassthruHotPlugEnabled: random.chance(0.3),
        tools: random.pick(["running", "running", "notRunning", "notInstalled"]),
        ignoresShutdown: random.chance(0.2),
      },
    ],
  }),
  config: (random) => ({
    virtual_machine_id: "vm-42",
    power_cycle: random.pick(POWER_CYCLE_POLICIES),
    force_power_off: random.chance(0.5),
    guest_shutdown_timeout: random.pick(["20s", "2m"]),
    hardware_version: random.pick([20, 21]),
  }),
  finalConfig: (config) => ({ ...config, power_cycle: "if_needed", force_power_off: true }),
  events: [
    ({ machine }) => machine.touch(),
    ({ machine }) => void (machine.powerState = "poweredOff"),
    ({ machine }) => void (machine.powerState = "poweredOn"),
    ({ machine }) => void (machine.hotPlugAtPowerOn = false),
    ({ machine }) => void (machine.settings.memoryReservationLockedToMax = false),
  ],
  heal: () => undefined,
  before: ({ machine }) => ({ powerState: machine.powerState, toolsRun: machine.description.tools === "running" }),

  judge({ config, creates, before, calls, outcome, errors, others }, { machine }) {
    const broken: string[] = [];
    const down = named(calls, "ShutdownGuest", "PowerOffVM_Task");
    if (down.length > 0 && config.power_cycle !== "if_needed" && !(config.power_cycle === "on_create" && creates))
      broken.push(`goes down under ${String(config.power_cycle)}${creates ? "" : " after its creation"}`);
    if (down.length > 0 && before.powerState === "poweredOff" && !others) broken.push("takes down what was off");
    if (
      named(down, "PowerOffVM_Task").length > 0 &&
      config.force_power_off !== true &&
      !(config.power_cycle === "on_create" && creates && !before.toolsRun)
    )
      broken.push("is switched off hard, which nobody allowed");
    if (named(calls, "PowerOnVM_Task").length > 0 && before.powerState === "poweredOff" && !others)
      broken.push("powers on what was off");
    if (named(down, "ShutdownGuest").length > 1) broken.push("asks the guest twice");
    for (const { arguments: args } of named(calls, "ReconfigVM_Task")) {
      const beside = Object.keys((args as { spec: object }).spec).filter((name) => !SETTINGS.includes(name));
      if (beside.length > 0) broken.push(`sets ${beside.join()}`);
    }
    if (!outcome) return broken;
    if (outcome.state?.tainted) broken.push("a failed create leaves a state, which taints it");
    if (!others && machine.powerState !== before.powerState && !LEFT_DOWN.test(errors))
      broken.push(`leaves it ${machine.powerState}, and doesn't say so`);
    if (!errors && !others) broken.push(...unready(machine));
    return broken;
  },

  judgeFinish: ({ value }, _, { machine }) => [
    ...unready(machine),
    ...(value.ready === true ? [] : ["the state doesn't say that it is ready"]),
  ],
};

function unready({
  settings,
  hardwareVersion,
  powerState,
  hotPlugAtPowerOn,
}: Parameters<Subject<Before>["judgeFinish"]>[2]["machine"]): string[] {
  return [
    ...(settings.memoryReservationLockedToMax ? [] : ["its memory is not locked"]),
    ...(hardwareVersion >= 20 ? [] : [`its hardware version is ${hardwareVersion}`]),
    ...(settings.motherboardLayout === "acpiHostBridges"
      ? []
      : [`its motherboard layout is ${settings.motherboardLayout}`]),
    ...((powerState === "poweredOff" ? settings.fixedPassthruHotPlugEnabled : hotPlugAtPowerOn)
      ? []
      : ["hot plug is not in force"]),
  ];
}
