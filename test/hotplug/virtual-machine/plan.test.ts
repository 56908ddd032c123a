import { POWER_CYCLE_POLICIES, type VirtualMachineFacts } from "../../../lib/hotplug/facts";
import {
  hostVersionFor,
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
} from "../../../lib/hotplug/virtual-machine/plan";

const READY: VirtualMachineFacts = {
  title: "db (vm-42)",
  hardwareVersion: 20,
  memoryReservationLockedToMax: true,
  motherboardLayout: "acpiHostBridges",
  fixedPassthruHotPlugEnabled: true,
};
const plan = (facts: Partial<VirtualMachineFacts>, hardwareVersion = 20) =>
  planVirtualMachine({ ...READY, ...facts }, { hardwareVersion });

describe("Preparing a virtual machine", () => {
  test.each([
    ["nothing of one that is ready", {}, 20, {}, false],
    ["nothing of a newer hardware version, which is never lowered (M3)", { hardwareVersion: 22 }, 20, {}, false],
    ["memory without a power-off (M2)", { memoryReservationLockedToMax: false }, 20, { lockMemory: true }, false],
    ["an upgrade, which takes a power-off (M3)", {}, 21, { upgradeTo: 21 }, true],
    [
      "the board, which takes a power-off (M4)",
      { motherboardLayout: "i440bxHostBridge" },
      20,
      { setMotherboardLayout: true },
      true,
    ],
    ["hot plug, which takes a power-off (M5)", { fixedPassthruHotPlugEnabled: false }, 20, { setHotPlug: true }, true],
    ["what vCenter doesn't show as set", { fixedPassthruHotPlugEnabled: undefined }, 20, { setHotPlug: true }, true],
  ])("sets %s", (_what, facts, version, sets, off) => {
    const preparation = plan(facts, version);
    expect(preparation).toEqual({ lockMemory: false, setMotherboardLayout: false, setHotPlug: false, ...sets });
    expect(needsPowerOff(preparation)).toBe(off);
    expect(isPrepared(preparation)).toBe(Object.keys(sets).length === 0);
  });

  test("may take it down only by if_needed, or by on_create while it is being created (M7)", () => {
    const allowed = POWER_CYCLE_POLICIES.flatMap((policy) =>
      [true, false]
        .filter((creating) => mayPowerCycle(policy, { creating }))
        .map((creating) => `${policy} ${creating ? "create" : "update"}`),
    );
    expect(allowed).toEqual(["on_create create", "if_needed create", "if_needed update"]);
  });

  test("knows which host runs a hardware version, and says nothing of one that is to come", () => {
    expect([20, 21, 22, 99].map(hostVersionFor)).toEqual(["8.0.0", "8.0.2", "9.0.0", undefined]);
  });
});
