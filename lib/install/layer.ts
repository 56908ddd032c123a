import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, parse, sep } from "node:path";
import { markedName, removeLeftovers } from "../living-process";
import { directoryHash } from "./directory-hash";

const PREFIX = ".hotplug-";

/**
 * Puts packages into a folder of plugins, however many do so at once and whenever one of them is killed: everything is
 * made aside and renamed over what is there, which is never removed first. A running engine never meets half a package,
 * nor an empty one, and what a killed process left aside is taken away by the next.
 */
export class Layer {
  private readonly aside: string;
  private made = 0;

  constructor(plugins: string) {
    mkdirSync(plugins, { recursive: true });
    const place = placeAside(realpathSync(plugins));
    removeLeftovers(place, PREFIX);
    this.aside = join(place, markedName(PREFIX));
  }

  link(source: string, target: string): void {
    if (kindOf(target) === "link" && readlinkSync(target) === source) return;
    const temporary = this.temporary();
    symlinkSync(source, temporary, "dir");
    place(temporary, target, () => rmSync(target, { recursive: true, force: true }));
  }

  copy(source: string, target: string): void {
    if (holdsTheSame(target, source)) return;
    const temporary = this.temporary();
    copyFolder(source, temporary);
    place(temporary, target, () => {
      if (kindOf(target) === "folder") replaceFiles(temporary, target);
      else rmSync(target, { force: true });
    });
  }

  close(): void {
    rmSync(this.aside, { recursive: true, force: true });
  }

  private temporary(): string {
    mkdirSync(this.aside, { recursive: true });
    return join(this.aside, String(this.made++));
  }
}

/** What `rename` says where a folder or a link can't go over what is there. */
const IN_THE_WAY = ["ENOTEMPTY", "EEXIST", "ENOTDIR", "EISDIR"];

/**
 * Moves what was made to its place. A link goes over a link in one step, a folder over an empty one: else `clear` does
 * it, or makes room. */
function place(temporary: string, target: string, clear: () => void): void {
  mkdirSync(dirname(target), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(temporary, target);
      return;
    } catch (error) {
      if (attempt === 5 || !IN_THE_WAY.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
    clear();
    if (kindOf(temporary) === undefined) return;
  }
}

/** Whether the way leads through an archive, as Yarn's Plug'n'Play makes them: other programs can't look into it. */
export function isInsideArchive(path: string): boolean {
  const { root } = parse(path);
  const parts = path.slice(root.length).split(sep);
  const ways = parts.map((_, index) => root + parts.slice(0, index + 1).join(sep));
  // Under Plug'n'Play an archive looks like a folder.
  const isArchive = (way: string): boolean =>
    /\.(zip|asar)$/.test(way) && (process.versions["pnp"] !== undefined || kindOf(way) === "file");
  return parts.includes("__virtual__") || ways.some(isArchive);
}

/** Init reads the folder of plugins while others lay, so nothing is made in there that goes away again. */
function placeAside(plugins: string): string {
  const parent = dirname(plugins);
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    return plugins;
  }
  return statSync(parent).dev === statSync(plugins).dev ? parent : plugins;
}

function kindOf(path: string): "link" | "folder" | "file" | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (!entry) return undefined;
  return entry.isSymbolicLink() ? "link" : entry.isDirectory() ? "folder" : "file";
}

function holdsTheSame(target: string, source: string): boolean {
  try {
    return kindOf(target) === "folder" && directoryHash(target) === directoryHash(source);
  } catch {
    return false; // it was replaced while it was read
  }
}

/** File by file, the new over the old ones, and only then what is no more. */
function replaceFiles(from: string, to: string): void {
  const names = readdirSync(from);
  for (const name of names) {
    if (kindOf(join(to, name)) === "folder") rmSync(join(to, name), { recursive: true, force: true });
    renameSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(to))
    if (!names.includes(name)) rmSync(join(to, name), { recursive: true, force: true });
  rmSync(from, { recursive: true, force: true });
}

/** By the functions that Yarn's Plug'n'Play knows: cpSync can't read what is in its archives. */
function copyFolder(source: string, target: string): void {
  mkdirSync(target);
  for (const name of readdirSync(source)) {
    const file = join(source, name);
    copyFileSync(file, join(target, name), constants.COPYFILE_FICLONE);
    chmodSync(join(target, name), statSync(file).mode & 0o777);
  }
}
