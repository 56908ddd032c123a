import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { updatePassthrough } from "../../lib/vim/host/pci-passthru-system";
import { VimClient } from "../../lib/vim/session/client";
import { addPassthroughDevice, removePassthroughDevice } from "../../lib/vim/virtual-machine/passthrough-reconfigure";
import { powerOff, powerOn } from "../../lib/vim/virtual-machine/power";
import { readVirtualMachines } from "../../lib/vim/virtual-machine/virtual-machine";
import type { Assumptions } from "../../lib/simulator/assumptions";
import { runCli, startCli, type CliRun } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [A, B, C] = ["0000:3b:00.0", "0000:5e:00.0", "0000:3c:00.0"] as const;
const [db, cache, spare] = defaultInventory.virtualMachines!;
const INVENTORY: Inventory = {
  ...defaultInventory,
  hosts: [defaultInventory.hosts[0]!],
  virtualMachines: [{ ...db!, devices: [A] }, { ...cache!, devices: [C] }, spare!],
};
const LIMITS = { taskTimeoutSeconds: 60 };
const host = { type: "HostSystem", value: "host-12" };
const vm = (value: string): { type: string; value: string } => ({ type: "VirtualMachine", value });

let site: TestVcenter;
let hands: VimClient;
let run: CliRun | undefined;
afterEach(async () => {
  run?.stop.abort();
  await run?.ended;
  run = undefined;
  await hands.close();
  await site.stop();
});

