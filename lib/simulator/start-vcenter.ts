import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { CallLogEntry } from "./call-log";
import type { EmbeddedVcenterOptions } from "./embedded-vcenter";
import type { FaultEffect, FaultTrigger } from "./fault-injection";
import type { InventoryDevice } from "./inventory/inventory";
import type { Answer, Order } from "./vcenter-process";

/** An embedded vCenter that runs in a process of its own. */
export interface VcenterProcess {
  /** "https://127.0.0.1:PORT/sdk" */
  readonly url: string;
  /** "127.0.0.1:PORT" */
  readonly server: string;
  /** A file with its certificate. */
  readonly caFile: string;
  /** The environment variables that point Terraform here: `Object.assign(process.env, environment)`. */
  readonly environment: Record<string, string>;
  /** The log of every call so far. */
  calls(): Promise<CallLogEntry[]>;
  /** Pulls a device out of its slot, in use or not. Rejects if there is none. */
  pullDevice(hostNameOrId: string, address: string): Promise<void>;
  /** Puts a device into a slot: another one, or by its address the one pulled out of it before. */
  plugDevice(hostNameOrId: string, device: InventoryDevice | string): Promise<void>;
  /** Makes calls or tasks go wrong on purpose. */
  injectFault(trigger: FaultTrigger, effect: FaultEffect): Promise<void>;
  /** Stops it, and waits for its end. It ends, too, when the process that started it does. */
  stop(): Promise<void>;
}

/**
 * Starts an embedded vCenter in a process of its own, for tests that block theirs: CDKTF's matchers
 * (`toPlanSuccessfully`) wait for Terraform without letting anything else run, and Terraform would wait for a vCenter
 * in the same process for ever.
 *
 * @throws where the inventory is wrong, or the address can't be listened on
 */
export async function startVcenter(
  options: Omit<EmbeddedVcenterOptions, "clock" | "onCall"> = {},
): Promise<VcenterProcess> {
  const program = require.resolve("./vcenter-process");
  const child = fork(program, {
    execArgv: program.endsWith(".ts") ? ["--import", "tsx"] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const tell = teller(child);
  try {
    const told = (await tell("start", options)) as Pick<VcenterProcess, "url" | "server" | "caFile" | "environment">;
    return {
      ...told,
      calls: () => tell("calls") as Promise<CallLogEntry[]>,
      pullDevice: (host, address) => tell("pullDevice", host, address) as Promise<void>,
      plugDevice: (host, device) => tell("plugDevice", host, device) as Promise<void>,
      injectFault: (trigger, effect) => tell("injectFault", trigger, effect) as Promise<void>,
      stop: async () => {
        if (child.connected) await tell("stop").finally(() => child.connected && child.disconnect());
        await ended;
      },
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

/** Sends one order after the other; each answer is the one to the order before it. */
function teller(child: ChildProcess): (name: Order["name"], ...given: unknown[]) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (name, ...given) => {
    const answered = last.then(() => ask(child, { name, given }));
    last = answered.catch(() => undefined);
    return answered;
  };
}

function ask(child: ChildProcess, order: Order): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: Answer): void => {
      child.off("exit", onExit);
      if ("error" in answer) reject(new Error(answer.error));
      else resolve(answer.value);
    };
    const onExit = (): void => {
      child.off("message", onAnswer as never);
      reject(new Error("The embedded vCenter's process has ended."));
    };
    child.once("message", onAnswer as never).once("exit", onExit);
    if (child.connected) child.send(order);
    else onExit();
  });
}
