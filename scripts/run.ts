import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The clone that the scripts belong to. */
export const ROOT = resolve(__dirname, "..");

/** What is fetched or built for the tests and kept from one run to the next. */
export const CACHE = join(ROOT, ".cache");

/** The path of a command that a dependency brings. */
export function command(name: string): string {
  return join(ROOT, "node_modules/.bin", name);
}

/** The path of a program that the machine has. */
export function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/** Runs a program to its end and returns its standard output. What it says is shown only when it fails. */
export function run(
  file: string,
  args: readonly string[],
  { directory = ROOT, environment = process.env }: { directory?: string; environment?: NodeJS.ProcessEnv } = {},
): string {
  const result = spawnSync(file, args, { cwd: directory, env: environment, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(
      `${file} ${args.join(" ")} failed:\n${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}`,
    );
  return result.stdout;
}

/** Whether a program is there and ends well. */
export function runs(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { env: process.env, stdio: "ignore" }).status === 0;
}

/** A program that the machine would need and doesn't have; the message says what to install. */
export class ProgramMissingError extends Error {
  override name = "ProgramMissingError";
}

/** What `find` finds; where a program is missing, undefined and a word on standard error, which in CI is an error. */
export function unlessMissing<T>(find: () => T, skipped = ""): T | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ProgramMissingError) || process.env["CI"]) throw error;
    console.error(`${error.message}${skipped}`);
    return undefined;
  }
}
