import { brokenCallRules } from "../support/call-rules";
import { A, B, C, D, E, Scenario, errorsOf, texts } from "./scenario";

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.start();
});
afterEach(() => scenario.stop());

const db = (devices: readonly string[]) => ({ virtual_machine_id: "vm-42", devices });

describe("changing the managed set {A, D} to {A, B, C}", () => {
  it("makes exactly the planned calls, in order, one device each and nothing beside it", async () => {
    const state = await scenario.given(db([A, D]));
    const plan = await scenario.plan(db([A, B, C]), { state });
    expect(plan).toMatchObject({ action: "update", diagnostics: [], planned: { steps: [`remove ${D}`, `add ${B}`, `add ${C}`] } });
    const { state: after, diagnostics } = await scenario.applyPlan(plan);
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${D} on vm-42`, `add ${B} on vm-42`, `add ${C} on vm-42`]);
    expect(scenario.attached()).toEqual([A, B, C]);
    expect(Object.keys(after!.value["attached"] as object)).toEqual([A, B, C]);
    expect(brokenCallRules(scenario.log())).toEqual([]);
  });
});
