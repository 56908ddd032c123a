import { POWER_CYCLE_POLICIES } from "../../../lib/hotplug/facts";
import type { Config } from "../../support/plugin-client";
import { PreparationRun, smallInventory, UNREADY } from "../preparation-run";
import { errorsOf, warningsOf } from "../scenario";

const TYPE = "hotplug_virtual_machine_settings";
const ID = { virtual_machine_id: "vm-42" };
const CYCLE = [
  "set memoryReservationLockedToMax of vm-42",
  "ShutdownGuest vm-42",
  "UpgradeVM_Task vm-42",
  "set motherboardLayout+fixedPassthruHotPlugEnabled of vm-42",
  "PowerOnVM_Task vm-42",
];

let run: PreparationRun;
const start = async (
  options: Parameters<typeof smallInventory>[0] & { timings?: object; assumptions?: object } = {},
): Promise<PreparationRun> => {
  const { timings, assumptions, ...inventory } = options;
  run = await PreparationRun.start(TYPE, {
    inventory: smallInventory(inventory),
    ...(timings && { timings }),
    ...(assumptions && { assumptions }),
  });
  return run;
};
afterEach(() => run.stop());

const powerState = (): string => run.scenario.machine().powerState;

describe("A running virtual machine that isn't ready", () => {
  test(
    "is made ready by one power cycle, in the order M2, M3, M4 and M5, and stays so without another call (M2, " +
      "M3, M4, M5, M7)",
    async () => {
      await start({ machine: UNREADY });
      const config = { ...ID, power_cycle: "if_needed" };
      const plan = await run.plan(config);
      expect(run.writes()).toEqual([]);
      const [ready, names] = warningsOf(plan);
      expect(ready).toMatch(
        /db \(vm-42\) will be made ready.*memory reserved.*\(M2\).*19 upgraded to 20 \(M3\).*acpiHostBridges \(M4\).*\(M5\)\. That takes ONE POWER CYCLE/s,
      );
      expect(names).toMatch(/Network interfaces .*KB 407595/s);

      const { state, diagnostics } = await run.apply(config);
      expect(diagnostics).toEqual([]);
      expect(run.writes()).toEqual(CYCLE);
      expect(state!.value).toMatchObject({ ready: true, moid: "vm-42", hardware_version: null });
      expect(powerState()).toBe("poweredOn");
      expect(await run.plan(config, state)).toMatchObject({ action: "no-op", diagnostics: [] });
    },
  );

  test("is left alone by power_cycle = never: a warning at plan, an error before the first call", async () => {
    await start({ machine: UNREADY });
    expect(warningsOf(await run.plan(ID))).toEqual([
      expect.stringMatching(/needs a power cycle, and power_cycle = "never".*Power it off yourself.*rule M7/s),
    ]);
    const { state, diagnostics } = await run.apply(ID);
    expect([state, run.writes(), powerState()]).toEqual([null, [], "poweredOn"]);
    expect(errorsOf({ diagnostics })).toEqual([expect.stringMatching(/needs a power cycle.*Done so far: nothing/s)]);
  });

  test("goes down under on_create when the resource is created, and never after", async () => {
    await start({ machine: UNREADY });
    const config = { ...ID, power_cycle: "on_create" };
    const { state } = await run.apply(config);
    expect(run.writes()).toEqual(CYCLE);
    run.scenario.change((vm) => (vm.hotPlugAtPowerOn = false));
    const again = await run.apply(config, state);
    expect(errorsOf(again)).toEqual([
      expect.stringMatching(/power_cycle = "on_create" doesn't allow.*only while the resource is being created/s),
    ]);
    expect(run.writes()).toEqual([]);
    expect(again.state!.value.ready).toBe(false);
  });

  test("needs no power cycle for its memory alone (M2)", async () => {
    await start({ machine: { memoryReservationLockedToMax: false } });
    expect(warningsOf(await run.plan(ID))).toEqual([expect.stringMatching(/no power cycle/)]);
    expect((await run.apply(ID)).diagnostics).toEqual([]);
    expect(run.writes()).toEqual(["set memoryReservationLockedToMax of vm-42"]);
  });

  test("is not taken down where its host lacks the memory: that shows before the outage (M2)", async () => {
    await start({ host: { memoryGiB: 8 }, machine: { ...UNREADY, memoryMiB: 16_384 } });
    const { state, diagnostics } = await run.apply({ ...ID, power_cycle: "if_needed" });
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(/memory .*could not be reserved; it was left as it was.*InsufficientMemoryResourcesFault/s),
    ]);
    expect([state, run.writes(), powerState()]).toEqual([
      null,
      ["set memoryReservationLockedToMax of vm-42"],
      "poweredOn",
    ]);
  });

  test("gets its memory locked while it is off where vCenter takes that only then (M2)", async () => {
    await start({ machine: UNREADY, assumptions: { memoryLockWhileRunning: false } });
    expect((await run.apply({ ...ID, power_cycle: "if_needed" })).diagnostics).toEqual([]);
    expect(run.writes()).toEqual([CYCLE[0], "ShutdownGuest vm-42", CYCLE[0], ...CYCLE.slice(2)]);
  });

  test("is judged by what held at power-on, not by what is set (M5)", async () => {
    await start();
    run.scenario.change((vm) => (vm.hotPlugAtPowerOn = false));
    expect((await run.apply({ ...ID, power_cycle: "if_needed" })).diagnostics).toEqual([]);
    expect(run.writes()).toEqual(["ShutdownGuest vm-42", "PowerOnVM_Task vm-42"]);
  });
});

