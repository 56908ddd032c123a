import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTextFile } from "../../lib/environment/text-file";
import { runCli } from "../support/cli";

let folder: string;
let pipe: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-text-"));
  pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file is read whole", () => {
  writeFileSync(join(folder, "file"), "é\n");
  expect(readTextFile(join(folder, "file"))).toBe("é\n");
});

test("a pipe that somebody writes to is read to its end", async () => {
  const text = "x".repeat(300_000);
  writeFileSync(join(folder, "text"), text);
  // Open for reading and writing, it is never without a reader; it says so, and the test begins.
  const writer = spawn("sh", ["-c", 'exec 3<>"$1"; echo ready; cat "$2" >"$1"', "sh", pipe, join(folder, "text")]);
  await once(writer.stdout, "data");
  expect(readTextFile(pipe).slice(0, text.length)).toBe(text);
  await once(writer, "close");
});

test("a pipe that nobody writes to holds up nobody", () => {
  expect(readTextFile(pipe)).toBe("");
});

test("one that is held open, and never written to, is given up", async () => {
  const holder = spawn("sh", ["-c", 'exec 3<>"$1"; echo ready; read x', "sh", pipe]);
  await once(holder.stdout, "data");
  expect(() => readTextFile(pipe, { patienceSeconds: 0.1 })).toThrow(/nobody has written to it for 0\.1 s/);
  holder.stdin.end();
  await once(holder, "close");
});

test.each([
  ["a state", ["doctor", "--state"], /It is empty/],
  ["an inventory", ["simulate", "--inventory"], /pipe/],
])("%s that is such a pipe is an error of the command, at once", async (_what, args, says) => {
  const { status, stderr } = await runCli([...args, pipe], { VSPHERE_SERVER: "127.0.0.1:1" });
  expect([status === 0, stderr]).toEqual([false, expect.stringMatching(says)]);
});
