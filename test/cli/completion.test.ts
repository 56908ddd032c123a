import { execFileSync } from "node:child_process";
import { runCli, startCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

let site: TestVcenter;
beforeAll(async () => {
  site = await startTestVcenter();
});
afterAll(() => site.stop());

async function completed(...words: string[]): Promise<string[]> {
  const { status, stdout } = await runCli(["__complete", ...words], site.environment);
  expect(status).toBe(0);
  return stdout.split("\n").slice(0, -1);
}

test("commands are completed", async () => {
  expect(await completed("d")).toEqual(["devices", "doctor"]);
  expect(await completed("help", "wa")).toEqual(["watch"]);
  expect(await completed("")).toEqual(expect.arrayContaining(["adopt", "completion", "help", "simulate", "--version"]));
});

test("options of a command are completed", async () => {
  expect(await completed("watch", "--")).toEqual(["--help", "--host", "--json", "--vm", "--web"]);
  expect(await completed("nonsense", "--")).toEqual([]);
});

test("behind --vm and --host stand the names that vCenter has", async () => {
  expect(await completed("devices", "--vm", "")).toEqual(["cache", "db", "old", "spare"]);
  expect(await completed("doctor", "--host", "esx02")).toEqual(["esx02.example.test"]);
});

test("where a file may stand, the shell has its own way", async () => {
  expect(await completed("simulate", "--inventory", "lab")).toEqual([]);
  expect(await completed("install", "")).toEqual([]);
});

test("a vCenter that can't be asked is no names, and no noise", async () => {
  const { status, stdout } = await runCli(["__complete", "devices", "--vm", ""], {});
  expect([status, stdout]).toEqual([0, ""]);
});

test("bash takes its script, and asks the command that is being typed", async () => {
  const { stdout: script } = await runCli(["completion", "bash"]);
  const stub = 'vsphere-hotplug() { printf "%s\\n" "a b" "$*"; }';
  const typed =
    'COMP_WORDS=(vsphere-hotplug devices --vm ""); COMP_CWORD=3; _vsphere_hotplug; printf "%s\\n" "${COMPREPLY[@]}"';
  const printed = execFileSync("bash", ["--norc", "-c", `${stub}\n${script}\n${typed}`], { encoding: "utf8" });
  expect(printed.split("\n")).toEqual(["a\\ b", "__complete\\ devices\\ --vm\\ ", ""]);
});

test.each(["zsh", "fish"])("there is a script for %s, which asks the same", async (shell) => {
  expect((await runCli(["completion", shell])).stdout).toContain("__complete");
});

test("another shell is wrong usage, with those that there are", async () => {
  const { status, stderr } = await runCli(["completion", "tcsh"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("one of bash, zsh, fish")]);
});

describe("what takes more than a second", () => {
  const slowly = async (isTerminal: boolean): Promise<string> => {
    const fault = site.vcenter.faults.inject({ operation: "Login" }, { kind: "stall", delayMs: 1300 });
    const run = startCli(["devices"], site.environment, isTerminal ? { errorIsTerminal: true } : {});
    expect(await run.ended).toBe(0);
    fault.remove();
    await new Promise(setImmediate);
    return run.stderr();
  };

  it("is told on a terminal, by a line that is gone at the end", async () => {
    const told = await slowly(true);
    expect([told.startsWith("\r\u001b[KAsking vCenter: 1 s …"), told.endsWith("…\r\u001b[K")]).toEqual([true, true]);
  });

  it("is told nowhere else", async () => {
    expect(await slowly(false)).toBe("");
  });
});