describe("A virtual machine that is off", () => {
  test("is made ready and stays off (M7)", async () => {
    await start({ machine: { ...UNREADY, powerState: "poweredOff" } });
    const plan = await run.plan(ID);
    expect(warningsOf(plan)[0]).toMatch(/It is off and stays off/);
    const { state, diagnostics } = await run.apply(ID);
    expect(diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "warning: Virtual machine db (vm-42) is off, and stays off",
    ]);
    expect(run.writes()).toEqual([CYCLE[0], CYCLE[2], CYCLE[3]]);
    expect([powerState(), state!.value.ready]).toEqual(["poweredOff", true]);
  });
});

describe("A virtual machine that is ready", () => {
  test.each(POWER_CYCLE_POLICIES)("is asked nothing that writes under %s", async (power_cycle) => {
    await start({ machine: { hardwareVersion: 21 } });
    const { state, diagnostics } = await run.apply({ ...ID, power_cycle, hardware_version: 20 });
    expect([diagnostics, run.writes(), state!.value.ready]).toEqual([[], [], true]);
  });
});

describe("A guest", () => {
  const config: Config = { ...ID, power_cycle: "if_needed", guest_shutdown_timeout: "10s" };

  test("that ignores the request is left running, and the error says that it may still go down (M7)", async () => {
    await start({ machine: { ...UNREADY, ignoresShutdown: true } });
    const { state, diagnostics } = await run.apply(config);
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(
        /did not shut down within 10 s.*MAY STILL GO DOWN.*Done so far: all guest memory reserved and locked, the guest asked to shut down/s,
      ),
    ]);
    expect([state, powerState(), run.writes()]).toEqual([null, "poweredOn", CYCLE.slice(0, 2)]);
  });

  test("that ignores the request is switched off where force_power_off is set", async () => {
    await start({ machine: { ...UNREADY, ignoresShutdown: true } });
    expect((await run.apply({ ...config, force_power_off: true })).diagnostics).toEqual([]);
    expect(run.writes()).toEqual([...CYCLE.slice(0, 2), "PowerOffVM_Task vm-42", ...CYCLE.slice(2)]);
  });

  test("whose answer to the request is lost is waited for all the same, and powered on again", async () => {
    await start({ machine: UNREADY });
    run.scenario.vcenter.faults.inject({ operation: "ShutdownGuest" }, { kind: "drop", when: "after" });
    expect((await run.apply(config)).diagnostics).toEqual([]);
    expect([powerState(), run.writes()]).toEqual(["poweredOn", CYCLE]);
  });

  test.each([
    [{ power_cycle: "if_needed" }, false],
    [{ power_cycle: "on_create" }, true],
    [{ power_cycle: "if_needed", force_power_off: true }, true],
  ])("in which VMware Tools never ran is switched off under %j: %s", async (policy, isOff) => {
    await start({ machine: { ...UNREADY, tools: "notInstalled" } });
    const { diagnostics } = await run.apply({ ...ID, ...policy });
    expect(run.writes()).toEqual(isOff ? [CYCLE[0], "PowerOffVM_Task vm-42", ...CYCLE.slice(2)] : [CYCLE[0]]);
    expect(errorsOf({ diagnostics })).toEqual(
      isOff ? [] : [expect.stringMatching(/can't be asked to shut down.*force_power_off = true/s)],
    );
    expect(powerState()).toBe("poweredOn");
  });
});

