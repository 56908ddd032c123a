/** A folder that is kept is one process's at a time, and one user's. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";

let folder: string;
let kept: string;
const running = new Set<EmbeddedVcenter>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-owner-"));
  kept = join(folder, "kept");
});
afterEach(async () => {
  for (const vcenter of running) await vcenter.stop();
  running.clear();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<EmbeddedVcenter> {
  const vcenter = await EmbeddedVcenter.start({ keep: kept });
  running.add(vcenter);
  return vcenter;
}
const locks = (): string[] => readdirSync(kept).filter((name) => name.startsWith("in-use-by-"));

test("a second one is refused by the process that has the folder, and gets it when that has stopped", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(`${kept} is in use by process ${process.pid}: stop it, or keep this one's in`);
  running.delete(first);
  await first.stop();
  expect(locks()).toEqual([]);
  await start();
});

test("of many that begin at once, one has it", async () => {
  const started = await Promise.allSettled([start(), start(), start(), start()]);
  expect(started.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
  expect(locks()).toHaveLength(started.filter(({ status }) => status === "fulfilled").length);
});

describe("whoever had it", () => {
  let child: ChildProcess;
  beforeEach(() => (child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])));
  afterEach(() => child.kill("SIGKILL"));
  const mark = (): string => /in-use-by-(.*)-/.exec(locks()[0]!)![1]!;

  /** As if the lock were `pid`'s, with the start of this process or of another. */
  async function leaveLock(change: (parts: string[]) => string[]): Promise<string> {
    const first = await start();
    const parts = mark().split("-");
    running.delete(first);
    await first.stop();
    const file = join(kept, `in-use-by-${change(parts).join("-")}-abcd`);
    writeFileSync(file, "");
    return file;
  }

  test("and was killed, hasn't any more", async () => {
    const pid = child.pid!;
    child.kill("SIGKILL");
    await once(child, "exit");
    await leaveLock(([scope, , begun]) => [scope!, pid.toString(36), begun!]);
    await start();
    expect(locks()).toHaveLength(1);
  });

  test("hasn't any more where its number is another process's by now", async () => {
    await leaveLock(([scope, , begun]) => [scope!, child.pid!.toString(36), begun!]);
    await start();
    expect(locks()).toHaveLength(1);
  });

  test("in another container, has it as long as it gives signs of life", async () => {
    const file = await leaveLock(([, pid, begun]) => ["zzzz", pid!, begun!]);
    await expect(start()).rejects.toThrow(/in use by process \d+ of another container or machine/);
    utimesSync(file, new Date(), new Date(Date.now() - 60_000));
    await start();
  });
});

test("a start that fails leaves the folder to the next", async () => {
  mkdirSync(kept, { mode: 0o700 });
  writeFileSync(join(kept, "inventory.json"), "{", { mode: 0o600 });
  await expect(start()).rejects.toThrow("this is not JSON");
  expect(locks()).toEqual([]);
});

test("a key is never written through what stands ready in its place", async () => {
  mkdirSync(kept, { mode: 0o700 });
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, "mine");
  symlinkSync(elsewhere, join(kept, "private-key.pem.new"));
  writeFileSync(join(kept, "certificate.pem.new"), "", { mode: 0o666 });
  writeFileSync(join(kept, "inventory.json.new"), "");
  chmodSync(join(kept, "inventory.json.new"), 0o666);
  await start();
  expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  for (const name of ["private-key.pem", "certificate.pem", "inventory.json"])
    expect([name, statSync(join(kept, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test("whatever the umask, its files are its owner's to read", async () => {
  const umask = process.umask(0o777);
  try {
    mkdirSync(kept);
    chmodSync(kept, 0o700);
    await start();
    expect(statSync(join(kept, "private-key.pem")).mode & 0o777).toBe(0o600);
  } finally {
    process.umask(umask);
  }
});

describe("it is refused, with what to do,", () => {
  test.each([0o777, 0o1777, 0o775])("where others may write the folder (mode %o)", async (mode) => {
    mkdirSync(kept);
    chmodSync(kept, mode);
    await expect(start()).rejects.toThrow(/others may write \S+kept \(mode \d+\); chmod go-w it/);
    expect(readdirSync(kept)).toEqual([]);
  });

  test("where others may read the key", async () => {
    const first = await start();
    running.delete(first);
    await first.stop();
    chmodSync(join(kept, "private-key.pem"), 0o644);
    await expect(start()).rejects.toThrow(/others may read \S+private-key\.pem \(mode 0644\); chmod 600 it/);
  });

  (process.getuid!() === 0 ? test : test.skip)("where the folder is another user's", async () => {
    mkdirSync(kept, { mode: 0o700 });
    chownSync(kept, 12345, 12345);
    await expect(start()).rejects.toThrow("kept belongs to another user (uid 12345); use a folder of your own");
  });
});
