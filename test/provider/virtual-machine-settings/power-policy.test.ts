import { POWER_CYCLE_POLICIES } from "../../../lib/hotplug/facts";
import { REBOOT_POLICIES } from "../../../lib/hotplug/host/plan";
import { drive, PreparationRun, smallInventory } from "../preparation-run";

jest.setTimeout(60_000);

const RUNS = Number(process.env["HOTPLUG_POLICY_RUNS"] ?? 12);
const SEED = Number(process.env["HOTPLUG_SEED"] ?? 20260101);

/** Random numbers that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index);
const DOWN = /PowerOffVM_Task|ShutdownGuest/;
const RESTART = /RebootHost_Task|EnterMaintenanceMode_Task/;

/** How often the policy let something go down: a property that never meets its case proves nothing. */
const observed = { down: 0, kept: 0, restarted: 0, spared: 0 };

test.each(seeds)(
  "no virtual machine goes down unless the policy says so, and each that did is up again (M7): seed %i",
  async (seed) => {
    const random = randomOf(seed);
    const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const yes = (): boolean => random() < 0.5;
    const machine = {
      powerState: one(["poweredOn", "poweredOn", "poweredOff"] as const),
      hardwareVersion: one([19, 20, 21]),
      motherboardLayout: one(["acpiHostBridges", "i440bxHostBridge"] as const),
      memoryReservationLockedToMax: yes(),
      fixedPassthruHotPlugEnabled: false,
      tools: one(["running", "notRunning", "notInstalled"] as const),
      ignoresShutdown: random() < 0.2,
      numCpus: one([4, 4, 4, 192]),
    };
    const config = {
      virtual_machine_id: "vm-42",
      power_cycle: one(POWER_CYCLE_POLICIES),
      force_power_off: yes(),
      guest_shutdown_timeout: "5s",
      hardware_version: one([20, 21]),
    };
    const run = await PreparationRun.start("hotplug_virtual_machine_settings", {
      inventory: smallInventory({ machine }),
    });
    try {
      const fault = one([undefined, undefined, "UpgradeVM_Task", "ReconfigVM_Task", "ShutdownGuest", "PowerOnVM_Task"]);
      if (fault)
        run.scenario.vcenter.faults.inject(
          { operation: fault },
          { kind: "drop", when: one(["before", "after"] as const) },
        );
      const { state } = await run.apply(config);
      const first = run.writes().some((call) => DOWN.test(call));
      if (config.power_cycle === "never" || machine.powerState === "poweredOff") expect(first).toBe(false);
      // An update: what was allowed once by on_create is not allowed again.
      run.scenario.vcenter.faults.clear();
      if (state) run.scenario.change((vm) => (vm.hotPlugAtPowerOn = false));
      if (state) await run.apply(config, state);
      const second = run.writes().some((call) => DOWN.test(call));
      if (config.power_cycle !== "if_needed") expect(second).toBe(false);
      observed[first || second ? "down" : "kept"]++;
      expect(run.scenario.machine().powerState).toBe(machine.powerState);
    } finally {
      await run.stop();
    }
  },
);

test.each(seeds)(
  "no host restarts unless the policy says so, and never with virtual machines running on it (H3): seed %i",
  async (seed) => {
    const random = randomOf(seed);
    const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const passthrough = (): "active" | "enabled" | "disabled" => one(["active", "enabled", "disabled"] as const);
    const host = {
      version: one(["8.0.1", "8.0.3"]),
      rebindWithoutReboot: random() < 0.5,
      maintenanceMode: random() < 0.2,
      devices: [
        drive("0000:3b:00.0", { passthrough: passthrough() }),
        drive("0000:5e:00.0", { passthrough: passthrough() }),
      ],
    };
    const powerState = host.maintenanceMode ? "poweredOff" : one(["poweredOn", "poweredOff"] as const);
    const config = {
      host_id: "host-12",
      passthrough_devices: ["0000:3b:00.0", "0000:5e:00.0"],
      reboot: one(REBOOT_POLICIES),
    };
    const run = await PreparationRun.start("hotplug_host", {
      inventory: smallInventory({ host, machine: { powerState } }),
    });
    try {
      const fault = one([undefined, undefined, "UpdatePassthruConfig", "RebootHost_Task", "EnterMaintenanceMode_Task"]);
      if (fault)
        run.scenario.vcenter.faults.inject(
          { operation: fault },
          { kind: "drop", when: one(["before", "after"] as const) },
        );
      await run.apply(config);
      const writes = run.writes();
      const restarts = writes.filter((call) => RESTART.test(call));
      if (config.reboot === "never" || powerState === "poweredOn") expect(restarts).toEqual([]);
      expect(writes.filter((call) => call.startsWith("RebootHost_Task")).length).toBeLessThanOrEqual(1);
      expect([run.scenario.machine().powerState, run.scenario.host().inMaintenanceMode]).toEqual([
        powerState,
        host.maintenanceMode,
      ]);
      observed[restarts.length > 0 ? "restarted" : "spared"]++;
    } finally {
      await run.stop();
    }
  },
);

test("both sides of the policies were met", () => {
  expect(Object.entries(observed).filter(([, count]) => count === 0)).toEqual([]);
});
