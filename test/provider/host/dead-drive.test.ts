import type { Config } from "../../support/plugin-client";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, texts, warningsOf } from "../scenario";

const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const BOTH: Config = { host_id: "host-12", passthrough_devices: [A, E] };
const NO_E = `warning: Host esx01 (host-12) shows no device at ${E}`;

jest.setTimeout(60_000);

let run: PreparationRun;
const start = async (options: Parameters<typeof smallInventory>[0] = {}): Promise<void> => {
  run = await PreparationRun.start("hotplug_host", {
    inventory: smallInventory({ host: { version: "8.0.3" }, machine: { powerState: "poweredOff" }, ...options }),
  });
};
afterEach(() => run.stop());

describe("A drive that is declared and that the host doesn't show (V6)", () => {
  test("is warned of by name, and all else is done: who depends on the host goes on", async () => {
    await start({ host: { version: "8.0.3", devices: [drive(A, { passthrough: "disabled" })] } });
    const { state, diagnostics } = await run.apply(BOTH);
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(warningsOf(await run.plan(BOTH))).toContainEqual(expect.stringContaining(NO_E));
    expect(run.writes()).toContain(`UpdatePassthruConfig ${A}=true on pciPassthruSystem-12`);
    expect(state!.value).toMatchObject({ passthrough_devices: [A, E], active_devices: [A] });
  });

  test("and was there before is told once in a plan, as pulled, and keeps active_devices known", async () => {
    await start();
    const { state } = await run.apply(BOTH);
    run.scenario.vcenter.pullDevice("esx01", E);
    const plan = await run.plan(BOTH, state);
    expect([plan.action, plan.prior!.value.passthrough_devices]).toEqual(["update", [A]]);
    expect(plan.planned!.active_devices).toEqual([A]);
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(/^warning: .* shows no device at 0000:5e:00\.0 \(144d:a824/),
    ]);
    run.writes();
    const applied = await run.scenario.applyPlan(plan);
    expect(texts(applied.diagnostics)).toEqual([expect.stringContaining(NO_E)]);
    expect(run.writes()).toEqual(["Refresh pciPassthruSystem-12"]);
    // As long as it is declared and not there, each plan says so.
    const again = await run.plan(BOTH, applied.state);
    expect(texts(again.diagnostics)).toEqual([expect.stringContaining(NO_E)]);
  });

  test("is told where the list, computed from what the host shows, has forgotten it already", async () => {
    await start();
    const { state } = await run.apply(BOTH);
    run.scenario.vcenter.pullDevice("esx01", E);
    const plan = await run.plan({ ...BOTH, passthrough_devices: [A] }, state);
    expect([plan.action, texts(plan.diagnostics)]).toEqual(["no-op", [expect.stringContaining(NO_E)]]);
  });

  test("is enabled again by the next apply once it is put back, and is active_devices' in the one after", async () => {
    await start();
    const { state } = await run.apply(BOTH);
    run.scenario.vcenter.pullDevice("esx01", E);
    const without = await run.apply(BOTH, state);
    run.scenario.vcenter.plugDevice("esx01", drive(E, { passthrough: "disabled" }));
    run.writes();
    const back = await run.apply(BOTH, without.state);
    expect(errorsOf(back)).toEqual([]);
    expect(run.writes()).toEqual([
      "Refresh pciPassthruSystem-12",
      `UpdatePassthruConfig ${E}=true on pciPassthruSystem-12`,
    ]);
    const after = await run.plan(BOTH, back.state);
    expect([after.action, after.prior!.value.active_devices]).toEqual(["no-op", [A, E]]);
  });

  test("is there for everybody in the same apply where it is waited for", async () => {
    await start();
    const config = { ...BOTH, wait_for_device: "5m" };
    const { state } = await run.apply(config);
    run.scenario.vcenter.pullDevice("esx01", E);
    run.scenario.vcenter.plugDevice("esx01", drive(E, { passthrough: "disabled" }));
    const back = await run.apply(config, state);
    expect([errorsOf(back), back.state!.value.active_devices]).toEqual([[], [A, E]]);
  });
});