describe("What fails after the power-off", () => {
  const config: Config = { ...ID, power_cycle: "if_needed" };

  test.each([
    ["UpgradeVM_Task", {}],
    ["ReconfigVM_Task", { occurrence: 2 }],
  ])("in %s leaves the virtual machine powered on again (M7)", async (operation, more) => {
    await start({ machine: UNREADY });
    run.scenario.vcenter.faults.inject(
      { operation, ...more },
      { kind: "task fault", type: "GenericVmConfigFault", fields: { reason: "injected" } },
    );
    const { state, diagnostics } = await run.apply(config);
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(/could not be made ready; it is powered on again.*GenericVmConfigFault.*apply again/s),
    ]);
    expect([state, powerState(), run.writes().at(-1)]).toEqual([null, "poweredOn", "PowerOnVM_Task vm-42"]);
    expect((await run.apply(config)).diagnostics).toEqual([]);
  });

  test("is not given up at the first power-on that fails (M7)", async () => {
    await start({ machine: UNREADY });
    const fault = run.scenario.vcenter.faults.inject(
      { operation: "PowerOnVM_Task", times: 2 },
      { kind: "task fault", type: "GenericVmConfigFault", fields: { reason: "injected" } },
    );
    expect((await run.apply(config)).diagnostics).toEqual([]);
    expect([fault.hits, powerState()]).toEqual([2, "poweredOn"]);
  });

  test("and keeps it from powering on is said loudly (M7)", async () => {
    await start({ machine: UNREADY });
    run.scenario.vcenter.faults.inject(
      { operation: "PowerOnVM_Task", times: 99 },
      { kind: "task fault", type: "InsufficientMemoryResourcesFault", fields: { unreserved: 0, requested: 1 } },
    );
    const { diagnostics } = await run.apply(config);
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(
        /^error: VIRTUAL MACHINE db \(vm-42\) IS DOWN.*Power it on by hand, now.*InsufficientMemoryResourcesFault.*Done so far: .*hot plug switched on/s,
      ),
    ]);
  });

  test.each(["before", "after"] as const)(
    "when the answer to the power-on is lost, %s it was carried out, is looked at before it is called down",
    async (when) => {
      await start({ machine: UNREADY });
      run.scenario.vcenter.faults.inject({ operation: "PowerOnVM_Task" }, { kind: "drop", when });
      expect((await run.apply(config)).diagnostics).toEqual([]);
      expect(powerState()).toBe("poweredOn");
    },
  );

  test("and an interruption while the guest goes down still powers it on again", async () => {
    await start({ machine: UNREADY });
    const stop = new AbortController();
    const fault = run.scenario.vcenter.faults.inject({ operation: "ShutdownGuest" }, { kind: "stall", delayMs: 1 });
    const timer = setInterval(() => fault.hits > 0 && stop.abort(), 1);
    const { diagnostics } = await run.apply(config, null, { signal: stop.signal });
    clearInterval(timer);
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(/it is powered on again.*no further change was begun/s),
    ]);
    expect([powerState(), run.writes()]).toEqual(["poweredOn", [...CYCLE.slice(0, 2), "PowerOnVM_Task vm-42"]]);
  });
});

