import { CallError } from "../../../lib/hotplug/call-error";
import type { DevicesOutcome, DevicesProblem } from "../../../lib/hotplug/devices/change";
import { execute } from "../../../lib/hotplug/devices/execute";
import { pciAddress, type PciAddress } from "../../../lib/hotplug/pci-address";
import { formatStep, parseStep, planSteps, type Order, type Step } from "../../../lib/hotplug/devices/plan";
import { classify } from "../../../lib/hotplug/devices/target";
import type { DeviceIdentity, HostDevice } from "../../../lib/hotplug/facts";
import { ModelVcenter, SAMSUNG, type Fate } from "../../support/model-vcenter";
import { VirtualClock } from "../../support/virtual-clock";
import { formatGuestProblem, formatSightings, isGuestProblem, TranscriptGuest } from "./transcript-guest";

/** One case of a transcript: what is set up, and what the executor was seen to do. */
export interface Case {
  name: string;
  setup: string[];
  expected: string;
}

/** Cases stand between blank lines: `# name`, the setup, `----`, what happens. */
export function parseTranscript(text: string): Case[] {
  return text
    .split(/\n\n+/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const [head = "", expected = ""] = block.trimEnd().split(/^----\n?/m);
      const lines = head.trim().split("\n");
      const comment = lines.filter((line) => line.startsWith("#")).map((line) => line.slice(2));
      return {
        name: comment.join(" "),
        setup: lines.filter((line) => !line.startsWith("#")),
        expected: expected.trimEnd(),
      };
    });
}

export function formatTranscript(cases: readonly (Case & { actual: string })[]): string {
  return cases
    .map(({ name, setup, actual }) =>
      [...wrap(name).map((line) => `# ${line}`), ...setup, "----", actual, ""].join("\n"),
    )
    .join("\n");
}

/** `3b` is short for 0000:3b:00.0. */
const long = (name: string): PciAddress => pciAddress(`0000:${name}:00.0`);
const short = (text: string): string => text.replace(/0000:([0-9a-f]{2}):00\.0/g, "$1");

/** `5e=8086:0b60` is another model, `af/0302` another class, `86-enabled` one whose passthrough is off. */
function parseDevice(text: string): { address: PciAddress; model: Partial<HostDevice> } {
  const [, name, ids, classId, off] =
    /^([0-9a-f]{2})(?:=([0-9a-f]{4}:[0-9a-f]{4}))?(?:\/([0-9a-f]{4}))?(-enabled|-active)?$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`not a device: ${text}`);
  const [vendorId, deviceId] = (ids ?? "").split(":").map((part) => Number.parseInt(part, 16));
  return {
    address: long(name),
    model: {
      ...(ids && { vendorId, deviceId, vendorName: "Other", deviceName: "Model" }),
      ...(classId && { classId: Number.parseInt(classId, 16) }),
      ...(off === "-enabled" && { passthroughEnabled: false, passthroughActive: false }),
      ...(off === "-active" && { passthroughActive: false }),
    },
  };
}

