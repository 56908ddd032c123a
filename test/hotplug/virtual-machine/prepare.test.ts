import { CallError } from "../../../lib/hotplug/call-error";
import type { VirtualMachineFacts } from "../../../lib/hotplug/facts";
import type { WantedSettings } from "../../../lib/hotplug/virtual-machine/plan";
import { prepareVirtualMachine, type VirtualMachineOutcome } from "../../../lib/hotplug/virtual-machine/prepare";
import type { VirtualMachineObservation, VirtualMachineTarget } from "../../../lib/hotplug/virtual-machine/target";
import { FakeTarget, REFUSED, UNANSWERED } from "../../support/fake-target";

const MUST_BE_OFF = new CallError("wrong_power_state", "not while it runs");
const CYCLE = ["lock memory", "shut down", "upgrade to 20", "set layout and hot plug", "power on"];

/** A running virtual machine in memory on which everything is still to be set. */
class FakeVirtualMachine extends FakeTarget implements VirtualMachineTarget {
  facts: VirtualMachineFacts = {
    title: "db (vm-42)",
    powerState: "poweredOn",
    connected: true,
    firmware: "efi",
    hardwareVersion: 19,
    motherboardLayout: "i440bxHostBridge",
  };
  toolsRunning = true;
  toolsNeverRan = false;

  async observe(): Promise<VirtualMachineObservation> {
    await this.act("look");
    const { toolsRunning, toolsNeverRan } = this;
    return { facts: { virtualMachine: { ...this.facts } }, toolsRunning, toolsNeverRan };
  }

  lockMemory = () => this.act("lock memory", () => (this.facts.memoryReservationLockedToMax = true));

  upgradeHardware = (version: number) =>
    this.act(`upgrade to ${version}`, () => (this.facts.hardwareVersion = version));

  setHotPlug = ({ motherboardLayout, hotPlug }: { motherboardLayout: boolean; hotPlug: boolean }) =>
    this.act(`set ${[motherboardLayout && "layout", hotPlug && "hot plug"].filter(Boolean).join(" and ")}`, () => {
      if (motherboardLayout) this.facts.motherboardLayout = "acpiHostBridges";
      if (hotPlug) this.facts.fixedPassthruHotPlugEnabled = true;
    });

  shutdownGuest = () => this.act("shut down", () => this.powered("poweredOff"));

  powerOff = () => this.act("power off", () => this.powered("poweredOff"));

  powerOn = () => this.act("power on", () => this.powered("poweredOn"));

  powered(state: "poweredOn" | "poweredOff"): void {
    this.facts.powerState = state;
  }
}

let vm: FakeVirtualMachine;
beforeEach(() => (vm = new FakeVirtualMachine()));

const prepare = (
  wanted: Partial<WantedSettings> = {},
  signal = new AbortController().signal,
): Promise<VirtualMachineOutcome> =>
  prepareVirtualMachine(
    vm,
    {
      hardwareVersion: 20,
      powerCycle: "if_needed",
      creating: true,
      guestShutdownTimeoutSeconds: 60,
      forcePowerOff: false,
      ...wanted,
    },
    { clock: vm.clock, signal },
  );

test("sets the memory, takes it down, sets the rest, powers it on, and says what it did", async () => {
  const { done, problems, observed } = await prepare();
  expect([vm.calls, problems, observed!.facts.virtualMachine.powerState]).toEqual([CYCLE, [], "poweredOn"]);
  expect(done).toEqual([
    "all guest memory reserved and locked",
    "the guest asked to shut down",
    "hardware version upgraded to 20",
    "motherboard layout changed and hot plug switched on",
    "powered on again",
  ]);
  vm.calls.length = 0;
  expect([(await prepare()).problems, vm.calls]).toEqual([[], []]);
});

test("one that is off stays off", async () => {
  vm.powered("poweredOff");
  expect((await prepare({ powerCycle: "never" })).problems).toEqual([]);
  expect(vm.calls).toEqual([CYCLE[0], CYCLE[2], CYCLE[3]]);
});

test("memory that can't be locked while it runs is locked while it is off", async () => {
  vm.fails = { "lock memory": [MUST_BE_OFF] };
  expect((await prepare()).problems).toEqual([]);
  expect(vm.calls).toEqual(["lock memory", "shut down", "lock memory", ...CYCLE.slice(2)]);
});

