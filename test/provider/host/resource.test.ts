import type { Config } from "../../support/plugin-client";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, warningsOf } from "../scenario";

const TYPE = "hotplug_host";
const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const UNPREPARED = {
  version: "8.0.2",
  devices: [drive(A, { passthrough: "disabled" }), drive(E, { passthrough: "disabled" })],
};
const BOTH: Config = { host_id: "host-12", passthrough_devices: [A, E] };
const RESTART = ["EnterMaintenanceMode_Task host-12", "RebootHost_Task host-12", "ExitMaintenanceMode_Task host-12"];

let run: PreparationRun;
const start = async (options: Parameters<typeof smallInventory>[0] = {}): Promise<void> => {
  run = await PreparationRun.start(TYPE, {
    inventory: smallInventory({ machine: { powerState: "poweredOff" }, ...options }),
  });
};
afterEach(() => run.stop());

describe("A host whose drives can be switched without a restart", () => {
  test(
    "has them enabled and the kernel parameter set, by one call each, and is not restarted unless that is " +
      "allowed (H2, H4, H3)",
    async () => {
      await start({ host: UNPREPARED });
      const plan = await run.plan(BOTH);
      expect(warningsOf(plan)).toEqual([
        expect.stringMatching(
          /esx01 \(host-12\) will be prepared.*enabled for 0000:3b:00\.0, 0000:5e:00\.0 \(H4\), maxIntrCookies set from 1024 to 4096 \(H2\)\. That takes a restart/s,
        ),
        expect.stringMatching(/has to be restarted, and reboot = "never".*maxIntrCookies to 4096.*rule H3/s),
      ]);
      expect(String(plan.planned!.active_devices)).toBe("(known after apply)");

      const { state, diagnostics } = await run.apply(BOTH);
      expect(errorsOf({ diagnostics })).toEqual([]);
      expect(run.writes()).toEqual([
        `UpdatePassthruConfig ${A}=true,${E}=true on pciPassthruSystem-12`,
        expect.stringMatching(/^esxcli kernel set/),
      ]);
      expect(state!.value).toMatchObject({ active_devices: [A, E], running_intr_cookies: 1024, reboot_required: true });
      expect(await run.plan(BOTH, state)).toMatchObject({ action: "no-op", diagnostics: [] });

      const restarted = await run.apply({ ...BOTH, reboot: "if_needed" }, state);
      expect(errorsOf(restarted)).toEqual([]);
      expect(run.writes()).toEqual(RESTART);
      expect(restarted.state!.value).toMatchObject({ running_intr_cookies: 4096, reboot_required: false });
      expect(await run.plan({ ...BOTH, reboot: "if_needed" }, restarted.state)).toMatchObject({ action: "no-op" });
      expect(run.writes()).toEqual([]);
    },
  );
});

