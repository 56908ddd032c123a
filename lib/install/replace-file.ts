import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { markedName, removeLeftovers } from "../living-process";
import { InstallError, explained } from "./install-error";

/** What a file holds, a character for each byte. */
interface Content {
  content: string;
  stats: Stats;
}

/**
 * Reads a file that is going to be changed; undefined where there is none.
 *
 * @throws InstallError where something else than a file is in its place, or it can't be read
 */
export function readForChange(file: string): Content | undefined {
  return explained(`${file} can't be read`, "Make it readable for this user.", () => {
    const target = linkTarget(file);
    removeLeftovers(dirname(target), prefixOf(target));
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) return undefined;
    if (!stats.isFile())
      throw new InstallError(`${file} is ${stats.isDirectory() ? "a folder" : "no regular file"}. Move it away.`);
    return { content: readFileSync(file, "latin1"), stats };
  });
}

/**
 * Writes a file anew so that nobody ever reads half of it: where a link leads, and with the mode and owner that it had.
 *
 * @returns false, with nothing changed, where it isn't any more what was read before
 * @throws InstallError where it can't be written
 */
export function replaceContent(
  file: string,
  { before, after }: { before: Content | undefined; after: string },
): boolean {
  const target = linkTarget(file);
  const temporary = join(dirname(target), markedName(prefixOf(target)));
  return explained(`${file} can't be written`, "Make it and its folder writable for this user.", () => {
    if (before) accessSync(target, constants.W_OK);
    if (before && (before.stats.mode & 0o222) === 0) throw new InstallError(`${file} is read-only. Make it writable.`);
    try {
      writeFileSync(temporary, after, { encoding: "latin1", flag: "wx", ...(before && { mode: before.stats.mode }) });
      if (before) keepOwnerAndMode(temporary, before.stats);
      if (readForChange(target)?.content !== before?.content) return false;
      renameSync(temporary, target);
      return true;
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

function keepOwnerAndMode(file: string, { mode, uid, gid }: Stats): void {
  const made = statSync(file);
  if (made.uid !== uid || made.gid !== gid) {
    try {
      chownSync(file, uid, gid);
    } catch {
      // Only root gives files away.
    }
  }
  chmodSync(file, mode & 0o7777);
}

function prefixOf(target: string): string {
  return `.${basename(target)}.`;
}

/** Where a chain of links ends, whether or not there is a file yet. */
function linkTarget(file: string): string {
  let target = file;
  for (let hops = 0; hops < 40 && lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink(); hops++)
    target = resolve(dirname(target), readlinkSync(target));
  return target;
}
