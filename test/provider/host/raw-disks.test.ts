import { runCli } from "../../support/cli";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf } from "../scenario";

// A drive that a virtual machine has as a raw device mapping is in use (H5), though no datastore is on it.

const [A, B] = ["0000:3b:00.0", "0000:5e:00.0"];
const config = (...devices: string[]) => ({ host_id: "host-12", passthrough_devices: devices });

let run: PreparationRun;
beforeEach(async () => {
  run = await PreparationRun.start("hotplug_host", {
    inventory: smallInventory({
      host: { devices: [drive(A, { passthrough: "disabled" }), drive(B, { passthrough: "disabled" })] },
      machine: { rawDisks: [{ device: A, mode: "physical" }] },
      machines: [{ id: "vm-43", name: "cache", host: "esx01", powerState: "poweredOff", rawDisks: [{ device: A }] }],
    }),
  });
});
afterEach(() => run.stop());

test("it is refused by name: which virtual machines, which disks; another drive is prepared", async () => {
  const plan = await run.plan(config(A, B));
  const [error, ...more] = errorsOf(plan);
  expect(more).toEqual([]);
  expect(error).toMatch(
    /^error: Device 0000:3b:00\.0 .*is used by host esx01 \(host-12\) itself: [^]*\(rule H5\) More: docs\/rules\.md#h5$/,
  );
  expect(error).toContain('the physical raw device mapping "Hard disk 2" of virtual machine db (vm-42)');
  expect(error).toContain('the virtual raw device mapping "Hard disk 2" of virtual machine cache (vm-43)');
  expect((await run.apply(config(B))).state!.value["active_devices"]).toEqual([B]);
});

test("devices shows it", async () => {
  const { stdout } = await runCli(["devices", "--host", "host-12", "--json"], run.scenario.environment);
  const [{ devices }] = (JSON.parse(stdout) as { hosts: [{ devices: { address: string; used_by_host: string[] }[] }] })
    .hosts;
  expect(devices.map(({ address, used_by_host: uses }) => [address, uses.length])).toEqual([
    [A, 2],
    [B, 0],
  ]);
});
