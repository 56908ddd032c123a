import type { State } from "../../support/plugin-client";
import { A, B, Scenario, errorsOf, texts } from "../scenario";

jest.setTimeout(60_000);

const DB = { virtual_machine_id: "vm-42", devices: [A, B] };
let scenario: Scenario;
let state: State;
beforeEach(async () => {
  scenario = await Scenario.start();
  state = await scenario.given(DB);
});
afterEach(() => scenario.stop());

describe.each<[string, (value: State["value"]) => State["value"], string]>([
  [
    "an attached device without an address",
    (value) => ({
      ...value,
      attached: { ...(value["attached"] as object), bogus: (value["attached"] as Record<string, never>)[A]! },
    }),
    "bogus",
  ],
  [
    "a device in another spelling",
    (value) => ({
      ...value,
      devices: ["0000:3B:00.0", B],
      attached: { "0000:3B:00.0": (value["attached"] as Record<string, never>)[A]! },
    }),
    "0000:3B:00.0",
  ],
])("a state edited by hand, with %s", (_what, edit, shown) => {
  const DAMAGED = new RegExp(
    `^error: The state of hotplug_passthrough_devices names "${shown}", which is no PCI address\n[^]*Nothing ` +
      "was changed\\.[^]*without -refresh=false[^]*terraform state rm[^]*import",
  );

  it("is mended by a refresh", async () => {
    const outcome = await scenario.apply(DB, { state: { ...state, value: edit(state.value) } });
    expect(texts(outcome.diagnostics)).toEqual([]);
    expect(outcome.state!.value).toMatchObject({ devices: [A, B], attached: { [A]: {}, [B]: {} } });
    expect(scenario.calls()).toEqual([]);
  });

  it("is an error that says so where nothing is refreshed", async () => {
    const plan = await scenario.plan(DB, { state: { ...state, value: edit(state.value) }, refresh: false });
    expect(errorsOf(plan)).toEqual([expect.stringMatching(DAMAGED)]);
  });

  it("is an error at a destroy, too, before any call", async () => {
    const damaged = { ...state, value: edit(state.value) };
    const plan = await scenario.plan(null, { state: damaged, refresh: false });
    const errors = [...errorsOf(plan), ...errorsOf(await scenario.applyPlan({ ...plan, diagnostics: [] }))];
    expect(errors).toContainEqual(expect.stringMatching(DAMAGED));
    expect(errors.join()).not.toContain("bug");
    expect(scenario.calls()).toEqual([]);
  });
});
