/** The two jobs of each pipeline, in folders of their own, with nothing between them but the artifact. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { OwnProject } from "../package/own-project";
import { testEngine } from "../support/engine";
import { StateServer } from "../support/state-server";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { changes } from "../terraform/hotplug-stack";

jest.setTimeout(180_000);

const ROOT = join(__dirname, "../..");

let vcenter: TestVcenter;
let states: StateServer;
let project: OwnProject;
let other: string;
beforeEach(async () => {
  [vcenter, states] = [await startTestVcenter(), await StateServer.start()];
  project = new OwnProject({ tsx: "tsx", "cdktf-cli": "cdktf-cli" });
  other = mkdtempSync(join(tmpdir(), "hotplug-second-job-"));
});
afterEach(async () => {
  await states.stop();
  await vcenter.stop();
  project.dispose();
  rmSync(other, { recursive: true });
});

/** Runs a job's script with what a runner has: the engine under the name that the scripts call it by. */
async function job(script: string, directory: string, others: Record<string, string> = {}): Promise<string> {
  const bin = join(other, ".bin");
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, "terraform"), { force: true });
  symlinkSync(testEngine(), join(bin, "terraform"));
  const address = states.backend as { http: { address: string } };
  const child = spawn("sh", [script], {
    cwd: directory,
    env: {
      PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      HOME: other,
      STATE_ADDRESS: address.http.address.replace(/\/$/, ""),
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CHECKPOINT_DISABLE: "1",
      CI: "1",
      ...vcenter.environment,
      ...others,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`${script} ended with ${String(status)}:\n${output}`);
  return output;
}

test("what was planned in one job is applied in another, and the reviewer saw the calls", async () => {
  const example = join(ROOT, "examples/gitlab");
  for (const script of ["main.ts", "plan.sh"]) copyFileSync(join(example, script), join(project.directory, script));
  project.write("cdktf.json", '{ "language": "typescript", "app": "npx tsx main.ts", "sendCrashReports": "false" }');
  mkdirSync(join(project.directory, "node_modules/.bin"), { recursive: true });
  for (const command of ["tsx", "cdktf"])
    symlinkSync(join(ROOT, "node_modules/.bin", command), join(project.directory, "node_modules/.bin", command));

  const planned = await job("plan.sh", project.directory);
  expect(planned).toMatch(/^hotplug_passthrough_devices\.\S+: add 0000:3b:00\.0, add 0000:5e:00\.0$/m);
  expect(changes(vcenter)).toEqual([]);

  copyFileSync(join(project.directory, "stack.tar.gz"), join(other, "stack.tar.gz"));
  copyFileSync(join(example, "apply.sh"), join(other, "apply.sh"));
  project.dispose();
  expect(await job("apply.sh", other)).toContain("2 added");
  expect(changes(vcenter)).toEqual(["add 0000:3b:00.0 to vm-42", "add 0000:5e:00.0 to vm-42"]);
  expect(states.lockId).toBeUndefined();
});

test("both pipelines run the same commands, on the same stack", () => {
  const read = (name: string, file: string): string => readFileSync(join(ROOT, "examples", name, file), "utf8");
  for (const script of ["plan.sh", "apply.sh"]) expect(read("github", script)).toBe(read("gitlab", script));
  expect(read("github", "main.ts").replace('"github"', '"gitlab"')).toBe(read("gitlab", "main.ts"));
  for (const pipeline of [read("gitlab", ".gitlab-ci.yml"), read("github", "hotplug.yml")])
    expect([...pipeline.matchAll(/sh (\w+\.sh)/g)].map(([, script]) => script)).toEqual(["plan.sh", "apply.sh"]);
});
