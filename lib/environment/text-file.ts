import { closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs";

/** More than any state has. */
const MOST_BYTES = 512 * 1024 * 1024;
const PAUSE_MS = 20;

/**
 * The text of a file that somebody names. A pipe or a device is read for as long as somebody writes: opened the usual
 * way, a pipe that nobody writes to would hold up the whole process, deaf to every signal.
 *
 * @throws what the system says, with its code; or that nobody has written for `patienceSeconds`, or there is no end
 */
export function readTextFile(path: string, { patienceSeconds = 30 } = {}): string {
  const stats = statSync(path);
  // What a folder is, the system says best.
  if (stats.isFile() || stats.isDirectory()) return readFileSync(path, "utf8");
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readToTheEnd(descriptor, patienceSeconds);
  } finally {
    closeSync(descriptor);
  }
}

function readToTheEnd(descriptor: number, patienceSeconds: number): string {
  const chunks: Buffer[] = [];
  let [bytes, paused] = [0, 0];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const count = readAvailable(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks).toString("utf8");
    if (count === undefined) {
      if ((paused += PAUSE_MS) > patienceSeconds * 1000)
        throw unreadable("ETIMEDOUT", `nobody has written to it for ${patienceSeconds} s`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      continue;
    }
    paused = 0;
    chunks.push(chunk.subarray(0, count));
    if ((bytes += count) > MOST_BYTES) throw unreadable("EFBIG", `it is longer than ${MOST_BYTES} bytes`);
  }
}

/** Undefined where nothing is there yet. */
function readAvailable(descriptor: number, chunk: Buffer): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

function unreadable(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
