import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** A name in the same directory, from which a finished file or directory can be renamed into its place in one step. */
export function temporarySibling(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}`);
}