async function watch(args: string[] = [], assumptions: Partial<Assumptions> = {}): Promise<CliRun> {
  site = await startTestVcenter({
    inventory: INVENTORY,
    timings: { queueMs: 0, hotPlugMs: 0, reconfigureMs: 0, powerMs: 0, publishMs: 0, guestShutdownMs: 0 },
    assumptions,
  });
  hands = new VimClient({
    server: site.vcenter.server,
    user: "u",
    password: "p",
    ca: site.vcenter.caPem,
    apiTimeoutSeconds: 60,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
  run = startCli(["watch", "--json", ...args], site.environment);
  await run.printed(/Watching \d+ hosts/);
  return run;
}

/** `attached 0000:3b:00.0 db`, in the order in which they were told. */
function told(started: CliRun): string[] {
  return linesOf(started).map((line) => {
    const {
      change,
      address,
      virtual_machine: machine,
      to,
    } = JSON.parse(line) as {
      change: string;
      address: string | null;
      virtual_machine: { name: string } | null;
      to: string | null;
    };
    return [change, address, machine?.name, to].filter(Boolean).join(" ");
  });
}

/** Comes back once that many changes are told. The time limit of the test is its own. */
async function until(started: CliRun, count: number): Promise<void> {
  while (linesOf(started).length < count) await new Promise((resolve) => setImmediate(resolve));
}

const linesOf = ({ stdout }: CliRun): string[] => stdout().split("\n").slice(0, -1);

async function attach(id: string, address: string): Promise<void> {
  const [machine] = await readVirtualMachines(hands, [vm(id)]);
  const targets = await queryPassthroughTargets(hands, machine!.environmentBrowser, host);
  const device = targets.find((target) => target.address === address)!;
  await addPassthroughDevice(hands, vm(id), { device, changeVersion: machine!.changeVersion }, LIMITS);
}

async function remove(id: string, address: string): Promise<void> {
  const [machine] = await readVirtualMachines(hands, [vm(id)]);
  const { key } = machine!.passthroughDevices.find((device) => device.address === address)!;
  await removePassthroughDevice(hands, vm(id), { key, changeVersion: machine!.changeVersion }, LIMITS);
}

test("each change is told as it happens, by what it was", async () => {
  const started = await watch();
  const steps: [change: () => unknown, told: string[]][] = [
    [() => attach("vm-42", B), [`attached ${B} db`]],
    [() => remove("vm-42", B), [`removed ${B} db`]],
    [() => site.vcenter.pullDevice("host-12", A), [`pulled_out ${A} db`]],
    [() => site.vcenter.plugDevice("host-12", A), [`plugged_in ${A}`]],
    [() => site.vcenter.pullDevice("host-12", B), [`pulled_out ${B}`]],
    [
      () => updatePassthrough(hands, host, [{ address: A, enabled: false, applyNow: true }]),
      [`passthrough_disabled ${A}`, `passthrough_inactive ${A}`],
    ],
    [
      () => updatePassthrough(hands, host, [{ address: A, enabled: true, applyNow: true }]),
      [`passthrough_enabled ${A}`, `passthrough_active ${A}`],
    ],
    [() => powerOff(hands, vm("vm-43"), LIMITS), ["power cache poweredOff"]],
    [() => powerOn(hands, vm("vm-43"), LIMITS), ["power cache poweredOn"]],
  ];
  const expected: string[] = [];
  for (const [change, lines] of steps) {
    await change();
    expected.push(...lines);
    await until(started, expected.length);
    expect(told(started)).toEqual(expected);
  }
  started.stop.abort();
  expect(await started.ended).toBe(0);
}, 60_000);

test.each<[string, Partial<Assumptions>]>([
  ["where the host shows it gone only at a refresh, by vCenter's events", { pulledDeviceLeavesHost: "at refresh" }],
  ["where no event tells of it, by its host", { pulledDeviceEvent: "none" }],
])(
  "a drive that is pulled out is told as that, once: %s",
  async (_name, assumptions) => {
    const started = await watch([], assumptions);
    site.vcenter.pullDevice("host-12", A);
    await until(started, 1);
    site.vcenter.pullDevice("host-12", C);
    await until(started, 2);
    expect(told(started)).toEqual([`pulled_out ${A} db`, `pulled_out ${C} cache`]);
  },
  60_000,
);

test("only what was named is told of", async () => {
  const started = await watch(["--vm", "db", "--vm", "spare"]);
  site.vcenter.pullDevice("host-12", C);
  site.vcenter.pullDevice("host-12", A);
  await until(started, 1);
  expect(told(started)).toEqual([`pulled_out ${A} db`]);
  expect(started.stderr()).toContain("Watching 1 hosts and 2 virtual machines");
}, 60_000);

test("for people each change is a line", async () => {
  await watch();
  const text = startCli(["watch"], site.environment);
  await text.printed(/Watching/);
  site.vcenter.pullDevice("host-12", A);
  await text.printed(
    /^20\S+Z {2}PULLED OUT {2}0000:3b:00\.0 \(8086:0a54 .*\) {2}virtual machine db \(vm-42\) {2}host esx01/m,
  );
  text.stop.abort();
  expect(await text.ended).toBe(0);
}, 60_000);

test("of 1,000 changes with three interruptions each is told once, in order", async () => {
  const started = await watch();
  const expected: string[] = [];
  const random = sequence(17);
  const drives = ["0000:3d:00.0", "0000:3e:00.0", "0000:5f:00.0", "0000:60:00.0", "0000:61:00.0"];
  const isIn = new Map(drives.map((address) => [address, true]));
  let runs = true;
  let has = false;
  const change = async (quick: boolean): Promise<void> => {
    const kind = quick ? 0 : random(20);
    if (kind === 18) {
      await (runs ? powerOff : powerOn)(hands, vm("vm-43"), LIMITS);
      runs = !runs;
      expected.push(`power cache ${runs ? "poweredOn" : "poweredOff"}`);
    } else if (kind === 19) {
      await (has ? remove : attach)("vm-42", B);
      has = !has;
      expected.push(`${has ? "attached" : "removed"} ${B} db`);
    } else {
      const address = drives[random(drives.length)]!;
      if (isIn.get(address)) site.vcenter.pullDevice("host-12", address);
      else site.vcenter.plugDevice("host-12", address);
      isIn.set(address, !isIn.get(address));
      expected.push(`${isIn.get(address) ? "plugged_in" : "pulled_out"} ${address}`);
    }
  };
  const interruptions = new Map([
    [250, () => site.vcenter.expireSessions()],
    [500, () => site.vcenter.restart()],
    [750, () => site.vcenter.restart({ tasks: "forgotten" })],
  ]);
  for (let number = 0; number < 1_000; number++) {
    const interrupt = interruptions.get(number);
    interrupt?.();
    // One change while nobody listens.
    await change(interrupt !== undefined);
    await until(started, expected.length);
  }
  expect(told(started)).toEqual(expected);
}, 300_000);

test("wrong names and a vCenter that isn't there are told at once", async () => {
  await watch();
  expect(await runCli(["watch", "--vm", "dbb"], site.environment)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("Did you mean db?") as string,
  });
  expect((await runCli(["watch"])).status).toBe(2);
});

/** The same numbers at each run. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}
