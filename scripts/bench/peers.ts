import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { TerraformWorkspace } from "../../test/support/terraform";
import { toolbox, versions } from "../../test/interop/support/toolbox";
import { CACHE, ROOT, unlessMissing } from "../run";
import { buildGovmomiPrograms, installPyvmomi } from "../third-parties";
import { PARALLELISM, type DeviceSets, type Job } from "./jobs";

/** Somebody who can do a job. */
export interface Peer {
  readonly name: string;
  /** Makes everything ready for a job at a vCenter, which is not measured. */
  prepare(job: Job, environment: Record<string, string>): Promise<Prepared>;
}

interface Prepared {
  /** Does the job; rejects where it couldn't be done. */
  run(): Running;
  dispose(): Promise<void>;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<void>;
}

/** All who are at hand; for each who isn't, a word on standard error of how to get it. */
export function findPeers(engine: string): Peer[] {
  const found: Peer[] = [withTerraform(engine), program("ours, without Terraform", process.execPath, [bundled()])];
  unlessMissing(() => {
    installPyvmomi();
    found.push(program(versions.pyvmomi, toolbox.python, ["-B", toolbox.script("hotplug.py")]));
  }, "\nSKIPPED: pyVmomi.");
  unlessMissing(() => {
    buildGovmomiPrograms();
    found.push(program(versions.govmomi, join(toolbox.folder, "bin", "govmomi-hotplug"), []));
  }, "\nSKIPPED: govmomi.");
  return found;
}

function bundled(): string {
  const outfile = join(CACHE, "bench", "without-terraform.js");
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["scripts/bench/without-terraform.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    loader: { ".node": "empty" },
    external: ["axios", "axios-ntlm", "formidable", "debug"],
    logLevel: "error",
    outfile,
  });
  return outfile;
}

/** A program that takes the job from standard input. */
function program(name: string, file: string, args: readonly string[]): Peer {
  return {
    name,
    prepare: async ({ before, after }, environment) => ({
      run() {
        const { PATH = "", HOME = "" } = process.env;
        const child = spawn(file, args, { env: { PATH, HOME, ...environment } });
        child.stdin.end(JSON.stringify({ before, after, parallelism: PARALLELISM }));
        return { pid: child.pid!, ended: ending(name, child) };
      },
      dispose: async () => {},
    }),
  };
}

async function ending(name: string, child: ChildProcess): Promise<void> {
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text) => (said += text));
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${said}`);
}

export const APPLY = ["apply", "-no-color", "-auto-approve"];

function withTerraform(engine: string): Peer {
  return {
    name: "ours, `terraform apply`",
    async prepare({ before, after }, environment) {
      const workspace = await TerraformWorkspace.create({
        engine,
        environment,
        files: { "main.tf.json": fleetStack(after) },
      });
      await workspace.init();
      if (Object.keys(before).length > 0) {
        await workspace.write("main.tf.json", fleetStack(before));
        await workspace.apply();
        await workspace.write("main.tf.json", fleetStack(after));
      }
      return { run: () => command(workspace, APPLY), dispose: () => workspace.dispose() };
    },
  };
}

/** A command of Terraform's that is to succeed. */
export function command(workspace: TerraformWorkspace, args: readonly string[]): Running {
  const { child, ended } = workspace.start(args);
  const succeeded = ended.then(({ status, stdout, stderr }) => {
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  });
  return { pid: child.pid!, ended: succeeded };
}

/** A stack that declares the devices of each virtual machine. */
export function fleetStack(sets: DeviceSets): object {
  return {
    terraform: { required_providers: { hotplug: { source: "registry.terraform.io/vsphere-hotplug/hotplug" } } },
    provider: { hotplug: {} },
    resource: {
      hotplug_passthrough_devices: Object.fromEntries(
        Object.entries(sets).map(([id, devices]) => [id, { virtual_machine_id: id, devices }]),
      ),
    },
  };
}
