/**
 * `npm run demo`: the main job from end to end, by the real cdktf and terraform (or tofu), on an embedded vCenter.
 * It checks what it claims and ends with status 1 if a claim doesn't hold. `--call-log FILE` keeps the whole call log;
 * `--part devices` or `--part guest` tells that part alone.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { build } from "./build";
import type { CallLogEntry } from "../lib/simulator/call-log";
import { guestInventory, tellOfTheGuest } from "./demo/guest-story";
import { DemoLab } from "./demo/lab";
import { Report } from "./demo/report";
import { findEngine } from "./engine";
import type { DeviceCall } from "./demo/timeline";
import { script } from "./script";

const VIRTUAL_MACHINE = "vm-42";
const HOST = "esx01.example.test";
const [A, B, C, D, E] = ["0000:3b:00.0", "0000:3c:00.0", "0000:5e:00.0", "0000:5f:00.0", "0000:60:00.0"] as const;

const steps = (calls: readonly DeviceCall[]): string[] =>
  calls.map(({ operation, device }) => `${operation.replace(/^hot-/, "")} ${device}`);
const same = (left: readonly string[], right: readonly string[]): boolean => left.join() === right.join();

async function tell(lab: DemoLab, report: Report): Promise<void> {
  async function change(
    title: string,
    verb: "deploy" | "destroy",
    devices: readonly string[],
    expected: readonly string[],
  ): Promise<void> {
    report.heading(title);
    const { seconds } = await run(verb, devices);
    const planned = verb === "deploy" ? lab.plannedSteps() : expected;
    const calls = await lab.newCalls();
    report.timeline(calls, seconds);
    report.check(
      `exactly ${expected.length === 1 ? "one call" : `${expected.length} calls`}, as planned`,
      same(steps(calls), expected) && same(planned, expected),
      `made: ${steps(calls).join(", ")}; planned: ${planned.join(", ")}`,
    );
    report.check(
      "one device a call, nothing beside it, each verified before the next",
      calls.every(isClean),
      JSON.stringify(calls, null, 2),
    );
    const attached = await lab.attached();
    const wanted = verb === "deploy" ? [...devices].sort() : [];
    report.check(
      wanted.length > 0 ? `the virtual machine has exactly ${wanted.join(", ")}` : "the virtual machine has none left",
      same(attached, wanted),
      `it has: ${attached.join(", ")}`,
    );
  }

  /** Where a deploy or a plan fails as a whole, the rest of the story has nothing to stand on. */
  async function run(
    verb: "deploy" | "diff" | "destroy",
    devices: readonly string[],
  ): Promise<{ output: string; seconds: number }> {
    const { status, output, seconds } = await lab.cdktf(verb, devices);
    if (status !== 0) throw new Error(`cdktf ${verb} ended with status ${status}:\n${output}`);
    return { output, seconds };
  }

  async function look(
    title: string,
    devices: readonly string[],
    claims: [string, (output: string) => boolean][],
  ): Promise<void> {
    report.heading(title);
    const { output } = await run("diff", devices);
    report.plan(output);
    for (const [claim, holds] of claims) report.check(claim, holds(output), output);
    report.check("no device call was made", (await lab.newCalls()).length === 0, "calls were made");
  }

  await change(
    "Deploy: three devices onto a running virtual machine",
    "deploy",
    [A, B, C],
    [`add ${A}`, `add ${B}`, `add ${C}`],
  );
  await change("Change the set: one out, two in", "deploy", [A, C, D, E], [`remove ${B}`, `add ${D}`, `add ${E}`]);

  await lab.type(`pull ${HOST} ${C}`, "Pulled");
  await look(
    `Somebody pulls ${C} out of ${HOST}. The plan says:`,
    [A, C, D, E],
    [
      ["the plan warns of the drive by name", (output) => /Warning/.test(output) && output.includes(C)],
      [
        "it plans that drive's hot-add and nothing else",
        (output) => output.includes(`"add ${C}"`) && !/\+ "(add|remove) (?!0000:5e:00\.0)/.test(output),
      ],
    ],
  );

  await lab.type(`plug ${HOST} ${C}`, "Plugged");
  await change("A replacement is put into its place. Deploy:", "deploy", [A, C, D, E], [`add ${C}`]);
  await look(
    "Look again: nothing is left to do",
    [A, C, D, E],
    [["the plan is empty", (output) => /No changes\./.test(output)]],
  );
  await change("Destroy", "destroy", [A, C, D, E], [`remove ${A}`, `remove ${C}`, `remove ${D}`, `remove ${E}`]);
}

/** Each on an embedded vCenter of its own. */
const PARTS: Record<
  string,
  Omit<Parameters<typeof DemoLab.start>[1], "virtualMachine"> & {
    story(lab: DemoLab, report: Report): Promise<void>;
  }
> = {
  devices: { example: "quickstart", story: tell },
  guest: { example: "guest-confirmed", inventory: guestInventory, guests: true, story: tellOfTheGuest },
};

function isClean(call: DeviceCall): boolean {
  return (
    call.operation.startsWith("hot-") &&
    call.succeeded &&
    call.verified &&
    call.deviceChanges === 1 &&
    call.fieldsBeside.length === 0
  );
}

script(async () => {
  const { values } = parseArgs({ options: { "call-log": { type: "string" }, part: { type: "string" } } });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const report = new Report(process.stdout);
  build((line) => report.note(line));
  const engine = findEngine();
  report.note(`Engine: ${engine.title}`);
  const log: CallLogEntry[] = [];
  const play = async (name: string, { story, ...options }: (typeof PARTS)[string]): Promise<void> => {
    if (values.part !== undefined && values.part !== name) return;
    const lab = await DemoLab.start(engine, { virtualMachine: VIRTUAL_MACHINE, ...options });
    await story(lab, report);
    // As of one vCenter: no two clients have one name, and no two calls one number.
    const before = log.length;
    const calls = await lab.log();
    log.push(
      ...calls.map((call) => ({ ...call, client: `${call.client} (${name})`, sequence: before + call.sequence })),
    );
    await lab.stop();
  };
  for (const [name, part] of Object.entries(PARTS)) await play(name, part);
  if (values["call-log"]) writeFileSync(values["call-log"], JSON.stringify(log));
  report.end();
  return report.failures === 0 ? 0 : 1;
});
