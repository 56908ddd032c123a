import { renameSync, rmSync, writeFileSync } from "node:fs";
import { temporarySibling } from "./temporary-sibling";

/** Writes a file so that nobody ever reads half of it. */
export function writeFileAtomically(file: string, content: string): void {
  const temporary = temporarySibling(file);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
