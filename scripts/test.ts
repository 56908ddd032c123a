/**
 * `npm test`: builds what the tests need, runs the specification and then judges the calls that every embedded vCenter
 * of the run was asked to make. Arguments go to jest. The last line is `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build";
import { EngineMissingError, findEngine } from "./engine";
import { NOTHING, addCounts, countsLine, runJest } from "./run-jest";

async function main(jestArgs: string[]): Promise<number> {
  build((line) => console.log(line));
  const engine = await engineEnvironment();
  const folder = mkdtempSync(join(tmpdir(), "hotplug-test-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

  const environment = { ...engine.environment, CHECKPOINT_DISABLE: "1", HOTPLUG_TEST_CALL_LOG_DIR: folder };
  const specification = await runJest("specification", { args: [...engine.jestArgs, ...jestArgs], environment });
  // A run of chosen files may not have spoken to any vCenter: only the whole run is judged.
  const callLog = jestArgs.length > 0 ? NOTHING : await runJest("call-log", { environment });
  const total = addCounts(specification, callLog, { ...NOTHING, skipped: engine.missing });
  console.log(countsLine(total));
  return total.failed > 0 ? 1 : 0;
}

/** Where no engine can be had, the tests that need one are left out, loudly; in CI that is a failure. */
async function engineEnvironment(): Promise<{
  environment: Record<string, string>;
  jestArgs: string[];
  missing: number;
}> {
  try {
    const { path, title } = await findEngine();
    console.log(`Engine: ${title} (${path})`);
    return { environment: { HOTPLUG_TEST_ENGINE: path }, jestArgs: [], missing: 0 };
  } catch (error) {
    if (!(error instanceof EngineMissingError) || process.env["CI"]) throw error;
    console.error(`${error.message}\nSKIPPED: every test under test/terraform and test/examples, the demo among them.`);
    return {
      environment: {},
      jestArgs: ["--testPathIgnorePatterns=test/(interop|thorough|after|terraform|examples)/"],
      missing: 1,
    };
  }
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exit(1);
  },
);
