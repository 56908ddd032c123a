import { run, type RunOptions } from "./toolbox";

/** How one step of a third party's program ended. */
export interface Step {
  value?: unknown;
  error?: string;
  /** The fault's type, without its namespace. */
  fault?: string;
}

/** Runs a program that prints a line of JSON for each step. Rejects if it doesn't come to its end. */
export async function runSteps(
  command: readonly string[],
  options: RunOptions = {},
): Promise<ReadonlyMap<string, Step>> {
  const { status, stdout, stderr } = await run(command, options);
  if (status !== 0) throw new Error(`${command[0]} ended with ${status}:\n${stdout}${stderr}`);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Step & { step: string });
  return new Map(
    lines.map(({ step, fault, ...rest }) => [
      step,
      { ...rest, ...(fault !== undefined && { fault: fault.split(".").at(-1)! }) },
    ]),
  );
}
