import { type Counts, NOTHING, countsLine } from "./run-jest";

/** Runs a script. Its status is what `main` returns (0 for nothing), or 1 after an error, whose message is shown. */
export function script(main: (args: string[]) => number | void | Promise<number | void>): void {
  void Promise.resolve(process.argv.slice(2))
    .then(main)
    .catch(failure)
    .then((status) => process.exit(status ?? 0));
}

/** A script that counts tests: its last line is `N passed, N failed`, whatever happens. */
export function testScript(main: (args: string[]) => Promise<Counts>): void {
  script(async (args) => {
    const counts = await main(args).catch((error: unknown) => ({ ...NOTHING, failed: failure(error) }));
    console.log(countsLine(counts));
    return counts.failed > 0 ? 1 : 0;
  });
}

function failure(error: unknown): 1 {
  console.error(error instanceof Error ? error.message : error);
  return 1;
}