describe("Answers as data, before an outage", () => {
  afterEach(() => expect(vm.facts.powerState).toBe("poweredOn"));

  test("a broken rule", async () => {
    expect((await prepare({ powerCycle: "never" })).problems).toMatchObject([
      { kind: "violation", violation: { rule: "M7" } },
    ]);
    expect(vm.calls).toEqual([]);
  });

  test("a look that fails", async () => {
    vm.fails = { look: [REFUSED] };
    const { problems, observed } = await prepare();
    expect([problems, observed]).toEqual([[{ kind: "failed", error: REFUSED }], undefined]);
  });

  test("stopped", async () => {
    const stop = new AbortController();
    vm.before = (call) => call === "lock memory" && stop.abort(new Error("stop"));
    const { problems, done } = await prepare({}, stop.signal);
    expect([problems, done, vm.calls]).toEqual([
      [{ kind: "stopped" }],
      ["all guest memory reserved and locked"],
      ["lock memory"],
    ]);
  });

  test.each([REFUSED, UNANSWERED])("memory that could not be locked", async (error) => {
    vm.fails = { "lock memory": [error] };
    expect((await prepare()).problems).toEqual([{ kind: "memory_not_locked", error }]);
  });

  test("a guest that can't be asked, and is not to be switched off", async () => {
    vm.toolsRunning = false;
    expect((await prepare()).problems).toEqual([{ kind: "tools_not_running" }]);
  });

  test("a guest that could not be asked", async () => {
    vm.fails = { "shut down": [REFUSED] };
    expect((await prepare()).problems).toEqual([{ kind: "shutdown_refused", error: REFUSED }]);
  });

  test("a guest that stays, which is switched off where that may be", async () => {
    vm.ignored.add("shut down");
    expect((await prepare()).problems).toEqual([{ kind: "not_shut_down", seconds: 60 }]);
    vm.calls.length = 0;
    expect((await prepare({ forcePowerOff: true })).problems).toEqual([]);
    expect(vm.calls).toEqual(["shut down", "power off", ...CYCLE.slice(2)]);
  });

  test.each([undefined, REFUSED])("one that is not seen to be switched off (%s)", async (error) => {
    [vm.toolsRunning, vm.toolsNeverRan] = [false, true];
    vm.ignored.add("power off");
    vm.fails = { "power off": [error] };
    expect((await prepare({ powerCycle: "on_create" })).problems).toEqual([{ kind: "not_switched_off", error }]);
  });
});

describe("Answers as data, after the guest was asked to shut down", () => {
  test("an answer that was lost: only looking tells", async () => {
    vm.fails = { "shut down": [UNANSWERED] };
    const { problems, done } = await prepare();
    expect([problems, done[1]]).toEqual([[], "the guest asked to shut down, with no answer"]);
  });

  test("out of sight", async () => {
    vm.before = (call) => call === "shut down" && (vm.fails.look = Array<unknown>(99).fill(REFUSED));
    expect((await prepare()).problems).toEqual([{ kind: "out_of_sight", error: REFUSED }]);
  });

  test("powered on by somebody else", async () => {
    let looks = 0;
    vm.before = (call) => {
      if (call === "look" && vm.facts.powerState === "poweredOff" && looks++ === 1) vm.powered("poweredOn");
    };
    const { problems } = await prepare();
    expect(problems).toMatchObject([{ kind: "not_made_ready", before: { problem: { kind: "powered_on_meanwhile" } } }]);
  });

  test("not made ready, and powered on again, with what was done until then", async () => {
    vm.fails = { "upgrade to 20": [REFUSED] };
    const { problems, done } = await prepare();
    const before = { problem: { kind: "failed", error: REFUSED }, done: done.slice(0, -1) };
    expect([problems, done.at(-1)]).toEqual([[{ kind: "not_made_ready", before }], "powered on again"]);
  });

  test("stopped while it is down, and powered on again", async () => {
    const stop = new AbortController();
    vm.before = (call) => call === "shut down" && stop.abort(new Error("stop"));
    const { problems } = await prepare({}, stop.signal);
    expect(problems).toMatchObject([{ kind: "not_made_ready", before: { problem: { kind: "stopped" } } }]);
    expect(vm.calls).toEqual(["lock memory", "shut down", "power on"]);
  });

  test("down, after several tries, and what went wrong before", async () => {
    vm.fails = { "power on": [REFUSED, REFUSED, REFUSED, REFUSED] };
    expect((await prepare()).problems).toEqual([{ kind: "down", error: REFUSED }]);
    expect(vm.calls.filter((call) => call === "power on").length).toBe(4);

    vm = new FakeVirtualMachine();
    vm.fails = { "upgrade to 20": [REFUSED] };
    vm.ignored.add("power on");
    expect((await prepare()).problems).toMatchObject([{ kind: "down", before: { problem: { kind: "failed" } } }]);
  });

  test("set by its own account, and not shown, or out of sight", async () => {
    vm.ignored.add("set layout and hot plug");
    const left = { lockMemory: false, setMotherboardLayout: true, setHotPlug: true };
    expect((await prepare()).problems).toEqual([{ kind: "not_shown", left }]);

    vm = new FakeVirtualMachine();
    vm.powered("poweredOff");
    vm.before = (call) => call.startsWith("set") && (vm.fails.look = Array<unknown>(99).fill(REFUSED));
    expect((await prepare()).problems).toEqual([{ kind: "not_shown" }]);
  });
});

test("throws for a bug, after it has powered the virtual machine on again", async () => {
  const onProgress = (message: string): void => {
    if (message.startsWith("hardware version")) throw new TypeError("a bug");
  };
  const wanted = { hardwareVersion: 20, powerCycle: "if_needed", creating: true } as const;
  const signal = new AbortController().signal;
  const limits = { guestShutdownTimeoutSeconds: 60, forcePowerOff: false };
  await expect(
    prepareVirtualMachine(vm, { ...wanted, ...limits }, { clock: vm.clock, signal, onProgress }),
  ).rejects.toThrow("a bug");
  expect(vm.facts.powerState).toBe("poweredOn");
});
