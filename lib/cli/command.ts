import { parseArgs } from "node:util";
import type { Readable, Writable } from "node:stream";
import type { Environment } from "../environment/environment";
import { didYouMean } from "./suggestion";

/** One option of a command, as its help shows it. */
interface CommandOption {
  type: "boolean" | "string";
  /** What stands for the value in the help: `FILE`. Not for booleans. */
  value?: string;
  /** May be given more than once. */
  multiple?: boolean;
  description: string;
}

/** What a command was called with. */
export interface CommandInput {
  positionals: string[];
  options: Record<string, string | boolean | (string | boolean)[] | undefined>;
}

/** The world around a command. */
export interface CommandContext {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  environment: Environment;
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
}

/** One file a command; the table in vsphere-hotplug.ts names them all. */
export interface Command {
  name: string;
  summary: string;
  /** Names of its arguments: `DIR`. */
  positionals: string[];
  /** Whether an option may stand in their place. */
  positionalsMayMiss?: boolean;
  options: Record<string, CommandOption>;
  /** Further help, in whole lines. */
  notes?: string[];
  /** @returns the exit status: 0 fine, 1 not fine, 2 wrong usage */
  run(input: CommandInput, context: CommandContext): Promise<number>;
}

/** The command line can't be understood; the message says what is allowed. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Whether help is asked for, wherever among the arguments. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "-h" || arg === "--help");
}

/** @throws UsageError on an unknown or repeated option, a missing or empty value, too few or too many arguments */
export function parseCommandLine(command: Command, args: string[]): CommandInput {
  const parsed = parse(command, args);
  const misses = parsed.positionals.length === 0 && command.positionalsMayMiss;
  if (!misses && parsed.positionals.length !== command.positionals.length) {
    const expected = command.positionals.length === 0 ? "no arguments" : command.positionals.join(" ");
    throw new UsageError(
      `${command.name} takes ${expected}, and was given ` +
        `${parsed.positionals.length === 0 ? "none" : parsed.positionals.join(" ")}.`,
    );
  }
  // "$DIR" is empty where nobody has set DIR, and must not come to mean the current directory.
  const given = [
    ...command.positionals.map((name, index) => [name, parsed.positionals[index]]),
    ...Object.entries(parsed.values).flatMap(([name, value]) => [value].flat().map((one) => [`--${name}`, one])),
  ];
  const empty = given.find(([, value]) => value === "");
  if (empty) throw new UsageError(`${command.name} was given an empty ${empty[0]}. Is a variable not set?`);
  return { positionals: parsed.positionals, options: parsed.values };
}

function parse(command: Command, args: string[]): { values: CommandInput["options"]; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...HELP }).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]),
  );
  try {
    const { values, positionals, tokens } = parseArgs({
      args,
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const given = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const repeated = given.find((name, index) => given.indexOf(name) < index && !command.options[name]?.multiple);
    if (repeated !== undefined) throw new Error(`Option '--${repeated}' is given more than once`);
    return { values, positionals };
  } catch (error) {
    const allowed = Object.keys(options).map((name) => `--${name}`);
    const message = (error as Error).message.split(". ")[0]!;
    const unknown = /^Unknown option '(-.*)'$/.exec(message)?.[1];
    const suggestion = unknown === undefined ? "" : didYouMean(unknown, allowed);
    throw new UsageError(`${message}.${suggestion} ${command.name} takes ${allowed.join(", ")}.`, { cause: error });
  }
}

const HELP: Record<string, CommandOption> = { help: { type: "boolean", description: "Print this help; so does -h." } };

export function helpText(command: Command): string {
  const options = Object.entries({ ...command.options, ...HELP }).map(
    ([name, { value, description }]) => [`--${name}${value ? ` ${value}` : ""}`, description] as const,
  );
  const width = Math.max(...options.map(([left]) => left.length));
  return [
    `Usage: vsphere-hotplug ${[command.name, ...command.positionals, "[OPTION]..."].join(" ")}`,
    "",
    command.summary,
    "",
    ...options.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    ...(command.notes ? ["", ...command.notes] : []),
    "",
  ].join("\n");
}
