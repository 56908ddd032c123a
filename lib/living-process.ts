import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * The process that made a file, told by the file's name: `SCOPE-PID-START`, each in base 36. A pid is given again, so
 * its start belongs to it; and it means something on one machine, since one boot, in one container: that is the scope.
 */
const MARK = /^([0-9a-z]{4})-([0-9a-z]+)-([0-9a-z]+)$/;

/** What another machine or container left can't be told from what it uses, but by its age. */
const STRANGERS_LIMIT_MS = 3_600_000;

let own: string | undefined;

/** What stands for this process in names of files. */
export function ownMark(): string {
  return (own ??= [scope(), process.pid.toString(36), startOf(process.pid) ?? "0"].join("-"));
}

/** A name that no other file has, by which the next process tells whether this one still uses it. */
export function markedName(prefix: string): string {
  return `${prefix}${ownMark()}-${randomBytes(4).toString("hex")}`;
}

/** The mark in a name: behind the prefix, and before a dash and whatever makes the name one of its own. */
export function markIn(name: string, prefix: string): string | undefined {
  const mark = name.startsWith(prefix) ? name.slice(prefix.length).replace(/-[^-]*$/, "") : "";
  return MARK.test(mark) ? mark : undefined;
}

/** Whether a process lives; undefined for one of another machine or container, which can't be seen from here. */
export function isAlive(mark: string): boolean | undefined {
  const [, itsScope, pid, start] = MARK.exec(mark) ?? [];
  if (itsScope !== scope()) return undefined;
  const now = startOf(parseInt(pid!, 36));
  return now !== undefined && (now === start || now === UNKNOWN || start === UNKNOWN);
}

export function pidOf(mark: string): number {
  return parseInt(MARK.exec(mark)![2]!, 36);
}

/** Takes away what processes made in a folder under such names and, killed, couldn't. Of this user's only. */
export function removeLeftovers(folder: string, prefix: string): void {
  for (const name of namesIn(folder)) {
    const mark = markIn(name, prefix);
    if (mark === undefined || isAlive(mark) === true) continue;
    const path = join(folder, name);
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (!entry || (process.getuid && entry.uid !== process.getuid())) continue;
    if (isAlive(mark) === undefined && Date.now() - entry.mtimeMs < STRANGERS_LIMIT_MS) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process does the same at this moment, or it is nobody's to remove: the next one looks again.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** One that lives, but doesn't say since when. */
const UNKNOWN = "0";

/** When a process was started, by the clock of its machine; undefined where there is none, or only its remains. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  // proc_pid_stat(5): behind the name in brackets come the state and, as 22nd field of all, the start in ticks.
  const fields = textOf(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
  if (fields) return fields[0] === "Z" ? undefined : Number(fields[19]).toString(36);
  if (process.platform === "linux") return UNKNOWN; // hidden from this user
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
  });
  const start = Date.parse(`${stdout?.trim()} UTC`);
  return Number.isNaN(start) ? UNKNOWN : start.toString(36);
}

let here: string | undefined;

function scope(): string {
  return (here ??= shortHash([hostname(), textOf("/proc/sys/kernel/random/boot_id"), linkOf("/proc/self/ns/pid")]));
}

function shortHash(parts: readonly (string | undefined)[]): string {
  const number = createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32BE() % 36 ** 4;
  return number.toString(36).padStart(4, "0");
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
