import { runCli } from "../../support/cli";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, texts } from "../scenario";

// H6: a VMkernel that runs with enablePCIEHotplug FALSE sees no drive come or go.

const [A, NEW] = ["0000:3b:00.0", "0000:60:00.0"];
const config = (...devices: string[]) => ({ host_id: "host-12", passthrough_devices: devices });

let run: PreparationRun;
const start = async (enablePCIEHotplug?: boolean | { configured: boolean; running: boolean }): Promise<void> =>
  void (run = await PreparationRun.start("hotplug_host", {
    inventory: smallInventory({ host: { enablePCIEHotplug } }),
  }));
afterEach(() => run.stop());

test.each([
  [false, /enablePCIEHotplug FALSE.*\n.*kernel set -s enablePCIEHotplug -v TRUE.*\(rule H6\)/],
  [{ configured: true, running: false }, /TRUE is set, and holds from the next restart.*\(rule H6\)/],
])(
  "with %j it is told by the plan of a host, of a virtual machine and by doctor, and nothing sets it",
  async (setting, says) => {
    await start(setting);
    const plan = await run.plan(config(A));
    expect(texts(plan.diagnostics)).toEqual([expect.stringMatching(says)]);
    const devices = await run.scenario.plan({ virtual_machine_id: "vm-42", devices: [A] });
    expect(texts(devices.diagnostics)).toEqual([expect.stringMatching(says)]);
    const { stdout, status } = await runCli(["doctor", "--host", "host-12"], run.scenario.environment);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/FAILED {3}H6 /)]);

    const { diagnostics } = await run.apply(config(A));
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(errorsOf(await run.scenario.applyPlan(devices))).toEqual([]);
    expect(run.scenario.attached()).toEqual([A]);
    expect(run.writes()).not.toContainEqual(expect.stringContaining("kernel set"));
  },
);

test.each([undefined, true, { configured: false, running: true }])("with %j nothing is said of it", async (setting) => {
  await start(setting);
  expect(texts((await run.plan(config(A))).diagnostics)).toEqual([]);
  const { stdout } = await runCli(["doctor", "--host", "host-12"], run.scenario.environment);
  expect(stdout).toMatch(/ok .*H6/);
});

test.each([
  [true, [NEW]],
  [false, []],
])("with %j a refresh of the embedded vCenter's host finds what was put in: %j", async (setting, found) => {
  await start(setting);
  const host = run.scenario.host();
  run.scenario.vcenter.plugDevice("host-12", drive(NEW));
  run.scenario.vcenter.pullDevice("host-12", A);
  host.refreshSlots();
  const known = host.knownDevices.map(({ description }) => description.address);
  expect(known.filter((address) => address === NEW)).toEqual(found);
  expect(known.includes(A)).toBe(!setting);
});
