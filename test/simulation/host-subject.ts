import { REBOOT_POLICIES } from "../../lib/hotplug/host/plan";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { InventoryDevice } from "../../lib/simulator/inventory/inventory";
import type { Subject } from "./preparation-history";

interface Before {
  maintenanceMode: boolean;
  powerState: string;
}

const [FIRST, SECOND, BOOT] = ["0000:3b:00.0", "0000:5e:00.0", "0000:86:00.0"];
const OPERATIONS = [
  "UpdatePassthruConfig",
  "Refresh",
  "EnterMaintenanceMode_Task",
  "RebootHost_Task",
  "ExitMaintenanceMode_Task",
];
/** What an error says where the host may have been left otherwise than it was. */
const LEFT = /STILL IN MAINTENANCE MODE|may still be under way/;

const named = (calls: readonly CallLogEntry[], ...operations: string[]): CallLogEntry[] =>
  calls.filter(({ operation }) => operations.includes(operation));

/** `hotplug_host` on a host in any state of readiness, with a drive that it uses itself. */
export const hostSubject: Subject<Before> = {
  type: "hotplug_host",
  operations: OPERATIONS,
  inventory(random) {
    const drive = (address: string): InventoryDevice => ({
      address,
      vendor: "144d",
      device: "a824",
      passthrough: random.pick(["active", "enabled", "disabled"]),
    });
    const maintenanceMode = random.chance(0.2);
    return {
      hosts: [
        {
          id: "host-12",
          name: "esx01",
          version: random.pick(["8.0.1", "8.0.3"]),
          rebindWithoutReboot: random.chance(0.5),
          maintenanceMode,
          devices: [
            drive(FIRST!),
            drive(SECOND!),
            { address: BOOT!, vendor: "144d", device: "a824", passthrough: "disabled", usedFor: "boot" },
          ],
        },
      ],
      virtualMachines: [
        {
          id: "vm-42",
          name: "db",
          host: "esx01",
          powerState: maintenanceMode || random.chance(0.6) ? "poweredOff" : "poweredOn",
        },
      ],
    };
  },
  config: (random) => ({
    host_id: "host-12",
    passthrough_devices: [...random.some([FIRST, SECOND], 0.8), ...(random.chance(0.1) ? [BOOT] : [])],
    reboot: random.pick(REBOOT_POLICIES),
    min_intr_cookies: random.pick([null, 4096]),
  }),
  finalConfig: (config) => ({ ...config, reboot: "if_needed", passthrough_devices: [FIRST, SECOND] }),
  events: [
    ({ machine }) => machine.touch(),
    ({ machine, host }) => void (host.available && (machine.powerState = "poweredOn")),
    ({ machine }) => void (machine.powerState = "poweredOff"),
  ],
  heal({ machine, host }) {
    machine.powerState = "poweredOff";
    host.connectionState = "connected";
  },
  before: ({ host, machine }) => ({ maintenanceMode: host.inMaintenanceMode, powerState: machine.powerState }),

  judge({ config, before, calls, outcome, errors, others }, { host, machine }) {
    const broken: string[] = [];
    const restarts = named(calls, "RebootHost_Task");
    if (config.reboot !== "if_needed" && named(calls, "RebootHost_Task", "EnterMaintenanceMode_Task").length > 0)
      broken.push(`restarts under ${String(config.reboot)}`);
    if (restarts.length > 1) broken.push("restarts more than once");
    if (restarts.length > 0 && before.powerState === "poweredOn" && !others)
      broken.push("restarts under a running virtual machine");
    if (!others && machine.powerState !== before.powerState) broken.push("a virtual machine went down");
    for (const { arguments: args } of named(calls, "UpdatePassthruConfig")) {
      const taken = [(args as { config: { id: string; passthruEnabled: boolean }[] }).config]
        .flat()
        .filter(({ passthruEnabled }) => passthruEnabled);
      broken.push(
        ...taken
          .filter(({ id }) => id === BOOT || !(config.passthrough_devices as string[]).includes(id))
          .map(({ id }) => `enables ${id}`),
      );
    }
    if (host.device(BOOT!)!.enabled) broken.push("the drive that it boots from is enabled");
    if (!outcome) return broken;
    if (outcome.state?.tainted) broken.push("a failed create leaves a state, which taints it");
    if (!others && host.inMaintenanceMode !== before.maintenanceMode && !LEFT.test(errors))
      broken.push("its maintenance mode is another, and nobody says so");
    return broken;
  },

  judgeFinish: ({ value }, config, { host }) => [
    ...(config.passthrough_devices as string[])
      .filter((address) => !host.device(address)!.active)
      .map((address) => `${address} is not active`),
    ...(JSON.stringify(value.active_devices) === JSON.stringify(config.passthrough_devices)
      ? []
      : [`the state's active devices are ${JSON.stringify(value.active_devices)}`]),
    ...(value.reboot_required === false ? [] : ["the state says that a restart is due"]),
  ],
};
