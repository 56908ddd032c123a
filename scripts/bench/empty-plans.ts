import { TerraformWorkspace } from "../../test/support/terraform";
import type { Job } from "./jobs";
import type { MeasuredVcenter } from "./measured-vcenter";
import { command, fleetStack, APPLY } from "./peers";
import { type Spread, spreadOf } from "./spread";

/** A plan with nothing to do, beside Terraform's own for as many resources that ask nobody. */
export interface EmptyPlanFigures {
  readonly job: string;
  /** How long it takes, as a multiple of Terraform's own for as many `terraform_data`. */
  readonly timesTerraformData: Spread;
  readonly requests: Spread;
  readonly vcenterShare: Spread;
}

const PLAN = ["plan", "-no-color", "-detailed-exitcode"];

/** Both plans in turn, so many times. */
export async function measureEmptyPlan(
  vcenter: MeasuredVcenter,
  job: Job,
  { engine, runs }: { engine: string; runs: number },
): Promise<EmptyPlanFigures> {
  const environment = await vcenter.hold({ ...job, inventory: withDevices(job) });
  const data = Object.fromEntries(Object.entries(job.after).map(([id, input]) => [id, { input }]));
  const stacks = [fleetStack(job.after), { resource: { terraform_data: data } }];
  const workspaces = await Promise.all(
    stacks.map((stack) => TerraformWorkspace.create({ engine, environment, files: { "main.tf.json": stack } })),
  );
  try {
    for (const workspace of workspaces) {
      await workspace.init();
      await command(workspace, APPLY).ended;
    }
    const [ours, terraforms] = workspaces as [TerraformWorkspace, TerraformWorkspace];
    const all: { ratio: number; requests: number; share: number }[] = [];
    for (let run = 0; run < runs; run++) {
      const alone = await milliseconds(terraforms);
      await vcenter.mark();
      const own = await milliseconds(ours);
      const { requests, cpuMs } = await vcenter.counted();
      all.push({ ratio: own / alone, requests, share: cpuMs / own });
    }
    return {
      job: job.title,
      timesTerraformData: spreadOf(all.map(({ ratio }) => ratio)),
      requests: spreadOf(all.map(({ requests }) => requests)),
      vcenterShare: spreadOf(all.map(({ share }) => share)),
    };
  } finally {
    for (const workspace of workspaces) await workspace.dispose();
  }
}

async function milliseconds(workspace: TerraformWorkspace): Promise<number> {
  const startedAt = performance.now();
  await command(workspace, PLAN).ended;
  return performance.now() - startedAt;
}

/** What the job is to attach is attached already, so that an apply only takes it into the state. */
function withDevices({ inventory, after }: Job): Job["inventory"] {
  return {
    ...inventory,
    virtualMachines: inventory.virtualMachines!.map((one) => ({ ...one, devices: after[one.id!] })),
  };
}
