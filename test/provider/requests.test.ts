import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { State } from "../support/plugin-client";
import { isWrite } from "../support/writes";
import { A, B, C, D, DB_BIOS_UUID, E, F, G, H, Scenario, errorsOf, texts } from "./scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
afterEach(() => scenario.stop());

describe("requests to vCenter", () => {
  /** What an apply of so many hot-adds asks for, from its login to its logout. */
  async function requestsOf(devices: readonly string[], name: string): Promise<string[]> {
    const plan = await scenario.plan({ virtual_machine_id: name, devices });
    scenario.forgetCalls();
    expect(texts((await scenario.applyPlan(plan)).diagnostics)).toEqual([]);
    return scenario.log().map(({ operation }) => operation);
  }

  it.each([["vm-42"], [DB_BIOS_UUID]])(
    "two for each hot-add, verification included, beside at most 12: eight take less than thirty (%s)",
    async (name) => {
      scenario = await Scenario.start();
      const eight = await requestsOf([A, B, C, D, E, F, G, H], name);
      const first = eight.indexOf("ReconfigVM_Task");
      expect(first).toBeLessThanOrEqual(11);
      const each = ["ReconfigVM_Task", "WaitForUpdatesEx"];
      expect(eight.slice(first)).toEqual([...Array.from({ length: 8 }, () => each).flat(), "Logout"]);
    },
  );

  it.each([
    ["shows the devices before the task's end", { timings: { queueMs: 0, hotPlugMs: 60, publishMs: 30 } }],
    ["tells no task's end by itself", { assumptions: { endedTasksInHistory: "when read" } }],
  ] as const)("three for each hot-add, after the first, at a server that %s", async (_, options) => {
    scenario = await Scenario.start(options);
    const four = await requestsOf([A, B, C, D], "vm-42");
    await scenario.stop();
    scenario = await Scenario.start(options);
    const eight = await requestsOf([A, B, C, D, E, F, G, H], "vm-42");
    expect((eight.length - four.length) / 4).toBeLessThanOrEqual(3);
  });

  it("what a host's devices have for their system is asked once, until the host starts anew", async () => {
    scenario = await Scenario.start();
    const config = { virtual_machine_id: "vm-42", devices: [A] };
    const state = await scenario.given(config);
    const asks = async (of: State): Promise<number> => {
      scenario.forgetCalls();
      await scenario.plan(config, { state: of });
      return scenario.log().filter(({ operation }) => operation === "QueryConfigTarget").length;
    };
    expect(await asks(state)).toBe(0);
    scenario.host().bootTime = new Date();
    expect(await asks(state)).toBe(1);
    const { state: refreshed } = await scenario.refresh(state);
    expect(await asks(refreshed!)).toBe(0);
  });

  it("a refresh and plan that changes nothing: at most 4, none of which writes", async () => {
    scenario = await Scenario.start();
    const config = { virtual_machine_id: "vm-42", devices: [A] };
    const state = await scenario.given(config);
    expect((await scenario.plan(config, { state })).action).toBe("no-op");
    expect(scenario.log().length).toBeLessThanOrEqual(4);
    expect(scenario.log().filter(isWrite)).toEqual([]);
  });
});

describe("an account that may only read", () => {
  it("plans a change, and nothing in the log writes; the apply of another account does", async () => {
    const users = [
      { name: "admin", password: "pass" },
      { name: "reader", password: "pass", role: "ReadOnly" },
    ];
    scenario = await Scenario.start({ inventory: { ...defaultInventory, users } });
    const state = await scenario.given({ virtual_machine_id: DB_BIOS_UUID, devices: [A, D] });
    const writes = (): string[] =>
      scenario
        .log()
        .filter(isWrite)
        .map(({ operation }) => operation);

    const plan = await scenario.plan(
      { virtual_machine_id: DB_BIOS_UUID, devices: [A, B], host_id: "esx01.example.test" },
      { state, environment: { VSPHERE_USER: "reader" } },
    );
    expect(texts(plan.diagnostics)).toEqual([]);
    expect(plan.planned!["steps"]).toEqual([`remove ${D}`, `add ${B}`]);
    expect(scenario.log().length).toBeGreaterThan(3);
    expect(writes()).toEqual([]);

    expect(errorsOf(await scenario.applyPlan(plan))).toEqual([]);
    expect(writes()).toEqual(["ReconfigVM_Task", "ReconfigVM_Task"]);
  });
});
