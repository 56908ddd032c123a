/**
 * `npm run histories`: random histories of the core, of the core with a guest, of the whole provider over the embedded
 * vCenter, and of preparations, in a process for each processor, on the runtime that the executable is made of.
 * Arguments: `KIND=COUNT` for each kind to run (by default all, as many as `npm run test:thorough` has), and
 * `first=SEED`. One that breaks an invariant is told with its seed, which `HOTPLUG_SEED` of test/simulation plays
 * again. The last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { SimulationResult } from "../test/simulation/simulate";
import { ROOT, command } from "./run";
import { type Counts, NOTHING } from "./run-jest";
import { testScript } from "./script";

const THOROUGH: Record<string, number> = { core: 20_000, guest: 10_000, whole: 10_000, settings: 300, hosts: 300 };

/** Runs so many histories of each kind, one kind after the other. */
export async function runHistories(kinds = THOROUGH, first = 1): Promise<Counts> {
  const counts = { ...NOTHING };
  for (const [kind, histories] of Object.entries(kinds)) {
    const results = await split(kind, { histories, first });
    const sum = (count: (result: SimulationResult) => number): number =>
      results.reduce((total, result) => total + count(result), 0);
    console.log(
      `histories of ${kind}: ${sum((result) => result.histories)}, with ${sum(({ applies }) => applies)} applies and ` +
        `${sum(({ calls }) => calls)} calls`,
    );
    for (const { failure } of results) if (failure !== undefined) console.error(`\n${kind}, ${failure}`);
    if (results.every(({ failure }) => failure === undefined)) counts.passed++;
    else counts.failed++;
  }
  return counts;
}

function split(kind: string, { histories, first }: { histories: number; first: number }): Promise<SimulationResult[]> {
  const processes = Math.min(availableParallelism(), histories);
  return Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const share = Math.ceil((histories - index) / processes);
      return child([kind, first + index, share, processes].map(String));
    }),
  );
}

/** A process that ends without a result has failed as well. */
function child(args: string[]): Promise<SimulationResult> {
  const process = spawn(command("bun"), [join(ROOT, "test/simulation/run.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  process.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    process.once("error", reject).once("close", (status) => {
      const failure = `the process of ${args.join(" ")} ended with ${status}: ${output}`;
      const broken = { histories: 0, applies: 0, calls: 0, failure };
      resolve(status === 0 ? (JSON.parse(output) as SimulationResult) : broken);
    });
  });
}

if (require.main === module)
  testScript((args) => {
    const chosen = args.map((arg) => arg.split("=") as [string, string]);
    const unknown = chosen.filter(([name, value]) => !(name in THOROUGH || name === "first") || !(Number(value) > 0));
    if (unknown.length > 0)
      throw new Error(`${unknown.join(" ")}: write KIND=COUNT (${Object.keys(THOROUGH).join(", ")}) or first=SEED.`);
    const { first = 1, ...kinds } = Object.fromEntries(chosen.map(([name, value]) => [name, Number(value)]));
    return runHistories(Object.keys(kinds).length > 0 ? kinds : undefined, first);
  });
