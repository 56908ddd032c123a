import type { Config } from "../../support/plugin-client";
import { PreparationRun, smallInventory, UNREADY } from "../preparation-run";
import { errorsOf } from "../scenario";

jest.setTimeout(60_000);

const ID: Config = { virtual_machine_id: "vm-42" };
let run: PreparationRun;
const start = async (options: Parameters<typeof smallInventory>[0]): Promise<void> => {
  run = await PreparationRun.start("hotplug_virtual_machine_settings", { inventory: smallInventory(options) });
};
afterEach(() => run.stop());

describe("A guest in which VMware Tools are installed and don't run", () => {
  test("is left running under on_create, too: it may be at work", async () => {
    await start({ machine: { ...UNREADY, tools: "notRunning" } });
    const { diagnostics } = await run.apply({ ...ID, power_cycle: "on_create" });
    expect(errorsOf({ diagnostics })).toEqual([expect.stringMatching(/can't be asked to shut down/)]);
    expect(run.scenario.machine().powerState).toBe("poweredOn");
  });
});

describe("A virtual machine that is off, whose preparation fails on its way", () => {
  test("stays off, and the error says what was done", async () => {
    await start({ machine: { ...UNREADY, powerState: "poweredOff" } });
    run.scenario.vcenter.faults.inject({ operation: "UpgradeVM_Task" }, { kind: "task fault", type: "InvalidState" });
    expect(errorsOf(await run.apply(ID))).toEqual([
      expect.stringMatching(/InvalidState.*Done so far: all guest memory reserved and locked\./s),
    ]);
  });
});

describe("A virtual machine that lacks nothing but its memory, which vCenter doesn't reserve while it runs", () => {
  test("goes down for it where that is allowed", async () => {
    await start({ machine: { memoryReservationLockedToMax: false } });
    run.scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task" },
      { kind: "task fault", type: "InvalidPowerState" },
    );
    expect(errorsOf(await run.apply({ ...ID, power_cycle: "if_needed" }))).toEqual([]);
    expect(run.writes().slice(1)).toEqual([
      "ShutdownGuest vm-42",
      "set memoryReservationLockedToMax of vm-42",
      "PowerOnVM_Task vm-42",
    ]);
  });
});