describe("A host that needs a restart", () => {
  const host = { ...UNPREPARED, rebindWithoutReboot: false };
  const config = { ...BOTH, reboot: "if_needed" };

  test("is restarted once for all changes, through maintenance mode (H3)", async () => {
    await start({ host });
    const { state, diagnostics } = await run.apply(config);
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(run.writes().slice(2)).toEqual(RESTART);
    expect(state!.value).toMatchObject({ active_devices: [A, E], running_intr_cookies: 4096, reboot_required: false });
  });

  test("and was in maintenance mode before stays in it", async () => {
    await start({ host: { ...host, maintenanceMode: true } });
    expect(errorsOf(await run.apply(config))).toEqual([]);
    expect(run.writes().slice(2)).toEqual([RESTART[1]]);
    expect(run.scenario.host().inMaintenanceMode).toBe(true);
  });

  test(
    "is not restarted, and nothing is evacuated, while virtual machines run that can't leave it: " + "they are named",
    async () => {
      await start({ host, machine: { powerState: "poweredOn" } });
      const { state, diagnostics } = await run.apply(config);
      expect(errorsOf({ diagnostics })).toEqual([
        expect.stringMatching(
          /can't leave it: db \(vm-42\), which nobody moves.*nothing was evacuated.*Done so far: passthrough enabled/s,
        ),
      ]);
      expect([state, run.writes().slice(2)]).toEqual([null, []]);
    },
  );

  test(
    "is not restarted where that would take a drive that somebody enabled and the host uses itself " + "(H5)",
    async () => {
      await start({
        host: {
          ...host,
          devices: [...host.devices, drive("0000:60:00.0", { passthrough: "disabled", usedFor: "boot" })],
        },
      });
      run.scenario.host().device("0000:60:00.0")!.enabled = true;
      const { diagnostics } = await run.apply(config);
      expect(errorsOf({ diagnostics })).toEqual([
        expect.stringMatching(/A restart of host esx01.*0000:60:00\.0.*rule H5/s),
      ]);
      expect(run.writes().slice(2)).toEqual([]);
    },
  );

  test("leaves maintenance mode again where the restart is refused", async () => {
    await start({ host });
    run.scenario.vcenter.faults.inject({ operation: "RebootHost_Task" }, { kind: "task fault", type: "InvalidState" });
    expect(errorsOf(await run.apply(config))).toEqual([
      expect.stringMatching(/could not be prepared.*InvalidState.*maintenance mode left/s),
    ]);
    expect(run.writes().slice(2)).toEqual(RESTART);
    expect(run.scenario.host().inMaintenanceMode).toBe(false);
  });

  test("and can't be taken out of maintenance mode is said loudly", async () => {
    await start({ host });
    run.scenario.vcenter.faults.inject(
      { operation: "ExitMaintenanceMode_Task", times: 99 },
      { kind: "task fault", type: "InvalidState" },
    );
    expect(errorsOf(await run.apply(config))).toEqual([
      expect.stringMatching(/HOST esx01 \(host-12\) IS STILL IN MAINTENANCE MODE/),
    ]);
  });

  test("and whose entry into maintenance mode was never answered is taken out of it again, not restarted", async () => {
    await start({ host });
    run.scenario.vcenter.faults.inject({ operation: "EnterMaintenanceMode_Task" }, { kind: "drop", when: "after" });
    expect(errorsOf(await run.apply(config))).toEqual([
      expect.stringMatching(/did not enter maintenance mode, and was not restarted/),
    ]);
    expect([run.writes().slice(2), run.scenario.host().inMaintenanceMode]).toEqual([[RESTART[0], RESTART[2]], false]);
  });

  test("and doesn't enter maintenance mode isn't restarted, and is as before", async () => {
    await start({ host });
    run.scenario.vcenter.faults.inject(
      { operation: "EnterMaintenanceMode_Task" },
      { kind: "task fault", type: "Timedout" },
    );
    expect(errorsOf(await run.apply(config))).toEqual([
      expect.stringMatching(/did not enter maintenance mode, and was not restarted/),
    ]);
    expect([run.writes().slice(2), run.scenario.host().inMaintenanceMode]).toEqual([[RESTART[0]], false]);
  });
});

