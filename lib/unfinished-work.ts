import { writeSync } from "node:fs";

/**
 * A process ends by itself, and with status 0, once nothing is left that it waits for: also where somebody still waits
 * for an answer that nobody will give any more. Then it ends with status 1, and with a sentence on standard error.
 *
 * @returns what to call when the work is done
 */
export function failWhereUnfinished(program: string): () => void {
  const fail = (): void => {
    process.exitCode = 1;
    const sentence =
      `${program}: ended before its work was done: what it waited for never came. Whether a change was under way, ` +
      "vCenter's recent tasks tell.\n";
    try {
      writeSync(process.stderr.fd, sentence);
    } catch {
      // Nobody reads it; the status stands.
    }
  };
  process.on("exit", fail);
  return () => void process.off("exit", fail);
}
