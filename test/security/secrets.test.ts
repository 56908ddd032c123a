/** The password, given by environment, is in nothing that is written, printed or answered. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { runCli } from "../support/cli";
import { startPlugin } from "../support/plugin-transport";
import type { TerraformWorkspace } from "../support/terraform";
import { until } from "../support/until";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, hotplugWorkspace, stack } from "../terraform/hotplug-stack";
import { MARKER, commandLines, filesOf, showsMarker, whereMarkerShows } from "./marker";

jest.setTimeout(180_000);

const USER = "provisioner";
const db = (devices: string[]): object => stack({ db: { virtual_machine_id: "vm-42", devices } });

let vcenter: TestVcenter;
let workspace: TerraformWorkspace | undefined;
const seen: Record<string, string> = {};
beforeEach(async () => {
  for (const name of Object.keys(seen)) delete seen[name];
  vcenter = await startTestVcenter({
    credentials: { user: USER, password: MARKER },
    onCall: () => Object.assign(seen, commandLines()),
  });
});
afterEach(async () => {
  await workspace?.dispose();
  workspace = undefined;
  await vcenter.stop();
});

/** Runs the engine, and keeps all that it printed to be searched. */
async function run(
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ status: number | null; printed: string }> {
  const { status, stdout, stderr } = await workspace!.run(args, { environment });
  seen[`${Object.keys(seen).length}: ${args.join(" ")}`] = stdout + stderr;
  return { status, printed: stdout + stderr };
}

