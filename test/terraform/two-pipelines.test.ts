/** Two pipelines, each with a state of its own, that were both given the same virtual machine. */
import { brokenCallRules } from "../support/call-rules";
import type { CommandResult, TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, C, D, changes, hotplugWorkspace, stack } from "./hotplug-stack";
import { attached } from "./process-matrix";

jest.setTimeout(180_000);

const APPLY_SAVED = ["apply", "-no-color", "plan.bin"];

let vcenter: TestVcenter;
let pipelines: TerraformWorkspace[];
afterEach(async () => {
  for (const pipeline of pipelines) await pipeline.dispose();
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

const db = (devices: string[]): object => stack({ db: { virtual_machine_id: "vm-42", devices } });

async function begin(...sets: string[][]): Promise<TerraformWorkspace[]> {
  vcenter = await startTestVcenter({ timings: { queueMs: 0, hotPlugMs: 100, publishMs: 0 } });
  pipelines = [];
  for (const devices of sets) pipelines.push(await hotplugWorkspace(vcenter, db(devices)));
  return pipelines;
}

/** The steps that a pipeline's plan has now; none where nothing is to be done. */
async function planned(pipeline: TerraformWorkspace): Promise<unknown> {
  const {
    changed,
    changes: [change],
  } = await pipeline.plan();
  return changed ? change!.change.after!["steps"] : [];
}

const carriedOut = (): string[] => changes(vcenter).filter((call) => !call.endsWith(")"));
const applyAtOnce = (): Promise<CommandResult[]> => Promise.all(pipelines.map((pipeline) => pipeline.run(APPLY_SAVED)));

test("with equal sets, applied at once: each device is added once, and both end with nothing to do", async () => {
  const [one, two] = (await begin([A, B, C], [A, B, C])) as [TerraformWorkspace, TerraformWorkspace];
  for (const pipeline of pipelines) expect(await planned(pipeline)).toEqual([`add ${A}`, `add ${B}`, `add ${C}`]);
  for (const { status, stdout, stderr } of await applyAtOnce())
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining("Apply complete!")]);
  expect(carriedOut()).toEqual([A, B, C].map((device) => `add ${device} to vm-42`));
  expect([await planned(one), await planned(two)]).toEqual([[], []]);
});

test("with different sets: a new resource takes nothing away unseen, and says whose device it met", async () => {
  const [one, two] = (await begin([A, B], [B, C])) as [TerraformWorkspace, TerraformWorkspace];
  expect(await planned(two)).toEqual([`add ${B}`, `add ${C}`]);
  await one.apply();
  expect((await two.applyFailing({ saved: true })).replace(/\s+/g, " ")).toContain(
    `an NVMe passthrough device that isn't declared: ${A}`,
  );
  expect(carriedOut()).toEqual([`add ${A} to vm-42`, `add ${B} to vm-42`]);
});

test(
  "with different sets, changed at once: only planned calls are made, what both declare stays, and each plan " +
    "names the true difference",
  async () => {
    const [one, two] = (await begin([A, B], [B, C])) as [TerraformWorkspace, TerraformWorkspace];
    await one.apply();
    expect((await two.run(["import", "-no-color", "hotplug_passthrough_devices.db", "vm-42"])).status).toBe(0);
    await one.write("main.tf.json", db([A, B, D]));
    expect(await planned(one)).toEqual([`add ${D}`]);
    expect(await planned(two)).toEqual([`remove ${A}`, `add ${C}`]);

    await applyAtOnce();
    const calls = carriedOut().slice(2);
    expect([`add ${D} to vm-42`, "remove from vm-42", `add ${C} to vm-42`]).toEqual(expect.arrayContaining(calls));
    expect(calls.length).toBeGreaterThan(0);

    const now = attached(vcenter.vcenter);
    expect(now).toContain(B);
    const difference = (declared: string[]): string[] => [
      ...now.filter((device) => !declared.includes(device)).map((device) => `remove ${device}`),
      ...declared.filter((device) => !now.includes(device)).map((device) => `add ${device}`),
    ];
    expect([await planned(one), await planned(two)]).toEqual([difference([A, B, D]), difference([B, C])]);
  },
);
