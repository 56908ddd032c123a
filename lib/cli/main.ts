import { type Command, type CommandContext, UsageError, helpText, parseCommandLine } from "./command";
import { devicesCommand } from "./devices";
import { doctorCommand } from "./doctor";
import { installCommand } from "./install";
import { simulateCommand } from "./simulate";
import { VERSION } from "../version";

/** Every command, in the order of the help. */
const COMMANDS: readonly Command[] = [doctorCommand, devicesCommand, simulateCommand, installCommand];

/** @returns the exit status: 0 fine, 1 not fine, 2 wrong usage */
export async function main(args: string[], context: CommandContext): Promise<number> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    const usage = error instanceof UsageError;
    context.stderr.write(`vsphere-hotplug: ${error instanceof Error ? error.message : String(error)}\n`);
    if (usage) context.stderr.write("Try vsphere-hotplug --help.\n");
    return usage ? 2 : 1;
  }
}

async function dispatch([name, ...args]: string[], context: CommandContext): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    context.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    context.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command)
    throw new UsageError(
      `There is no command ${JSON.stringify(name)}: it is one of ${COMMANDS.map((known) => known.name).join(", ")}.`,
    );
  const input = parseCommandLine(command, args);
  if (input.options["help"]) {
    context.stdout.write(helpText(command));
    return 0;
  }
  return command.run(input, context);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    "Usage: vsphere-hotplug COMMAND [OPTION]...",
    "",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "vsphere-hotplug COMMAND --help tells more; --version prints the version.",
    "",
  ].join("\n");
}