describe.each(["native", "node"] as const)("the password of the %s provider", (artefact) => {
  test("is in no state, plan, trace log, error, file, argument of a process or call log", async () => {
    workspace = await hotplugWorkspace(vcenter, db([A]), { artefact });
    const log = { TF_LOG: "trace", TF_LOG_PATH: join(workspace.directory, "trace.log") };
    const [plan, apply] = [
      ["plan", "-no-color", "-out=plan.bin"],
      ["apply", "-no-color", "-auto-approve"],
    ];
    expect((await run(plan, log)).status).toBe(0);
    expect((await run(["show", "-json", "plan.bin"], log)).status).toBe(0);
    expect((await run([...apply, "plan.bin"], log)).status).toBe(0);
    expect((await run(["show", "-json"], log)).status).toBe(0);

    // What a server says back is told, but for what it must not say.
    const echo = { kind: "fault", type: "InvalidRequest", message: `can't read ${MARKER} of ${USER}` } as const;
    vcenter.vcenter.faults.inject({ operation: "RetrievePropertiesEx" }, echo);
    const echoed = await run(plan, log);
    expect([echoed.status, echoed.printed]).toEqual([1, expect.stringMatching(/can't read \S* ?of\s/)]);
    vcenter.vcenter.faults.inject({ operation: "Login" }, echo);
    expect((await run(plan, log)).status).toBe(1);
    const wrong = await run(plan, { ...log, VSPHERE_PASSWORD: `${MARKER}!` });
    expect([wrong.status, wrong.printed]).toEqual([
      1,
      expect.stringContaining("vCenter refused the user or the password"),
    ]);

    await workspace.write("main.tf.json", db([A, B]));
    vcenter.vcenter.faults.inject(
      { operation: "ReconfigVM_Task" },
      { kind: "task fault", type: "GenericVmConfigFault", message: echo.message },
    );
    expect((await run(apply, log)).status).toBe(1);
    expect((await run(["destroy", "-no-color", "-auto-approve"], log)).status).toBe(0);

    // Messages in the call log are what was injected above; what the provider sent must show nothing.
    const sent = vcenter.vcenter.calls().map(({ message: _, task: __, ...call }) => call);
    const searched: Record<string, string> = {
      ...seen,
      ...filesOf(workspace.directory),
      "call log": JSON.stringify(sent),
    };
    expect(whereMarkerShows(searched)).toEqual([]);
    // It would have been found: the log is one, the plan was read, and the provider's own lines are among it.
    expect(Object.keys(searched)).toEqual(
      expect.arrayContaining([
        log.TF_LOG_PATH,
        expect.stringMatching(/plan\.bin:tfplan$/),
        expect.stringMatching(/terraform\.tfstate$/),
      ]),
    );
    expect(searched[log.TF_LOG_PATH]).toContain("[TRACE]");
    expect(searched[log.TF_LOG_PATH]).toMatch(/ApplyResourceChange|hotplug_passthrough_devices/);
    expect(Object.values(searched).some((text) => text.includes("terraform-provider-hotplug"))).toBe(true);
  });
});

test("a password that stands in the configuration is in the saved plan: there the search finds it", async () => {
  const literal = { ...db([A]), provider: { hotplug: { password: MARKER } } };
  workspace = await hotplugWorkspace(vcenter, literal);
  expect((await run(["plan", "-no-color", "-out=plan.bin"])).status).toBe(0);
  const files = filesOf(workspace.directory);
  expect(
    whereMarkerShows(files)
      .map((path) => path.slice(workspace!.directory.length + 1))
      .sort(),
  ).toEqual(["main.tf.json", "plan.bin:tfconfig/m-/main.tf.json"]);
  expect(whereMarkerShows(seen)).toEqual([]);
});

test("a password in a process's arguments would be found, in any spelling of it", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()", MARKER]);
  try {
    expect(whereMarkerShows(commandLines())).toContain(`/proc/${child.pid}/cmdline`);
  } finally {
    child.kill("SIGKILL");
  }
  for (const spelling of [
    encodeURIComponent(MARKER),
    JSON.stringify(MARKER),
    ...["", "x", "xy"].map((before) => Buffer.from(`${before}${MARKER}`).toString("base64")),
    Buffer.from(MARKER).toString("hex"),
  ]) {
    expect([spelling, showsMarker(`… ${spelling} …`)]).toEqual([spelling, true]);
  }
});

test("the password is in no diagnostic report of Node's, which holds the environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-report-"));
  const { directory, platforms, version } = shippedDistribution();
  const { path } = Object.values(platforms).find((shipped) => shipped.path === NODE_PACKAGE)!;
  const environment = {
    TMPDIR: folder,
    VSPHERE_USER: USER,
    VSPHERE_PASSWORD: MARKER,
  };
  // The script itself lets no NODE_OPTIONS in.
  const options = ["--report-on-signal", "--report-filename=report.json", `--report-directory=${folder}`];
  const script = join(directory, path, `terraform-provider-hotplug_v${version}`);
  const plugin = await startPlugin(process.execPath, [...options, script], environment);
  try {
    process.kill(plugin.pid, "SIGUSR2");
    await until(() => plugin.output().stderr.includes("report completed"));
    const report = readFileSync(join(folder, "report.json"), "utf8");
    expect(report).toContain(`"VSPHERE_USER": "${USER}"`);
    expect(showsMarker(report)).toBe(false);
  } finally {
    await plugin.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the password of a command", () => {
  const environment = (): Record<string, string> => vcenter.environment;

  test.each([
    ["doctor", 1],
    ["doctor --json", 1],
    ["devices", 0],
    ["devices --json", 0],
  ])("%s: in nothing that it prints, whether it works, is refused, or the server echoes it", async (command, works) => {
    const runs = [
      await runCli(command.split(" "), environment()),
      await runCli(command.split(" "), { ...environment(), VSPHERE_PASSWORD: `${MARKER}!` }),
    ];
    for (const operation of ["Login", "RetrievePropertiesEx"]) {
      vcenter.vcenter.faults.inject(
        { operation },
        { kind: "fault", type: "InvalidRequest", message: `can't read ${MARKER}` },
      );
      runs.push(await runCli(command.split(" "), environment()));
      vcenter.vcenter.faults.clear();
    }
    expect(runs.map(({ status }) => status)).toEqual([works, 1, 1, 1]);
    expect(runs.map(({ stdout, stderr }) => showsMarker(stdout + stderr))).toEqual([false, false, false, false]);
  });
});
