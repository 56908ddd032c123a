/** What guests are logged in to with, given by environment, is in nothing that is written, printed or answered. */
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { startPlugin } from "../support/plugin-transport";
import type { TerraformWorkspace } from "../support/terraform";
import { until } from "../support/until";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, E, hotplugWorkspace, stack } from "../terraform/hotplug-stack";
import { MARKER, commandLines, filesOf, showsMarker, whereMarkerShows } from "./marker";

jest.setTimeout(240_000);

const APPLY = ["apply", "-no-color", "-auto-approve"];
const PLAN = ["plan", "-no-color", "-out=plan.bin"];

let vcenter: TestVcenter;
let workspace: TerraformWorkspace | undefined;
let secrets: Record<"HOTPLUG_SSH_PRIVATE_KEY" | "HOTPLUG_SSH_PRIVATE_KEY_PASSPHRASE" | "HOTPLUG_SSH_PASSWORD", string>;
/** A line of the private key as it was given, which is enough to know it by. */
let keyLine: string;
const seen: Record<string, string> = {};

beforeEach(async () => {
  for (const name of Object.keys(seen)) delete seen[name];
  vcenter = await startTestVcenter({ guests: true, onCall: () => Object.assign(seen, commandLines()) });
  secrets = {
    HOTPLUG_SSH_PRIVATE_KEY: createPrivateKey(vcenter.vcenter.guests!.clientKey).export({
      type: "sec1",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: MARKER,
    }) as string,
    HOTPLUG_SSH_PRIVATE_KEY_PASSPHRASE: MARKER,
    HOTPLUG_SSH_PASSWORD: MARKER,
  };
  keyLine = secrets.HOTPLUG_SSH_PRIVATE_KEY.split("\n")[4]!;
});
afterEach(async () => {
  await workspace?.dispose();
  workspace = undefined;
  await vcenter.stop();
});

const db = (devices: string[], provider: object = {}): object => {
  const { guests } = vcenter.vcenter;
  const { port, hostKey } = guests!.endpoints.find(({ virtualMachine }) => virtualMachine === "vm-42")!;
  const guest = { port, host_key: hostKey, timeout: "5s" };
  return {
    ...stack({ db: { virtual_machine_id: "vm-42", devices, guest } }),
    provider: { hotplug: provider },
  };
};

async function run(args: string[], environment: Record<string, string> = {}): Promise<[number | null, string]> {
  const { status, stdout, stderr } = await workspace!.run(args, { environment: { ...secrets, ...environment } });
  seen[`${Object.keys(seen).length}: ${args.join(" ")}`] = stdout + stderr;
  return [status, (stdout + stderr).replace(/[\s│]+/g, " ")];
}

/** Names of what shows a password, a passphrase or the key. */
const whereShown = (searched: Record<string, string>): string[] => [
  ...whereMarkerShows(searched),
  ...Object.keys(searched).filter((name) => searched[name]!.includes(keyLine)),
];

test.each(["native", "node"] as const)(
  "key, passphrase and password are in no state, plan, trace log, error, file, argument or call log (%s provider)",
  async (artefact) => {
    workspace = await hotplugWorkspace(vcenter, db([A]), { artefact });
    const log = { TF_LOG: "trace", TF_LOG_PATH: join(workspace.directory, "trace.log") };
    expect((await run(PLAN, log))[0]).toBe(0);
    expect((await run(["show", "-json", "plan.bin"], log))[0]).toBe(0);
    expect(await run([...APPLY, "plan.bin"], log)).toEqual([0, expect.stringContaining("1 added")]);

    await workspace.write("main.tf.json", db([A, E]));
    const wrong = { ...log, HOTPLUG_SSH_PRIVATE_KEY_PASSPHRASE: `${MARKER}!` };
    expect(await run(APPLY, wrong)).toEqual([1, expect.stringMatching(/private key for .* can't be read/)]);
    expect(await run(APPLY, { ...log, HOTPLUG_SSH_PRIVATE_KEY: "" })).toEqual([
      1,
      expect.stringContaining("lets nobody in with these credentials"),
    ]);
    await vcenter.vcenter.guests!.impersonate("db");
    expect(await run(APPLY, log)).toEqual([1, expect.stringContaining("shows another key")]);
    await vcenter.vcenter.guests!.accept("db");
    expect(await run(APPLY, log)).toEqual([0, expect.stringContaining("1 changed")]);

    const searched: Record<string, string> = {
      ...seen,
      ...filesOf(workspace.directory),
      "call log": JSON.stringify(vcenter.vcenter.calls()),
    };
    expect(whereShown(searched)).toEqual([]);
    // It would have been found: the guest was asked, the logs are logs, and the state is among what was searched.
    expect(vcenter.vcenter.guests!.system("db").visits.logins).toBeGreaterThanOrEqual(2);
    expect(searched[log.TF_LOG_PATH]).toMatch(/step 1 of 1: hot-add 0000:5e:00\.0 on db, .*, verified, guest 0000:/);
    expect(Object.keys(searched)).toContainEqual(expect.stringMatching(/terraform\.tfstate$/));
  },
);

test("what stands in the configuration is in the saved plan: there the search finds each of them", async () => {
  const literal = { private_key: secrets.HOTPLUG_SSH_PRIVATE_KEY.replaceAll("\n", "\r\n"), password: MARKER };
  workspace = await hotplugWorkspace(vcenter, db([A], { guest_ssh: { ...literal, private_key_passphrase: MARKER } }));
  expect((await run(PLAN))[0]).toBe(0);
  const files = filesOf(workspace.directory);
  const found = whereShown(files).map((path) => path.slice(workspace!.directory.length + 1));
  expect(found).toEqual(expect.arrayContaining(["main.tf.json", "plan.bin:tfconfig/m-/main.tf.json"]));
  expect(found).toHaveLength(4);
});

test("none of them is in a diagnostic report of Node's, which holds the environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-report-"));
  const { directory, platforms, version } = shippedDistribution();
  const { path } = Object.values(platforms).find((shipped) => shipped.path === NODE_PACKAGE)!;
  const options = ["--report-on-signal", "--report-filename=report.json", `--report-directory=${folder}`];
  const script = join(directory, path, `terraform-provider-hotplug_v${version}`);
  const plugin = await startPlugin(process.execPath, [...options, script], {
    TMPDIR: folder,
    HOTPLUG_SSH_USER: "provisioner",
    ...secrets,
  });
  try {
    process.kill(plugin.pid, "SIGUSR2");
    await until(() => plugin.output().stderr.includes("report completed"));
    const report = readFileSync(join(folder, "report.json"), "utf8");
    expect(report).toContain('"HOTPLUG_SSH_USER": "provisioner"');
    expect([showsMarker(report), report.includes(keyLine)]).toEqual([false, false]);
  } finally {
    await plugin.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
