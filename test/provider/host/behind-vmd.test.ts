import { runCli } from "../../support/cli";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf } from "../scenario";

// Intel VMD takes drives together in a domain of its own: the host shows them, and can't pass them through.

const [A, VMD, GPU] = ["0000:3b:00.0", "10000:01:00.0", "10000:02:00.0"];

let run: PreparationRun;
beforeEach(async () => {
  const devices = [drive(A), drive(VMD), drive(GPU, { class: "0302" })];
  run = await PreparationRun.start("hotplug_host", { inventory: smallInventory({ host: { devices } }) });
});
afterEach(() => run.stop());

test("the data source lists what matches apart from what can be declared", async () => {
  const read = (more: object) =>
    run.scenario.command({}, (client) => client.read("hotplug_host_pci_devices", { host_id: "host-12", ...more }));
  expect((await read({})).value).toMatchObject({ addresses: [A], behind_vmd: [VMD] });
  expect((await read({ class_id: "any" })).value).toMatchObject({ addresses: [A], behind_vmd: [VMD, GPU] });
  expect((await read({ vendor_id: "8086" })).value).toMatchObject({ addresses: [], behind_vmd: [] });
});

test("devices names it, and doctor says what to do in the BIOS setup", async () => {
  const devices = await runCli(["devices", "--host", "host-12"], run.scenario.environment);
  expect([devices.status, devices.stdout]).toEqual([0, expect.stringMatching(/10000:01:00\.0 .*behind Intel/)]);
  const { stdout } = await runCli(["doctor", "--host", "host-12"], run.scenario.environment);
  expect(stdout.replace(/\s+/g, " ")).toMatch(
    /by hand H1 .*Behind Intel VMD, and so not to be passed through: 10000:01:00\.0; switch VMD off .*BIOS setup/,
  );
});

test("the embedded vCenter's host can't pass it through, and declaring it is an error that says why", async () => {
  expect(run.scenario.host().device(VMD)).toMatchObject({ enabled: false, active: false });
  const plan = run.plan({ host_id: "host-12", passthrough_devices: [VMD] });
  expect(errorsOf(await plan)).toEqual([expect.stringMatching(/"10000:01:00\.0" is behind Intel VMD[^]*rule V3/)]);
});
