import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/cli";

test("the overview names every command", async () => {
  const { status, stdout } = await runCli(["--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/doctor .*\n.*devices .*\n.*watch .*\n.*adopt .*\n.*simulate .*\n.*install /);
});

test("a command's help names its arguments and options, and does nothing else", async () => {
  const { status, stdout } = await runCli(["install", "--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: vsphere-hotplug install DIR \[OPTION\]/);
  expect(stdout).toMatch(/--link .*\n *--json .*\n *--help /);
});

test("--version prints the version", async () => {
  expect(await runCli(["--version"])).toMatchObject({ status: 0, stdout: "0.1.0\n" });
});

test.each<[string, string[], RegExp]>([
  [
    "an unknown command",
    ["deploy"],
    /There is no command "deploy": it is one of doctor, devices, watch, adopt, simulate, install/,
  ],
  [
    "an unknown option",
    ["install", ".", "--force"],
    /Unknown option '--force'\. install takes --user, --platforms, --engine, --link, --json, --help/,
  ],
  ["a missing argument", ["install"], /install takes DIR, and was given none/],
  ["too many arguments", ["install", "a", "b"], /install takes DIR, and was given a b/],
  ["an argument where none belongs", ["simulate", "now"], /simulate takes no arguments, and was given now/],
  ["a directory that isn't there", ["install", "/nowhere/at/all"], /\/nowhere\/at\/all is not a directory/],
  ["an argument that is empty, as an unset variable is", ["install", ""], /install was given an empty DIR\./],
  ["an option whose value is empty", ["doctor", "--vm", ""], /doctor was given an empty --vm\./],
  [
    "an option that is given twice, which would lose its first value",
    ["doctor", "--vm", "vm-45", "--vm=vm-42"],
    /Option '--vm' is given more than once\. doctor takes --vm, --host, --state, --failed, --json, --help/,
  ],
  ["an address that can't be listened on", ["simulate", "--listen", "8989"], /--listen 8989: write HOST:PORT/],
  ["a user without a password", ["simulate", "--user", "me"], /VSPHERE_PASSWORD/],
])("%s is wrong usage, and says what is right", async (_name, args, message) => {
  const { status, stdout, stderr } = await runCli(args);
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
});

test.each([
  ["-h behind a command", ["doctor", "-h"]],
  ["-h before it", ["-h", "doctor"]],
  ["help before it", ["help", "doctor"]],
  ["-h behind other options, valid or not", ["doctor", "--vm", "vm-42", "--nonsense", "-h"]],
  ["-h where a value is missing", ["doctor", "--vm", "-h"]],
])("%s is help of the command", async (_name, args) => {
  const { status, stdout, stderr } = await runCli(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Usage: vsphere-hotplug doctor /);
});

test("help alone is the overview, and of a command that isn't there wrong usage", async () => {
  expect((await runCli(["help"])).stdout).toMatch(/^Usage: vsphere-hotplug COMMAND/);
  expect(await runCli(["help", "docter"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("docter") as string,
  });
});

test.each<[string, string[], string | undefined]>([
  ["a command", ["docter"], "doctor"],
  ["a command that is cut", ["device"], "devices"],
  ["an option", ["doctor", "--hots", "x"], "--host"],
  ["an option with a value", ["doctor", "--stat=x"], "--state"],
  ["nothing that is near", ["frobnicate"], undefined],
])("for what was mistyped, %s, it says what was probably meant", async (_name, args, meant) => {
  const { status, stderr } = await runCli(args);
  expect(status).toBe(2);
  if (meant === undefined) expect(stderr).not.toContain("Did you mean");
  else expect(stderr).toContain(`Did you mean ${meant}?`);
});

test.each<[string, string[], number, RegExp]>([
  ["wrong usage", ["doctor", "--json", "--nonsense"], 2, /Unknown option '--nonsense'/],
  ["a missing variable", ["devices", "--json"], 2, /VSPHERE_SERVER is not set/],
  ["a command that isn't there", ["docter", "--json"], 2, /There is no command/],
  ["a vCenter that isn't there", ["doctor", "--json"], 1, /can't be reached/],
])("with --json %s is one JSON object on standard output, too", async (_name, args, expected, message) => {
  const environment = { VSPHERE_SERVER: "127.0.0.1:1", VSPHERE_USER: "u", VSPHERE_PASSWORD: "marker" };
  const { status, stdout, stderr } = await runCli(args, expected === 1 ? environment : {});
  const { error } = JSON.parse(stdout) as { error: { message: string; usage: boolean } };
  expect({ status, usage: error.usage }).toEqual({ status: expected, usage: expected === 2 });
  expect(error.message).toMatch(message);
  expect(stderr).toContain(error.message);
  expect(stdout + stderr).not.toContain("marker");
});

test("no command at all is wrong usage", async () => {
  expect((await runCli([])).status).toBe(2);
});

/** Runs the command as a process of its own, its output going to where `device` leads. */
function runTo(device: string, ...args: string[]): { status: number | null; stderr: string } {
  const stdout = openSync(device, "w");
  try {
    return spawnSync(
      process.execPath,
      ["--import", "tsx", join(__dirname, "../../lib/cli/vsphere-hotplug.ts"), ...args],
      { stdio: ["ignore", stdout, "pipe"], encoding: "utf8", timeout: 30_000, killSignal: "SIGKILL" },
    );
  } finally {
    closeSync(stdout);
  }
}

test("output that can't be written, as on a full disk, is one line of error and exit status 1", () => {
  expect(runTo("/dev/full", "--help")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^vsphere-hotplug: The output can't be written: ENOSPC[^\n]*\n$/) as string,
  });
  expect(runTo("/dev/null", "--help")).toMatchObject({ status: 0, stderr: "" });
});

test("a simulator whose variables nobody can read doesn't stay", () => {
  expect(runTo("/dev/full", "simulate", "--json")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^vsphere-hotplug: The output can't be written[^\n]*\n$/) as string,
  });
});
