import { adoptCommand } from "./adopt/adopt";
import { asksForHelp, type Command, type CommandContext, UsageError, helpText, parseCommandLine } from "./command";
import { COMPLETE, complete, completionCommand } from "./completion";
import { devicesCommand } from "./devices";
import { doctorCommand } from "./doctor/doctor";
import { installCommand } from "./install";
import { simulateCommand } from "./simulate/simulate";
import { didYouMean } from "./suggestion";
import { json } from "./terminal";
import { watchCommand } from "./watch/watch";
import { VERSION } from "../version";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  doctorCommand,
  devicesCommand,
  watchCommand,
  adoptCommand,
  simulateCommand,
  installCommand,
  completionCommand,
];

/** @returns the exit status: 0 fine, 1 not fine, 2 wrong usage */
export async function main(args: string[], context: CommandContext): Promise<number> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    const usage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    // Who reads JSON reads standard output; a person reads the other.
    if (args.includes("--json")) context.stdout.write(json({ error: { message, usage } }));
    context.stderr.write(`vsphere-hotplug: ${message}\n`);
    if (usage) context.stderr.write(`Try vsphere-hotplug ${helpOf(args[0])}--help.\n`);
    return usage ? 2 : 1;
  }
}

async function dispatch(args: string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args[0] === "help" ? [args[1] ?? "--help", "--help"] : args;
  if (name === undefined || /^(-h|--help)$/.test(name)) {
    // -h doctor is doctor -h.
    if (COMMANDS.some((command) => command.name === rest[0])) return dispatch([...rest, "--help"], context);
    context.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === COMPLETE) {
    const found = await complete(rest, { commands: COMMANDS, context });
    context.stdout.write(found.map((word) => `${word}\n`).join(""));
    return 0;
  }
  if (name === "--version") {
    context.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const names = COMMANDS.map((known) => known.name);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command)
    throw new UsageError(
      `There is no command ${JSON.stringify(name)}: it is one of ${names.join(", ")}.${didYouMean(name, names)}`,
    );
  if (asksForHelp(rest)) {
    context.stdout.write(helpText(command));
    return 0;
  }
  return command.run(parseCommandLine(command, rest), context);
}

function helpOf(name: string | undefined): string {
  return COMMANDS.some((command) => command.name === name) ? `${name} ` : "";
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    "Usage: vsphere-hotplug COMMAND [OPTION]...",
    "",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "vsphere-hotplug COMMAND --help tells more, and so does help COMMAND; --version prints the version.",
    "",
  ].join("\n");
}
