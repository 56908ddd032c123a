import { checkReadiness } from "../../hotplug/rules/readiness";
import { readinessFacts, type HostExtras } from "../../hotplug/observed-facts";
import type { DataSource, OperationContext, ReadResponse } from "../../tfplugin6/provider";
import type { Schema } from "../../tfplugin6/schema";
import type { ObjectValue } from "../../tfplugin6/value";
import { computed, required } from "../attributes/attribute";
import { VimFault } from "../../vim/wire/fault";
import { findVirtualMachines } from "../../vim/find";
import { guestSupportsHotPlugPci } from "../../vim/virtual-machine/environment-browser";
import { readHosts, type Host } from "../../vim/host/host";
import { IncompleteAnswerError } from "../../vim/session/incomplete-answer-error";
import { readVirtualMachines } from "../../vim/virtual-machine/virtual-machine";
import type { Connection } from "../connection";
import { connected, type Dependencies } from "../guarded";
import { readUsesByAddress } from "../../vim/host/devices-in-use";
import { readIntrCookies } from "../../vim/host/kernel-setting";

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
export class Readiness implements DataSource {
  readonly schema = schema;

  constructor(private readonly dependencies: Pick<Dependencies, "connection">) {}

  async read({ config }: { config: ObjectValue }, { signal }: OperationContext): Promise<ReadResponse> {
    return connected<ReadResponse>(this.dependencies, { state: null }, async (connection) => {
      const facts = await look(connection, config.virtual_machine_id as string, signal);
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

async function look(
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
    ...(host && { host, extras: await extrasOf(connection, host, signal) }),
  });
}

async function extrasOf({ client }: Connection, host: Host, signal: AbortSignal): Promise<HostExtras> {
  if (host.connectionState !== "connected") return {};
  const [usedByHost, intrCookies] = await Promise.all([
    orUnknown(readUsesByAddress(client, host.reference, { signal, readOnly: true })),
    orUnknown(readIntrCookies(client, host.reference, { signal })),
  ]);
  return { ...(usedByHost && { usedByHost }), ...(intrCookies && { intrCookies }) };
}

/** What the account may not ask for, or the server doesn't have, is not known; it is said so, and no error. */
async function orUnknown<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof VimFault || error instanceof IncompleteAnswerError) return undefined;
    throw error;
  }
}
