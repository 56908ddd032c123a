import { PassThrough } from "node:stream";
import { main } from "../../lib/cli/main";

export interface CliRun {
  stdin: PassThrough;
  stop: AbortController;
  stdout(): string;
  stderr(): string;
  ended: Promise<number>;
  /** Resolves once what was printed matches, on either stream. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

interface Streams {
  /** A terminal that wide; a pipe where it is left out. */
  columns?: number;
  /** Standard error is a terminal. */
  errorIsTerminal?: boolean;
  /** What is on standard input, which ends behind it. */
  input?: string;
}

/** Starts a command in this process, for commands that stay. */
export function startCli(
  args: string[],
  environment: Record<string, string> = {},
  { columns, input, errorIsTerminal }: Streams = {},
): CliRun {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns });
  if (errorIsTerminal) Object.assign(stderr, { isTTY: true });
  if (input !== undefined) stdin.end(input);
  const stop = new AbortController();
  const text = { stdout: "", stderr: "" };
  stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  const ended = main(args, { stdin, stdout, stderr, environment, signal: stop.signal });
  return {
    stdin,
    stop,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text.stdout + text.stderr);
          if (match) resolve(match);
        };
        stdout.on("data", look);
        stderr.on("data", look);
        ended.then(
          () =>
            setImmediate(() =>
              reject(new Error(`The command ended without printing ${pattern}: ${text.stdout}${text.stderr}`)),
            ),
          reject,
        );
        look();
      }),
  };
}

/** Runs a command to its end. */
export async function runCli(
  args: string[],
  environment: Record<string, string> = {},
  streams: Streams = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const run = startCli(args, environment, streams);
  const status = await run.ended;
  await new Promise(setImmediate);
  return { status, stdout: run.stdout(), stderr: run.stderr() };
}