/** Runs the setup of a case and writes down each look, each call and the outcome. */
export async function play(setup: readonly string[]): Promise<string> {
  const clock = new VirtualClock(0);
  const vcenter = new ModelVcenter();
  const lines: string[] = [];
  const stop = new AbortController();
  const fates = new Map<number, { fate: Fate; seconds: number }>();
  const events: { when: string; event: string }[] = [];
  const limits = { change: 3600, operation: 60, wait: 0 };
  let declared: PciAddress[] = [];
  let state: PciAddress[] | undefined;
  let planned: Step[] | undefined;
  let order: Order = "remove_first";
  let allowDeviceChange = false;
  let blind = false;
  let destroys = false;
  let narrates = false;
  const remembered = new Map<string, DeviceIdentity>();
  const guest = new TranscriptGuest(vcenter, clock, {
    write: (line) => lines.push(`${time()} ${line}`),
    beforeLook: (look) => occur(`before guest look ${look}`),
  });

  const remember = (address: PciAddress): PciAddress => {
    const device = vcenter.slots.get(address);
    if (device && !remembered.has(address)) remembered.set(address, device);
    return address;
  };
  const attach = (address: PciAddress): void => vcenter.attach(remember(address));
  const happen = (event: string): void => {
    const [verb, argument = "", ...rest] = event.split(" ");
    switch (verb) {
      case "plug":
        return vcenter.plug(parseDevice(argument).address, parseDevice(argument).model);
      case "pull":
        return vcenter.pull(long(argument), { shown: rest[0] === "shown" });
      case "attach":
        return vcenter.attach(long(argument));
      case "detach":
        return vcenter.detach(long(argument));
      case "hold":
        return void vcenter.heldBy.set(long(argument), rest.join(" "));
      case "coming-free":
        return void vcenter.comingFree.add(long(argument));
      case "kept":
        return void vcenter.comingFree.delete(long(argument));
      case "free":
        return void (vcenter.heldBy.delete(long(argument)), vcenter.comingFree.delete(long(argument)));
      case "blind":
        return void (blind = true);
      case "see":
        return void (blind = false);
      case "guest":
        return guest.happen([argument, ...rest]);
      case "stop":
        return stop.abort(new Error("stopped"));
      case "vm":
        return void Object.assign(vcenter.virtualMachine, JSON.parse([argument, ...rest].join(" ")));
      case "host":
        return void Object.assign(vcenter.host, JSON.parse([argument, ...rest].join(" ")));
      default:
        throw new Error(`not an event: ${event}`);
    }
  };

  for (const line of setup) {
    const [word = "", ...rest] = line.split(" ");
    const names = (): ReturnType<typeof parseDevice>[] => rest.map(parseDevice);
    const when = /^(before (?:call|look|guest look) \d+|at \d+s): (.*)$/.exec(line);
    if (when) events.push({ when: when[1]!, event: when[2]! });
    else if (word === "slots") names().forEach(({ address, model }) => vcenter.plug(address, model));
    else if (word === "attached") names().forEach(({ address }) => attach(address));
    else if (word === "declared") declared = names().map(({ address }) => address);
    else if (word === "state") state = names().map(({ address }) => remember(address));
    else if (word === "planned")
      planned =
        rest.length === 0
          ? []
          : rest
              .join(" ")
              .split(", ")
              .map((text) => parseStep(text.replace(/\S+$/, long)));
    else if (word === "remembered")
      names().forEach(({ address, model }) => remembered.set(address, { ...SAMSUNG, ...model }));
    else if (word === "forgotten") names().forEach(({ address }) => remembered.delete(address));
    else if (word === "confirm") guest.confirm(rest);
    else if (word === "order") order = rest[0] as Order;
    else if (word === "allow_device_change") allowDeviceChange = true;
    else if (word === "destroys") destroys = true;
    else if (word === "narrate") narrates = true;
    else if (word === "limit") limits[rest[0] as keyof typeof limits] = Number.parseInt(rest[1]!, 10);
    else if (word === "call")
      fates.set(Number(rest[0]), { fate: rest[1] as Fate, seconds: Number.parseInt(rest[2] ?? "0", 10) });
    else happen(line);
  }
  state ??= vcenter.attached.map(({ address }) => address);
  planned ??= planSteps({ attached: state, declared, order });

  let looks = 0;
  let calls = 0;
  let begun = 0;
  const occur = (when: string): void =>
    events
      .filter((one) => one.when === when)
      .forEach(({ event }) => {
        lines.push(`  ${event}`);
        happen(event);
      });
  const time = (): string => `${String(clock.now() / 1000).padStart(6)}s`;
  for (const { when, event } of events) {
    const at = /^at (\d+)s$/.exec(when);
    if (at)
      void clock.sleep(Number(at[1]) * 1000).then(() => {
        lines.push(`  ${event}`);
        happen(event);
      });
  }
  const target = vcenter.target(clock, {
    beforeLook: () => {
      occur(`before look ${++looks}`);
      if (!blind) return;
      lines.push(`${time()} look: nothing can be seen`);
      throw new Error("nothing can be seen");
    },
    afterLook: ({ attached }) =>
      lines.push(`${time()} look: ${attached.map(({ address }) => short(address)).join(" ") || "none"}`),
    beforeCall: () => {
      occur(`before call ${++calls}`);
      return fates.get(calls) ?? { fate: "ok" };
    },
    onCall: ({ step, beganAt, endedAt, error }) => {
      if (endedAt === undefined) return void (begun = lines.push(`${time()} ${short(formatStep(step))}`));
      const seconds = (endedAt - beganAt) / 1000;
      lines[begun - 1] += `: ${error ? short(formatError(error)) : "done"}${seconds > 0 ? ` after ${seconds}s` : ""}`;
    },
  });
  const says = (verb: string) => (message: string, fields?: object) =>
    lines.push(`  ${verb}: ${message} ${short(JSON.stringify(fields))}`);
  const outcome = await execute(
    target,
    {
      declared: new Set(declared),
      order,
      planned,
      remembered,
      allowDeviceChange,
      ...(destroys && { destroys }),
      ...(guest.policy && { guest: guest.policy }),
    },
    {
      clock,
      signal: stop.signal,
      ...(narrates && { onProgress: says("says"), onDetail: says("detail") }),
      changeTimeoutSeconds: limits.change,
      operationTimeoutSeconds: limits.operation,
      waitForDeviceSeconds: limits.wait,
    },
  );
  return [
    ...withoutRepeats(lines),
    `planned: ${short(planned.map(formatStep).join(", ")) || "nothing"}`,
    ...formatOutcome(outcome),
  ].join("\n");
}

