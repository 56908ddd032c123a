import { checkReadiness } from "../../hotplug/rules/readiness";
import { readinessFacts } from "../../hotplug/observed-facts";
import type * as tf from "../../tfplugin6/provider";
import type { Schema } from "../../tfplugin6/schema";
import type { ObjectValue } from "../../tfplugin6/value";
import type { Clock } from "../../clock";
import { computed, optional, required } from "../attributes/attribute";
import { pciAddresses } from "../attributes/checks";
import { findVirtualMachines } from "../../vim/find";
import { guestSupportsHotPlugPci, readSystemId } from "../../vim/virtual-machine/environment-browser";
import { readHostExtras } from "../../vim/host/extras";
import { readHosts } from "../../vim/host/host";
import { lately, readSurpriseRemovals } from "../../vim/surprise-removals";
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
    devices: optional(
      { set: "string" },
      "What is declared for it, as in `hotplug_passthrough_devices`: a drive that was pulled out leaves nothing " +
        "behind, so that only its declaration tells (V6). Without it, that is left to be checked by hand.",
      pciAddresses({ limited: true }),
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
    ready: computed(
      "bool",
      "True where no rule failed and all that vCenter tells is known, V6 by `devices`; null where something of that " +
        "isn't known, such as a host that the account may not see: in a condition, write `ready == true`. What no " +
        "API tells doesn't count.",
    ),
  },
};

/** `hotplug_readiness`: whether a virtual machine and its host are ready, rule by rule. */
export class Readiness implements tf.DataSource {
  readonly schema = schema;

  constructor(private readonly dependencies: Dependencies) {}

  async read({ config }: { config: ObjectValue }, { signal }: tf.OperationContext): Promise<tf.ReadResponse> {
    return connected<tf.ReadResponse>(this.dependencies, { state: null }, async (connection) => {
      const judged = checkReadiness(await observe(connection, config, { clock: this.dependencies.clock, signal }));
      const checks = judged.map(({ rule, status, sentence, remedy = null }) => ({ rule, status, sentence, remedy }));
      const failed = judged.some(({ status }) => status === "failed");
      const ready = failed ? false : judged.some(({ isOpen }) => isOpen) ? null : true;
      return { state: { ...config, checks, ready } };
    });
  }
}

async function observe(
  connection: Connection,
  { virtual_machine_id: id, devices }: ObjectValue,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<ReturnType<typeof readinessFacts>> {
  const { client } = connection;
  const name = id as string;
  // An endpoint that breaks a rule is part of the report here, and no error.
  const { apiType, apiVersion } = await client.about(signal);
  const [found, ...more] = await findVirtualMachines(client, name, { signal });
  const reference = found && more.length === 0 ? found : await connection.requireVirtualMachine(name, signal);
  const [virtualMachine] = await readVirtualMachines(client, [reference], { signal });
  // A host that can't be read is part of the report as well.
  const { host: on } = virtualMachine!;
  const [host] = (on && (await orUnknown(readHosts(client, [on], { signal })))) ?? [];
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
  const events =
    host && (await orUnknown(readSurpriseRemovals(client, host.reference, { since: lately(clock), signal })));
  return readinessFacts({
    endpoint: { apiType, apiVersion },
    virtualMachine: virtualMachine!,
    lost: events?.removals.filter((removal) => removal.virtualMachine.value === reference.value),
    ...(Array.isArray(devices) && { declaration: { addresses: devices as string[], remembered: new Map() } }),
    ...(guest !== undefined && { guestSupportsHotPlugPci: guest }),
    ...(host && {
      host,
      extras: await readHostExtras(client, host, { signal }),
      hostSystemId: await readSystemId(client, host, [virtualMachine!], { signal }),
    }),
  });
}
