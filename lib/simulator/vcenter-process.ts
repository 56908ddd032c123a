/** The program of an embedded vCenter in a process of its own: `start-vcenter.ts` starts it and talks to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "./embedded-vcenter";
import type { FaultEffect, FaultTrigger } from "./fault-injection";
import { trustFolder } from "./trusted-folder";

/** What it is told, in order; the first is `start`. */
export interface Order {
  readonly name: "start" | "calls" | "pullDevice" | "plugDevice" | "injectFault" | "stop";
  readonly given: readonly unknown[];
}

/** What it answers to each. */
export type Answer = { readonly value: unknown } | { readonly error: string };

let vcenter: EmbeddedVcenter;
let directory: string | undefined;

const orders: Record<Order["name"], (...given: never[]) => unknown> = {
  async start(options: EmbeddedVcenterOptions) {
    vcenter = await EmbeddedVcenter.start(options);
    directory = mkdtempSync(join(tmpdir(), "vsphere-hotplug-"));
    const caFile = join(directory, "ca.pem");
    writeFileSync(caFile, vcenter.caPem);
    const environment = { ...vcenter.environment(caFile), ...trustFolder(directory, process.env) };
    return { url: vcenter.url, server: vcenter.server, caFile, environment };
  },
  calls: () => vcenter.calls(),
  pullDevice: (host: string, address: string) => vcenter.pullDevice(host, address),
  plugDevice: (host: string, device: string) => vcenter.plugDevice(host, device),
  injectFault: (trigger: FaultTrigger, effect: FaultEffect) => void vcenter.faults.inject(trigger, effect),
  stop,
};

let last: Promise<unknown> = Promise.resolve();
process.on("message", ({ name, given }: Order) => {
  last = last
    .then(() => orders[name](...(given as never[])))
    .then(
      (value): Answer => ({ value }),
      (error: unknown): Answer => ({ error: error instanceof Error ? error.message : String(error) }),
    )
    .then((answer) => process.send?.(answer));
});
// Whoever started it has ended.
process.once("disconnect", () => void last.then(stop).finally(() => process.exit()));

async function stop(): Promise<void> {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
  await (vcenter as EmbeddedVcenter | undefined)?.stop();
}
