import { checkReadiness } from "../../hotplug/rules/readiness";
import { readinessFacts } from "../../hotplug/observed-facts";
import type * as tf from "../../tfplugin6/provider";
import type { Schema } from "../../tfplugin6/schema";
import type { ObjectValue } from "../../tfplugin6/value";
import { computed, required } from "../attributes/attribute";
import { findVirtualMachines } from "../../vim/find";
import { guestSupportsHotPlugPci, readSystemId } from "../../vim/virtual-machine/environment-browser";
import { readHostExtras } from "../../vim/host/extras";
import { readHosts } from "../../vim/host/host";
import { orUnknown } from "../../vim/session/answers";
import { readVirtualMachines } from "../../vim/virtual-machine/virtual-machine";
import type { Connection } from "../connection";
import { connected, type Dependencies } from "../guarded";

const schema: Schema = {
  version: 0,
  description:
    "Whether a virtual machine and its host are ready for hot plug of NVMe passthrough devices, rule by rule. " +
    "Reads only; what is not ready is no error.",
  attributes: {
    virtual_machine_id: required(
      "string",
      "The virtual machine: its BIOS UUID, its instance UUID or its managed object id (`vm-42`).",
    ),
    checks: {
      nested: {
        nesting: "list",
        attributes: {
          rule: computed("string", "The rule's number, such as `M5`."),
          status: computed("string", "`ok`, `failed`, or `by_hand` where no API tells."),
          sentence: computed("string", "What is the matter."),
          remedy: computed("string", "The way out, or how to check by hand; null where nothing is to be done."),
        },
      },
      computed: true,
      description: "Every rule that can be judged from outside, in the order of the rules' numbers.",
    },
    ready: computed("bool", "Whether no rule failed. What is to be checked by hand doesn't count."),
  },
};

/** `hotplug_readiness`: whether a virtual machine and its host are ready, rule by rule. */
export class Readiness implements tf.DataSource {
  readonly schema = schema;

  constructor(private readonly dependencies: Pick<Dependencies, "connection">) {}

  async read({ config }: { config: ObjectValue }, { signal }: tf.OperationContext): Promise<tf.ReadResponse> {
    return connected<tf.ReadResponse>(this.dependencies, { state: null }, async (connection) => {
      const facts = await observe(connection, config.virtual_machine_id as string, signal);
      const checks = checkReadiness(facts).map(({ rule, status, sentence, remedy }) => ({
        rule,
        status,
        sentence,
        remedy: remedy ?? null,
      }));
      return { state: { ...config, checks, ready: checks.every(({ status }) => status !== "failed") } };
    });
  }
}

async function observe(
  connection: Connection,
  name: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof readinessFacts>> {
  const { client } = connection;
  // An endpoint that breaks a rule is part of the report here, and no error.
  const { apiType, apiVersion } = await client.about(signal);
  const [found, ...more] = await findVirtualMachines(client, name, { signal });
  const reference = found && more.length === 0 ? found : await connection.requireVirtualMachine(name, signal);
  const [virtualMachine] = await readVirtualMachines(client, [reference], { signal });
  const [host] = virtualMachine!.host ? await readHosts(client, [virtualMachine!.host], { signal }) : [];
  const { guestId, hardwareVersion, environmentBrowser } = virtualMachine!;
  const guest =
    guestId === undefined || !host
      ? undefined
      : await orUnknown(
          guestSupportsHotPlugPci(client, environmentBrowser, {
            guestId,
            host: host.reference,
            ...(hardwareVersion !== undefined && { hardwareVersion }),
            signal,
          }),
        );
  return readinessFacts({
    endpoint: { apiType, apiVersion },
    virtualMachine: virtualMachine!,
    ...(guest !== undefined && { guestSupportsHotPlugPci: guest }),
    ...(host && {
      host,
      extras: await readHostExtras(client, host, { signal }),
      hostSystemId: await readSystemId(client, host, [virtualMachine!], { signal }),
    }),
  });
}
