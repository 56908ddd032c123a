import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { isWrite } from "../support/writes";
import { A, B, C, D, DB_BIOS_UUID, E, F, Scenario, errorsOf, texts } from "./scenario";

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
    "at most 5 for one hot-add, verification included, beside at most 10 (%s)",
    async (name) => {
      scenario = await Scenario.start();
      const one = await requestsOf([A], name);
      const start = one.indexOf("ReconfigVM_Task");
      expect(start).toBeLessThanOrEqual(10);
      expect(one.length - start - 1).toBeLessThanOrEqual(5 + 1); // and the logout
      expect(one.length).toBeLessThanOrEqual(15);

      await scenario.stop();
      scenario = await Scenario.start();
      const six = await requestsOf([A, B, C, D, E, F], name);
      expect(six.filter((operation) => operation === "ReconfigVM_Task")).toHaveLength(6);
      expect((six.length - one.length) / 5).toBeLessThanOrEqual(5);
    },
  );

  it("a refresh and plan that changes nothing: at most 6, none of which writes", async () => {
    scenario = await Scenario.start();
    const config = { virtual_machine_id: "vm-42", devices: [A] };
    const state = await scenario.given(config);
    expect((await scenario.plan(config, { state })).action).toBe("no-op");
    expect(scenario.log().length).toBeLessThanOrEqual(6);
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