describe("A drive that leaves the list while a virtual machine has it", () => {
  const ONE: Config = { ...BOTH, passthrough_devices: [A] };
  beforeEach(async () => {
    const devices = [drive(A), drive(E, { passthrough: "disabled" })];
    await start({ host: { version: "8.0.3", devices } });
  });

  test("is given back by the apply that finds it free, and no plan is empty until then", async () => {
    const { state } = await run.apply(BOTH);
    run.scenario.attachByHand(E);
    run.writes();
    const kept = await run.apply(ONE, state);
    expect(errorsOf(kept)).toEqual([]);
    expect(warningsOf(kept)).toEqual([
      expect.stringMatching(/stays enabled.*0000:5e:00\.0.*used by virtual machine db.*next apply gives it back/s),
    ]);
    expect([kept.state!.value.active_devices, run.writes()]).toEqual([[A], []]);
    const pending = await run.plan(ONE, kept.state);
    expect([pending.action, pending.prior!.value.passthrough_devices]).toEqual(["update", [A, E]]);
    expect(pending.planned!.active_devices).toEqual([A]);
    run.scenario.detachByHand(E);
    const given = await run.apply(ONE, kept.state);
    expect([texts(given.diagnostics), run.writes()]).toEqual([
      [],
      [`UpdatePassthruConfig ${E}=false on pciPassthruSystem-12`],
    ]);
    expect((await run.plan(ONE, given.state)).action).toBe("no-op");
  });

  test("is nobody's business any more once somebody switched it off", async () => {
    const { state } = await run.apply(BOTH);
    run.scenario.attachByHand(E);
    const kept = await run.apply(ONE, state);
    run.scenario.detachByHand(E);
    Object.assign(run.scenario.host().device(E)!, { enabled: false, active: false });
    expect((await run.plan(ONE, kept.state)).action).toBe("no-op");
  });
});

describe("A drive that is enabled and not active (H4)", () => {
  const host = { version: "8.0.3", devices: [drive(A), drive(E, { passthrough: "enabled" })] } as const;
  const config = { ...BOTH, reboot: "if_needed" };

  test.each(["if_needed", "never"])(
    "is asked for once more where the host can rebind, and no restart is spoken of (reboot = %s)",
    async (reboot) => {
      await start({ host: { ...host, devices: [...host.devices] } });
      const plan = await run.plan({ ...BOTH, reboot });
      expect(warningsOf(plan)).toEqual([
        expect.stringMatching(/asked for once more for 0000:5e:00\.0, not active yet \(H4\)\. That takes no restart\./),
      ]);
      const { state, diagnostics } = await run.apply({ ...BOTH, reboot });
      expect([texts(diagnostics), run.writes()]).toEqual([
        [],
        [`UpdatePassthruConfig ${E}=true on pciPassthruSystem-12`],
      ]);
      expect(state!.value).toMatchObject({ active_devices: [A, E], reboot_required: false });
    },
  );

  test("after a restart by somebody is so at the next apply", async () => {
    await start();
    const { state } = await run.apply(config);
    run.scenario.host().device(E)!.active = false;
    const applied = await run.apply(config, state);
    expect([texts(applied.diagnostics), run.writes()]).toEqual([
      [],
      [`UpdatePassthruConfig ${E}=true on pciPassthruSystem-12`],
    ]);
    expect(applied.state!.value).toMatchObject({ active_devices: [A, E] });
    expect((await run.plan(config, applied.state)).action).toBe("no-op");
  });

  test.each([
    ["if_needed", 3, false],
    ["never", 0, true],
  ])("is a case for a restart where that was in vain (reboot = %s)", async (reboot, calls, required) => {
    await start({ host: { ...host, devices: [...host.devices] } });
    run.scenario.vcenter.faults.inject(
      { operation: "UpdatePassthruConfig", times: 9 },
      { kind: "fault", type: "HostConfigFault" },
    );
    const { state, diagnostics } = await run.apply({ ...BOTH, reboot });
    expect(errorsOf({ diagnostics })).toEqual([]);
    const writes = run.writes();
    expect(writes.filter((write) => write.startsWith("UpdatePassthruConfig"))).toHaveLength(1);
    expect(writes.slice(1)).toHaveLength(calls);
    expect(state!.value.reboot_required).toBe(required);
    expect((await run.plan({ ...BOTH, reboot }, state)).action).toBe("no-op");
  });
});
