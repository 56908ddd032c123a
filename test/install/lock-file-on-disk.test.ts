import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstallError } from "../../lib/install/install-error";
import { LOCK_FILE, mergeIntoLockFile } from "../../lib/install/lock-file";

const ADDRESS = "registry.terraform.io/vsphere-hotplug/hotplug";
const ENTRY = { address: ADDRESS, version: "0.2.0", hashes: ["h1:a"], add: true };
const OLD = `provider "${ADDRESS}" {\n  version = "0.1.0"\n  hashes = [\n    "h1:old}",\n  ]\n}`;
const NEW = `provider "${ADDRESS}" {
  version     = "0.2.0"
  constraints = "0.2.0"
  hashes = [
    "h1:a",
  ]
}`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-lock-"));
  file = join(folder, LOCK_FILE);
});
afterEach(() => rmSync(folder, { recursive: true }));

const merge = (add = true): void => mergeIntoLockFile(file, [{ ...ENTRY, add }]);

test("bytes that are no UTF-8 stay as they are", () => {
  const others = Buffer.concat([Buffer.from("# caf"), Buffer.from([0xe9, 0xff, 0x00]), Buffer.from("\n")]);
  writeFileSync(file, Buffer.concat([others, Buffer.from(`${OLD}\n`)]));
  merge();
  expect(readFileSync(file)).toEqual(Buffer.concat([others, Buffer.from(`${NEW}\n`)]));
});

test.each([0o600, 0o640, 0o666])("a mode of %o is kept", (mode) => {
  writeFileSync(file, `${OLD}\n`);
  chmodSync(file, mode);
  merge();
  expect(statSync(file).mode & 0o777).toBe(mode);
  expect(readFileSync(file, "utf8")).toBe(`${NEW}\n`);
});

test("a link stays one, and what it leads to is changed", () => {
  mkdirSync(join(folder, "shared"));
  writeFileSync(join(folder, "shared/lock"), `${OLD}\n`);
  symlinkSync("shared/lock", file);
  merge();
  expect(readlinkSync(file)).toBe("shared/lock");
  expect(readFileSync(join(folder, "shared/lock"), "utf8")).toBe(`${NEW}\n`);
  expect(readdirSync(join(folder, "shared"))).toEqual(["lock"]);
});

test("a link that leads to nothing yet stays one, too", () => {
  symlinkSync("lock", file);
  merge(false);
  expect(readdirSync(folder)).toEqual([LOCK_FILE]);
  merge();
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "lock"), "utf8")).toContain(NEW);
});

test.each<[string, () => void, RegExp]>([
  ["a folder", () => mkdirSync(file), /\.terraform\.lock\.hcl is a folder\. Move it away\./],
  ["a pipe", () => execFileSync("mkfifo", [file]), /is no regular file\. Move it away\./],
  ["a link to itself", () => symlinkSync(LOCK_FILE, file), /can't be read: ELOOP.*\. Make it readable/],
  ["read-only", () => writeFileSync(file, `${OLD}\n`, { mode: 0o444 }), /(is read-only|EACCES).*[Mm]ake it .*writable/],
  ["in a folder that is gone", () => (file = join(folder, "gone", LOCK_FILE)), /can't be written: ENOENT/],
])("one that is %s is told, and left as it is", (_, make, message) => {
  make();
  const before = readdirSync(folder);
  expect(() => merge()).toThrow(InstallError);
  expect(() => merge()).toThrow(message);
  expect(readdirSync(folder)).toEqual(before);
});

test("what damages it is told by its line, and nothing is changed", () => {
  const cut = `# first\n${OLD.slice(0, -2)}`;
  writeFileSync(file, cut);
  expect(() => merge()).toThrow(
    `${file} can't be read as a lock file: the { in line 2 is never closed. Mend it, or delete it and run init again.`,
  );
  expect(readFileSync(file, "utf8")).toBe(cut);
});

test("four million lines are read in a moment", () => {
  const hashes = '    "zh:0000000000000000000000000000000000000000",\n'.repeat(4_000_000);
  const other = `provider "registry.terraform.io/vmware/vsphere" {\n  hashes = [\n${hashes}  ]\n}\n\n`;
  writeFileSync(file, `${other}${OLD}\n`);
  merge();
  expect(readFileSync(file, "latin1") === `${other}${NEW}\n`).toBe(true);
}, 60_000);

test("where nothing is to be done, a file that can't be changed is no trouble", () => {
  writeFileSync(file, `${NEW}\n`, { mode: 0o444 });
  expect(() => merge()).not.toThrow();
});