describe("A drive that the host itself uses is never taken (H5)", () => {
  test.each([
    ["datastore", { datastore: "fast" }, /datastore "?fast/],
    ["vSAN", "vsan", /vSAN/],
    ["boot disk", "boot", /system's volume|boot/],
    ["coredump partition", "coredump", /coredump/],
    ["virtual flash resource", "flash", /virtual flash/],
    ["storage pool of vSAN ESA", "vsanEsa", /vSAN ESA's storage pool/],
    ["host cache", { datastore: "fast", hostCacheMB: 10_240 }, /datastore "fast".*the host cache of 10240 MB/],
    ["scratch location", { datastore: "fast", scratch: true }, /the scratch location \/vmfs\/volumes\/.*\.locker/],
  ] as const)("%s", async (_name, usedFor, says) => {
    await start({
      host: {
        ...UNPREPARED,
        devices: [drive(A, { passthrough: "disabled", usedFor }), drive(E, { passthrough: "disabled" })],
      },
    });
    const plan = await run.plan(BOTH);
    expect(errorsOf(plan)).toEqual([
      expect.stringMatching(/0000:3b:00\.0 .*is used by host esx01 \(host-12\) itself.*rule H5/s),
    ]);
    expect(errorsOf(plan)[0]).toMatch(says);
    expect(run.writes()).toEqual([]);
  });

  test("nor one that goes along with a named one and wasn't named, by its shared dependentDevice", async () => {
    const shared = [
      drive(A, { passthrough: "disabled", dependentDevice: A }),
      drive("0000:3b:00.1", { passthrough: "disabled", dependentDevice: A }),
      drive(E, { passthrough: "disabled" }),
    ];
    await start({ host: { ...UNPREPARED, devices: shared } });
    expect(errorsOf(await run.plan(BOTH))).toEqual([
      expect.stringMatching(/can't be passed through alone: 0000:3b:00\.1/),
    ]);
    const { diagnostics } = await run.apply({ ...BOTH, passthrough_devices: [A, "0000:3b:00.1"] });
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(run.writes()[0]).toBe(`UpdatePassthruConfig ${A}=true,0000:3b:00.1=true on pciPassthruSystem-12`);
  });

  test("nor one that came into use between plan and apply", async () => {
    await start({ host: structuredClone(UNPREPARED) });
    const plan = await run.plan(BOTH);
    const inUse = run.scenario.host().device(A)!;
    Object.assign(inUse.description, { usedFor: "vsan" });
    const outcome = await run.scenario.applyPlan(plan);
    expect(errorsOf(outcome).join()).toMatch(/0000:3b:00\.0.*rule H5/s);
    expect(run.writes()).toEqual([]);
  });
});

describe("A drive", () => {
  test(
    "put into an empty slot while the host runs is found by a refresh at apply, and enabled without a restart " +
      "(V4)",
    async () => {
      await start({ host: { version: "8.0.3", devices: [drive(A)] } });
      run.scenario.vcenter.plugDevice("esx01", drive(E, { passthrough: "disabled" }));
      expect(warningsOf(await run.plan(BOTH))).toEqual([expect.stringMatching(/shows no device at 0000:5e:00\.0/)]);
      expect(run.writes()).toEqual([]);
      const { state, diagnostics } = await run.apply(BOTH);
      expect(errorsOf({ diagnostics })).toEqual([]);
      expect(run.writes()).toEqual([
        "Refresh pciPassthruSystem-12",
        `UpdatePassthruConfig ${E}=true on pciPassthruSystem-12`,
      ]);
      expect(state!.value.active_devices).toEqual([A, E]);
    },
  );

  test("that is awaited is enabled when it comes", async () => {
    await start({ host: { version: "8.0.3", devices: [drive(A)] } });
    const timer = setTimeout(
      () => run.scenario.vcenter.plugDevice("esx01", drive(E, { passthrough: "disabled" })),
      600,
    );
    const { diagnostics } = await run.apply({ ...BOTH, wait_for_device: "5m" });
    clearTimeout(timer);
    expect(errorsOf({ diagnostics })).toEqual([]);
  });

  test.each([
    ["V2", drive(E, { class: "0302", passthrough: "disabled" })],
    ["H4", drive(E, { passthrough: "unsupported" })],
  ])("that breaks %s is refused at plan", async (rule, device) => {
    await start({ host: { version: "8.0.3", devices: [drive(A), device] } });
    expect(errorsOf(await run.plan(BOTH))).toEqual([expect.stringContaining(`(rule ${rule})`)]);
  });

  test("whose passthrough somebody switched off shows as a change, and is enabled again", async () => {
    await start({ host: { version: "8.0.3" } });
    const { state } = await run.apply(BOTH);
    const device = run.scenario.host().device(A)!;
    [device.enabled, device.active] = [false, false];
    const plan = await run.plan(BOTH, state);
    expect([plan.action, plan.prior!.value.passthrough_devices]).toEqual(["update", [E]]);
    run.writes();
    const mended = await run.apply(BOTH, state);
    expect([errorsOf(mended), run.writes()]).toEqual([[], [`UpdatePassthruConfig ${A}=true on pciPassthruSystem-12`]]);
  });
});

describe("Destroying", () => {
  test(
    "gives back what the resource itself enabled and no virtual machine has, and leaves the rest and the kernel " +
      "parameter",
    async () => {
      await start({
        host: {
          ...UNPREPARED,
          devices: [
            drive(A),
            drive(E, { passthrough: "disabled" }),
            drive("0000:60:00.0", { passthrough: "disabled" }),
          ],
        },
      });
      const { state } = await run.apply({ ...BOTH, passthrough_devices: [A, E, "0000:60:00.0"] });
      run.scenario.attachByHand("0000:60:00.0");
      run.writes();
      const { diagnostics } = await run.destroy(state!);
      expect(errorsOf({ diagnostics })).toEqual([]);
      expect(warningsOf({ diagnostics })).toEqual([
        expect.stringMatching(/stays enabled.*for 0000:60:00\.0.*used by virtual machine db \(vm-42\)/s),
      ]);
      expect(run.writes()).toEqual([`UpdatePassthruConfig ${E}=false on pciPassthruSystem-12`]);
    },
  );

  test("asks nothing of a host on which nothing was enabled", async () => {
    await start({ host: { version: "8.0.3" } });
    const { state } = await run.apply(BOTH);
    run.writes();
    expect((await run.destroy(state!)).state).toBeNull();
    expect(run.writes()).toEqual([]);
  });
});

describe("The resource", () => {
  test.each([
    [{ host_id: "" }, /host_id is empty/],
    [{ ...BOTH, passthrough_devices: ["3B:00.0"] }, /Write it as "0000:3b:00.0"/],
    [{ ...BOTH, min_intr_cookies: 1024 }, /min_intr_cookies is 1024.*rule H2/s],
    [{ ...BOTH, reboot: "always" }, /reboot is neither "never" nor "if_needed"/],
    [{ ...BOTH, wait_for_device: "soon" }, /wait_for_device is not a duration/],
    [{ ...BOTH, timeouts: { create: "1 hour" } }, /timeouts.create is not a duration/],
  ])("refuses %j", async (config, says) => {
    await start();
    expect(errorsOf(await run.plan(config))).toEqual([expect.stringMatching(says)]);
  });

  test("never lowers the kernel parameter (H2)", async () => {
    await start({ host: { version: "8.0.3", maxIntrCookies: { configured: 8192, running: 8192 } } });
    expect(errorsOf(await run.apply(BOTH))).toEqual([]);
    expect(run.writes()).toEqual([]);
  });

  test.each([
    ["H0", { connectionState: "disconnected" as const }],
    ["H0", { bootedFromStatelessCache: true }],
    ["V1", { version: "7.0.3" }],
    ["V1", { hotPlugSupported: false }],
  ])("refuses a host that breaks %s by %j, with nothing changed", async (rule, broken) => {
    await start({ host: { ...UNPREPARED, ...broken } });
    expect(errorsOf(await run.apply(BOTH)).join()).toContain(`(rule ${rule})`);
    expect(run.writes()).toEqual([]);
  });

  test("goes by another name of the same host without a call", async () => {
    await start({ host: { version: "8.0.3" } });
    const { state } = await run.apply(BOTH);
    const plan = await run.plan({ ...BOTH, host_id: "esx01" }, state);
    expect([plan.action, plan.planned!.active_devices]).toEqual(["update", [A, E]]);
    const { diagnostics } = await run.apply({ ...BOTH, host_id: "esx01" }, state);
    expect([errorsOf({ diagnostics }), run.writes()]).toEqual([[], []]);
  });

  test("is planned by an account that may only read, without the kernel parameter", async () => {
    await start({ host: UNPREPARED });
    run.scenario.vcenter.faults.inject(
      { operation: "RetrieveManagedMethodExecuter", times: 9 },
      { kind: "fault", type: "NoPermission", fields: { privilegeId: "Host.Config.Settings" } },
    );
    expect(errorsOf(await run.plan(BOTH))).toEqual([]);
    expect(errorsOf(await run.apply(BOTH))).toEqual([expect.stringMatching(/Host\.Config\.Settings/)]);
    expect(run.writes()).toEqual([]);
  });
});
