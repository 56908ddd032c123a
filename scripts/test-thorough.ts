/** `npm run test:thorough`: the long tests, over what was built and the engine of this machine. Arguments go to jest. */
import { build } from "./build";
import { findEngine } from "./engine";
import { countsLine, runJest } from "./run-jest";

async function main(args: string[]): Promise<number> {
  build((line) => console.log(line));
  const { path, title } = await findEngine();
  console.log(`Engine: ${title} (${path})`);
  const counts = await runJest("thorough", { args, environment: { HOTPLUG_TEST_ENGINE: path, CHECKPOINT_DISABLE: "1" } });
  console.log(countsLine(counts));
  return counts.failed > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exitCode = 1;
  },
);
