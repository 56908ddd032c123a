import { hasError } from "../../lib/tfplugin6/diagnostic";
import type { Provider } from "../../lib/tfplugin6/provider";
import { PluginClient, type Plan, type State } from "../../test/support/plugin-client";
import { PARALLELISM, type DeviceSets } from "./jobs";

const TYPE = "hotplug_passthrough_devices";

/** Asks the provider as Terraform does: a process for each walk, and so many virtual machines at once in it. */
export class Walks {
  private readonly states = new Map<string, State>();

  constructor(private readonly startProvider: () => Provider) {}

  /** Takes into the state what virtual machines have. */
  import(ids: readonly string[]): Promise<void> {
    return this.walk(ids, async (client, id) => {
      const { state, diagnostics } = await client.import(TYPE, id);
      if (!state) throw new Error(JSON.stringify(diagnostics));
      this.states.set(id, state);
    });
  }

  /** What `plan` finds to be done, by virtual machine. */
  async plan(sets: DeviceSets): Promise<Map<string, Plan>> {
    const plans = new Map<string, Plan>();
    await this.walk(Object.keys(sets), async (client, id) => {
      const known = this.states.get(id);
      const prior = known && (await client.refresh(known)).state;
      const plan = await client.plan(TYPE, { prior, config: { virtual_machine_id: id, devices: sets[id]! } });
      if (hasError(plan.diagnostics)) throw new Error(JSON.stringify(plan.diagnostics));
      plans.set(id, plan);
    });
    return plans;
  }

  apply(plans: ReadonlyMap<string, Plan>): Promise<void> {
    return this.walk([...plans.keys()], async (client, id) => {
      const { state, diagnostics } = await client.apply(plans.get(id)!);
      if (!state || hasError(diagnostics)) throw new Error(JSON.stringify(diagnostics));
      this.states.set(id, state);
    });
  }

  private async walk(ids: readonly string[], work: (client: PluginClient, id: string) => Promise<void>): Promise<void> {
    const client = await PluginClient.inProcess(this.startProvider());
    await client.configure();
    const left = [...ids];
    const worker = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await work(client, id);
    };
    await Promise.all(Array.from({ length: PARALLELISM }, worker));
    await client.close();
  }
}
