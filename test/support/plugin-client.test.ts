import { errorDiagnostic } from "../../lib/tfplugin6/diagnostic";
import type { Resource } from "../../lib/tfplugin6/provider";
import { UNKNOWN } from "../../lib/tfplugin6/value";
import { tinyProvider } from "../tfplugin6/tiny-provider";
import { PluginClient, type State } from "./plugin-client";

const tiny = (overrides?: Partial<Resource>): Promise<PluginClient> => PluginClient.inProcess(tinyProvider(overrides));
const TYPE = "tiny_thing";
const summaries = ({ diagnostics }: { diagnostics: { summary: string }[] }): string[] =>
  diagnostics.map(({ summary }) => summary);

async function created(client: PluginClient, config: Record<string, unknown> = { name: "a" }): Promise<State> {
  const { state, diagnostics } = await client.apply(await client.plan(TYPE, { config }));
  expect(diagnostics).toEqual([]);
  return state!;
}

describe("the plugin client", () => {
  it("walks a resource's whole life: create, refresh, nothing to do, update, replace, destroy", async () => {
    const client = await tiny();
    const config = { name: "a", tags: ["y", "x", "y"], box: { width: 3 } };
    const plan = await client.plan(TYPE, { config });
    expect(plan).toMatchObject({
      action: "create",
      diagnostics: [],
      planned: { id: UNKNOWN, notes: UNKNOWN, size: null, tags: ["x", "y"], box: { width: 3, area: UNKNOWN } },
    });
    const state = await created(client, config);
    expect(state).toMatchObject({
      tainted: false,
      value: { notes: ["made after planned"], box: { area: 9 } },
      private: Buffer.from("applied"),
    });
    expect(await client.refresh(state)).toEqual({ state, diagnostics: [] });
    expect(await client.plan(TYPE, { prior: state, config })).toMatchObject({ action: "no-op", planned: state.value });

    const updated = await client.apply(await client.plan(TYPE, { prior: state, config: { ...config, size: 2 ** 40 } }));
    expect(updated).toMatchObject({
      diagnostics: [],
      state: {
        value: { id: state.value["id"], size: 2 ** 40, notes: ["made after planned", "changed after planned"] },
      },
    });

    const replacement = await client.plan(TYPE, { prior: updated.state, config: { name: "b" } });
    expect(replacement).toMatchObject({ action: "replace", requiresReplace: [["name"]], planned: { id: UNKNOWN } });
    const replaced = (await client.apply(replacement)).state!;
    expect(replaced.value).toMatchObject({ name: "b", notes: ["made after planned"] });
    expect(await client.destroy(replaced)).toEqual({ state: null, diagnostics: [] });
  });

  it("applies a plan with unknown values once they are known, and not before", async () => {
    const client = await tiny();
    const plan = await client.plan(TYPE, { config: { name: "a", tags: UNKNOWN } });
    expect(plan.planned).toMatchObject({ tags: UNKNOWN });
    await expect(client.apply(plan)).rejects.toThrow("not known yet");
    expect((await client.apply(plan, { config: { name: "a", tags: ["t"] } })).state?.value).toMatchObject({
      tags: ["t"],
    });
    const other = await client.apply(plan, { config: { name: "b", tags: [] } });
    expect(summaries(other)).toEqual(["Provider produced inconsistent final plan"]);
  });

  it("imports, reloads from the state file, reads data sources and validates", async () => {
    const client = await tiny();
    const { state } = await client.import(TYPE, "a");
    expect(state?.value).toMatchObject({ name: "a", notes: ["imported"], size: null });
    expect(await client.reload({ ...state!, value: { ...state!.value, size: 2n ** 70n } })).toMatchObject({
      state: { value: { size: (2n ** 70n).toString() } },
    });
    expect((await client.read("tiny_digest", { of: "a" })).value).toEqual({ of: "a", value: state!.value["id"] });
    expect(await client.validate(TYPE, { name: "bad" })).toMatchObject([{ summary: "Bad name", path: ["name"] }]);
    expect(await client.plan(TYPE, { config: { name: "bad" } })).toMatchObject({
      planned: null,
      diagnostics: [{ summary: "Bad name" }],
    });
    expect(await client.configure({ endpoint: "nowhere" })).toMatchObject([{ summary: "Nowhere", path: ["endpoint"] }]);
    expect(await client.configure()).toEqual([]);
  });

  it("keeps of a failed apply what core keeps", async () => {
    const failing = (state: "state" | "null"): Promise<PluginClient> =>
      tiny({
        apply: async ({ plannedState }) => ({
          state: state === "null" ? null : { ...plannedState, id: "i", notes: [] },
          diagnostics: [errorDiagnostic("Failed", "")],
        }),
      });
    const state = await created(await tiny());
    const create = async (client: PluginClient) => client.apply(await client.plan(TYPE, { config: { name: "a" } }));
    expect((await create(await failing("null"))).state).toBeNull();
    const tainted = (await create(await failing("state"))).state!;
    expect(tainted.tainted).toBe(true);
    expect((await (await tiny()).plan(TYPE, { prior: tainted, config: { name: "a" } })).action).toBe("replace");
    expect((await (await failing("null")).destroy(state)).state).toEqual(state);
    const update = await (await failing("state")).plan(TYPE, { prior: state, config: { name: "a", size: 1 } });
    expect((await (await failing("state")).apply(update)).state).toMatchObject({ tainted: false, value: { size: 1 } });
  });

  const good = { id: "i", notes: [], box: null };
  const misbehaviours: [string, Partial<Resource>, string][] = [
    [
      "plans another value than the configured one",
      {
        plan: async ({ proposedNewState }) => ({
          plannedState: proposedNewState && { ...proposedNewState, name: "other" },
        }),
      },
      "Provider produced invalid plan",
    ],
    [
      "plans a value for what is neither configured nor computed",
      {
        plan: async ({ proposedNewState }) => ({ plannedState: proposedNewState && { ...proposedNewState, size: 1 } }),
      },
      "Provider produced invalid plan",
    ],
    [
      "plans nothing where something is configured",
      { plan: async () => ({ plannedState: null }) },
      "Provider produced invalid plan",
    ],
    [
      "plans an unknown for a configured object",
      {
        plan: async ({ proposedNewState }) => ({
          plannedState: proposedNewState && { ...proposedNewState, box: UNKNOWN },
        }),
      },
      "Provider produced invalid plan",
    ],
    [
      "loses an element of a configured map",
      {
        plan: async ({ proposedNewState }) => ({
          plannedState: proposedNewState && { ...proposedNewState, parts: {} },
        }),
      },
      "Provider produced invalid plan",
    ],
    [
      "applies another value than planned",
      {
        apply: async ({ plannedState }) => ({
          state: { ...plannedState, ...good, box: { width: 1, area: 1 }, name: "other" },
        }),
      },
      "Provider produced inconsistent result after apply",
    ],
    [
      "applies another set than planned",
      {
        apply: async ({ plannedState }) => ({
          state: { ...plannedState, ...good, box: { width: 1, area: 1 }, tags: ["x"] },
        }),
      },
      "Provider produced inconsistent result after apply",
    ],
    [
      "applies to nothing",
      { apply: async () => ({ state: null }) },
      "Provider produced inconsistent result after apply",
    ],
    [
      "leaves values unknown",
      { apply: async ({ plannedState }) => ({ state: { ...plannedState, id: "i" } }) },
      "Provider returned invalid result object after apply",
    ],
  ];
  it.each(misbehaviours)("catches a provider that %s", async (_, overrides, summary) => {
    const client = await tiny(overrides);
    const plan = await client.plan(TYPE, {
      config: { name: "a", tags: ["y", "x"], box: { width: 1 }, parts: { one: {} } },
    });
    const found = plan.diagnostics.length > 0 ? plan : await client.apply(plan);
    expect(new Set(summaries(found))).toEqual(new Set([summary]));
  });

  it(
    "catches a provider that plans something else at apply, and one whose object outlives its " + "destruction",
    async () => {
      let size = 0;
      const moody = await tiny({
        plan: async ({ proposedNewState }) => ({
          plannedState: proposedNewState && { ...proposedNewState, ...good, notes: [`${size++}`] },
        }),
        apply: async ({ priorState, plannedState }) => ({ state: plannedState ?? priorState }),
      });
      expect(summaries(await moody.apply(await moody.plan(TYPE, { config: { name: "a" } })))).toEqual([
        "Provider produced inconsistent final plan",
      ]);
      expect(summaries(await moody.destroy(await created(await tiny())))).toEqual([
        "Provider returned invalid result object after apply",
      ]);
    },
  );
});
