import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf } from "../scenario";

const A = "0000:3b:00.0";
const CONFIG = { host_id: "host-12", passthrough_devices: [A], reboot: "if_needed" };
const RESTART = ["EnterMaintenanceMode_Task host-12", "RebootHost_Task host-12", "ExitMaintenanceMode_Task host-12"];

let run: PreparationRun;
afterEach(() => run.stop());

/** A host that needs a restart, in a cluster with another one; a machine runs on it, by itself or with a device. */
async function start({ drs, devices }: { drs: boolean; devices?: string[] }): Promise<void> {
  const host = {
    version: "8.0.2",
    cluster: "prod",
    devices: [drive(A, { passthrough: "disabled" }), drive("0000:5e:00.0")],
    rebindWithoutReboot: false,
  };
  const inventory = smallInventory({
    host,
    hosts: [{ id: "host-13", name: "esx02", cluster: "prod" }],
    machine: { devices },
  });
  run = await PreparationRun.start("hotplug_host", { inventory: { ...inventory, clusters: [{ name: "prod", drs }] } });
}

const isThere = (vm: string): boolean => run.scenario.host().virtualMachines.some(({ ref }) => ref.id === vm);

test("in a cluster with DRS a machine that can move leaves by itself, and the host is restarted (H3)", async () => {
  await start({ drs: true });
  const { state, diagnostics } = await run.apply(CONFIG);
  expect(errorsOf({ diagnostics })).toEqual([]);
  expect(run.writes().slice(-3)).toEqual(RESTART);
  expect(state!.value).toMatchObject({ active_devices: [A], reboot_required: false });
  expect(isThere("vm-42")).toBe(false);
});

test.each([
  ["without DRS, nobody moves it", { drs: false }, /db \(vm-42\), which nobody moves/],
  ["with a passthrough device, it can't move", { drs: true, devices: ["0000:5e:00.0"] }, /db \(vm-42\)/],
])(
  "a machine stays that DRS doesn't take: %s; it is named, and the host isn't restarted (H3)",
  async (_, lab, named) => {
    await start(lab);
    expect(errorsOf(await run.apply(CONFIG))).toEqual([expect.stringMatching(named)]);
    expect(run.writes().filter((write) => RESTART.includes(write))).toEqual([]);
    expect(isThere("vm-42")).toBe(true);
  },
);
