/** What a fleet asks of vCenter, at Terraform's own pace: ten resources at a time, as many as there are. */
import type { Inventory, InventoryDevice } from "../../lib/simulator/inventory/inventory";
import type { Config, Plan, PluginClient, State } from "../support/plugin-client";
import { Scenario, TYPE, texts } from "./scenario";

jest.setTimeout(120_000);

const PARALLELISM = 10;
const MACHINES_OF_HOST = 10;
const DRIVES = 2;

const hex = (number: number): string => number.toString(16).padStart(2, "0");
/** The drives of a host for one of its virtual machines. */
const drivesOf = (index: number): string[] =>
  Array.from({ length: DRIVES }, (_, drive) => `0000:${hex(0x10 + index)}:${hex(drive)}.0`);

/** So many hosts, with ten running virtual machines and the drives for them on each. */
function fleet(hosts: number): Inventory {
  const indices = Array.from({ length: MACHINES_OF_HOST }, (_, index) => index);
  const device = (address: string): InventoryDevice => ({ address, vendor: "144d", device: "a824" });
  return {
    hosts: Array.from({ length: hosts }, (_, host) => ({
      id: `host-${100 + host}`,
      name: `esx${host}`,
      devices: indices.flatMap(drivesOf).map(device),
    })),
    virtualMachines: Array.from({ length: hosts }, (_, host) =>
      indices.map((index) => ({
        id: `vm-${1000 + host * MACHINES_OF_HOST + index}`,
        name: `vm${host}-${index}`,
        host: `esx${host}`,
      })),
    ).flat(),
  };
}

const configs = (hosts: number): Config[] =>
  Array.from({ length: hosts * MACHINES_OF_HOST }, (_, index) => ({
    virtual_machine_id: `vm-${1000 + index}`,
    devices: drivesOf(index % MACHINES_OF_HOST),
  }));

/** Does `work` for each, ten at a time, as Terraform walks its graph. */
async function walk<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  await Promise.all(
    Array.from({ length: PARALLELISM }, async () => {
      for (const [index, item] of left) results[index] = await work(item, index);
    }),
  );
  return results;
}

interface Requests {
  plan: number;
  apply: number;
  emptyPlan: number;
}

/** `terraform apply` of a whole fleet, and the plan after it; in the apply, each resource is planned again. */
async function requestsOf(hosts: number): Promise<Requests> {
  const scenario = await Scenario.start({
    inventory: fleet(hosts),
    timings: { queueMs: 0, hotPlugMs: 60, reconfigureMs: 0, publishMs: 0 },
  });
  const count = async (work: (client: PluginClient) => Promise<void>): Promise<number> => {
    scenario.forgetCalls();
    await scenario.command({}, work);
    return scenario.log().length;
  };
  try {
    const wanted = configs(hosts);
    let plans: Plan[] = [];
    let states: (State | null)[] = [];
    const plan = await count(async (client) => {
      plans = await walk(wanted, (config) => client.plan(TYPE, { prior: null, config }));
    });
    const apply = await count(async (client) => {
      states = await walk(plans, async (planned) => {
        const { state, diagnostics } = await client.apply(planned);
        expect(texts(diagnostics)).toEqual([]);
        return state;
      });
    });
    expect(scenario.calls()).toHaveLength(wanted.length * DRIVES);
    const offers = scenario.log().filter(({ operation }) => operation === "QueryConfigTarget");
    expect(offers).toHaveLength(hosts);
    const emptyPlan = await count(async (client) => {
      const actions = await walk(wanted, async (config, index) => {
        const { state } = await client.refresh(states[index]!);
        return (await client.plan(TYPE, { prior: state, config })).action;
      });
      expect(new Set(actions)).toEqual(new Set(["no-op"]));
    });
    return { plan, apply, emptyPlan };
  } finally {
    await scenario.stop();
  }
}

test("a hundred virtual machines: at most three requests a call, and few for a plan without a change", async () => {
  const [small, large] = [await requestsOf(1), await requestsOf(10)];
  const calls = 10 * MACHINES_OF_HOST * DRIVES;
  if (process.env["HOTPLUG_FIGURES"]) process.stdout.write(`${JSON.stringify({ small, large, calls })}\n`);
  expect(large.plan + large.apply).toBeLessThanOrEqual(3 * calls);
  expect(large.emptyPlan).toBeLessThanOrEqual(0.15 * 10 * MACHINES_OF_HOST);
  // Ten times as many take about ten times the requests, whichever answers happen to coincide.
  for (const phase of ["plan", "apply", "emptyPlan"] as const)
    expect(large[phase]).toBeLessThanOrEqual(11 * small[phase]);
});