describe("Rules that the settings can't make true", () => {
  test.each([
    ["M1", { firmware: "bios" }, "error"],
    ["N1", { vvtdEnabled: true }, "warning"],
    ["N2", { cpuHotAddEnabled: true }, "warning"],
    ["N3", { memoryHotAddEnabled: true }, "warning"],
    ["N4", { dynamicDevice: { vendor: "10de", device: "26b9" } }, "warning"],
    ["N5", { numCpus: 192 }, "warning"],
    ["N7", { snapshot: "before" }, "warning"],
    ["N7", { powerState: "suspended" }, "error"],
    ["N7", { template: true, powerState: "poweredOff" }, "error"],
  ] as const)("%s, by %j, is refused with nothing changed: at plan as %s", async (rule, broken, severity) => {
    await start({ machine: { ...UNREADY, ...broken } as never });
    const config = { ...ID, power_cycle: "if_needed" };
    const { diagnostics } = await run.plan(config);
    expect(diagnostics.filter(({ detail }) => detail.includes(`(rule ${rule})`))).toEqual([
      expect.objectContaining({ severity }),
    ]);
    const outcome = await run.apply(config);
    expect(errorsOf(outcome)).toEqual(expect.arrayContaining([expect.stringContaining(`(rule ${rule})`)]));
    expect(run.writes()).toEqual([]);
  });

  test("M3: a hardware version that the host can't run is refused before the outage", async () => {
    await start({ host: { version: "8.0.1" }, machine: UNREADY });
    const { diagnostics } = await run.apply({ ...ID, power_cycle: "if_needed", hardware_version: 21 });
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(/can't have hardware version 21 on host esx01.*ESXi 8\.0\.1/),
    ]);
    expect(run.writes()).toEqual([]);
  });
});

describe("The resource", () => {
  test.each([
    [{ virtual_machine_id: " " }, /is empty/],
    [{ ...ID, hardware_version: 19 }, /hardware_version is 19.*rule M3/s],
    [{ ...ID, hardware_version: 20.5 }, /hardware_version is 20.5/],
    [{ ...ID, power_cycle: "always" }, /power_cycle is none of "never", "on_create", "if_needed"/],
    [{ ...ID, guest_shutdown_timeout: "soon" }, /not a duration/],
  ])("refuses %j", async (config, says) => {
    await start();
    expect(errorsOf(await run.plan(config))).toEqual([expect.stringMatching(says)]);
  });

  test(
    "is imported by any name and plans nothing on a virtual machine that is ready but for its " + "configuration",
    async () => {
      await start();
      const { state } = await run.scenario.command({}, (client) => client.import(TYPE, "vm-42"));
      expect(state!.value).toMatchObject({ virtual_machine_id: "vm-42", ready: true, moid: "vm-42" });
      expect((await run.plan(ID, state)).action).toBe("no-op");
    },
  );

  test("leaves the virtual machine as it is when it is destroyed, and goes when that is gone", async () => {
    await start({ machine: UNREADY });
    const { state } = await run.apply({ ...ID, power_cycle: "if_needed" });
    run.writes();
    expect(await run.destroy(state!)).toMatchObject({ state: null, diagnostics: [] });
    expect(run.writes()).toEqual([]);
    run.scenario.deleteMachine();
    expect((await run.scenario.refresh(state!)).state).toBeNull();
  });

  test("shows drift as not ready, and mends it under the policy", async () => {
    await start();
    const config = { ...ID, power_cycle: "if_needed" };
    const { state } = await run.apply(config);
    run.scenario.change((vm) => (vm.settings.memoryReservationLockedToMax = false));
    const plan = await run.plan(config, state);
    expect([plan.action, warningsOf(plan)[1]]).toEqual(["update", expect.stringMatching(/no power cycle/)]);
  });
});