function formatOutcome({ observed, known, done, problems, sightings }: DevicesOutcome): string[] {
  const { nvme, unclassified } = observed ? classify(observed, known) : { nvme: [], unclassified: [] };
  const list = (devices: readonly { address: string }[]): string =>
    devices.map(({ address }) => short(address)).join(" ") || "none";
  return [
    `done: ${short(done.map(formatStep).join(", ")) || "nothing"}`,
    observed
      ? `has: ${list(nvme)}${unclassified.length > 0 ? `, of unknown class ${list(unclassified)}` : ""}`
      : "has: never seen",
    ...(sightings ? [short(formatSightings(sightings))] : []),
    ...(problems.length > 0
      ? problems.map((problem) => `problem: ${short(formatProblem(problem))}`)
      : ["problems: none"]),
  ];
}

function formatProblem(problem: DevicesProblem): string {
  if (isGuestProblem(problem)) return formatGuestProblem(problem);
  switch (problem.kind) {
    case "violation":
      return `${problem.violation.rule} ${problem.violation.summary}`;
    case "unplanned":
      return `unplanned ${formatStep(problem.step)}${problem.label ? ` (${problem.label})` : ""}`;
    case "call_failed":
      return `call failed, ${formatStep(problem.step)}: ${formatError(problem.error)}`;
    case "not_verified":
      return `not verified, ${formatStep(problem.step)}`;
    case "blind":
      return `blind${problem.step ? ` after ${formatStep(problem.step)}` : ""}: ${(problem.error as Error).message}`;
    default:
      return problem.kind;
  }
}

function formatError(error: unknown): string {
  return error instanceof CallError ? `${error.kind}, ${error.message}` : String(error);
}

/** Looks that show the same become one line with their number. */
function withoutRepeats(lines: readonly string[]): string[] {
  const what = (line: string | undefined): string => (line ?? "").slice(8);
  const kept: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = kept.at(-1);
    if (last && /^(look|guest[^:]*): /.test(what(line)) && what(last.line) === what(line)) last.times++;
    else kept.push({ line, times: 1 });
  }
  return kept.map(({ line, times }) => (times > 1 ? `${line} (${times} times)` : line));
}

function wrap(text: string): string[] {
  return text
    .replace(/(.{1,110})(?:\s+|$)/g, "$1\n")
    .trim()
    .split("\n");
}
