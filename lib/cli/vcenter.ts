import { setMaxListeners } from "node:events";
import { quoteServerAddress } from "../environment/server-address";
import {
  readVcenterSettings,
  VARIABLES,
  WARNINGS,
  type Argument,
  type SettingsProblem,
  type VcenterSettings,
} from "../environment/vcenter-settings";
import { printable } from "../printable";
import { VERSION } from "../version";
import { explainConnectionError, explainFault, type Voice } from "../vim/explain-error";
import { VimClient } from "../vim/session/client";
import type { Session } from "../vim/session/session";
import { VimConnectionError } from "../vim/wire/connection-error";
import { VimFault } from "../vim/wire/fault";
import { UsageError, type CommandContext } from "./command";

/** Said in the help of every command that asks a vCenter. */
export const ENVIRONMENT_NOTES = [
  "Which vCenter is asked, and as whom, is told by the provider's environment variables: VSPHERE_SERVER, VSPHERE_USER,",
  "VSPHERE_PASSWORD, VSPHERE_CA_FILE, VSPHERE_ALLOW_UNVERIFIED_SSL, VSPHERE_API_TIMEOUT (minutes).",
];

/**
 * Nothing came of it, for a reason that the person can do something about. Its message is printable, whatever the
 * server said.
 */
export class VcenterError extends Error {
  override name = "VcenterError";

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** How soon, and how often from then on, a person at a terminal is told that it goes on. */
const PROGRESS_MS = 1000;
const CLEAR_LINE = "\r\u001b[K";

/**
 * Says on a terminal, and on nothing else, how long it has taken, in one line that is gone at the end; answers what
 * ends it.
 */
function showProgress({ stderr, environment }: CommandContext): () => void {
  if (!(stderr as { isTTY?: boolean }).isTTY || environment["TERM"] === "dumb") return () => undefined;
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += PROGRESS_MS / 1000;
    stderr.write(`${CLEAR_LINE}Asking vCenter: ${seconds} s …`);
  }, PROGRESS_MS);
  return () => {
    clearInterval(timer);
    if (seconds > 0) stderr.write(CLEAR_LINE);
  };
}

/**
 * Does some work with the vCenter that the environment names, and logs out. On a terminal it tells how long that takes,
 * unless the work `stays` by itself.
 *
 * @throws UsageError where the environment names none, VcenterError where it doesn't answer or refuses
 */
export async function withVcenter<T>(
  context: CommandContext & { stays?: boolean },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { environment, stderr, signal } = context;
  const { settings, warnings } = settingsFrom(environment);
  const session = new VimClient({ ...settings, userAgent: `vsphere-hotplug/${VERSION}` });
  for (const warning of warnings) stderr.write(`Warning: ${describe(warning)}\n`);
  // Many requests under way listen to it at the same time; node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const endProgress = context.stays ? () => undefined : showProgress(context);
  try {
    return await work(session);
  } catch (error) {
    throw explained(error);
  } finally {
    endProgress();
    await session.close();
  }
}

function settingsFrom(environment: CommandContext["environment"]): {
  settings: VcenterSettings;
  warnings: SettingsProblem[];
} {
  const { settings, problems } = readVcenterSettings(
    (argument) => environment[VARIABLES[argument]] || undefined,
    environment,
  );
  if (settings) return { settings, warnings: problems };
  // One at a time, in the order in which a person sets them.
  const wrong = problems.filter(({ kind }) => !WARNINGS.includes(kind));
  const first = Object.keys(VARIABLES).flatMap((name) => wrong.find(({ argument }) => argument === name) ?? [])[0];
  throw new UsageError(describe(first!));
}

function describe({ argument, kind, value = "", reason }: SettingsProblem): string {
  if (kind === "no proxy") return `${value} ${reason}.`;
  const variable = VARIABLES[argument];
  const wrong = {
    "not set": "is not set: the environment has to name the vCenter, the user and the password.",
    "no address": `is ${quoteServerAddress(value)}; it is a host or host:port, without https://, a user or a path.`,
    "no minutes": "is not a positive number of minutes.",
    "no boolean": "is neither true nor false.",
    unreadable: `can't be read: ${reason}`,
    "no certificate": `holds no certificate: ${value}. It has to be a PEM bundle, of whole BEGIN CERTIFICATE blocks.`,
    unverified: "is set: vCenter's certificate is not verified.",
    "line break": "ends with a line break, which is sent with it: where it was read from a file, take that off.",
  };
  return `${variable} ${wrong[kind]}`;
}

/** The command knows an argument by its environment variable alone. */
const VOICE: Voice = {
  full: (argument) => VARIABLES[argument as Argument],
  short: (argument) => VARIABLES[argument as Argument],
};

function explained(error: unknown): unknown {
  if (error instanceof VimConnectionError) {
    return new VcenterError(explainConnectionError(error, VOICE).detail, { cause: error });
  }
  if (!(error instanceof VimFault)) return error;
  const { summary, detail } = explainFault(error, VOICE);
  return new VcenterError(detail.startsWith(summary) ? detail : `${summary}. ${detail}`, { cause: error });
}
