import { hostDevice } from "../../../lib/simulator/core/host-device";
import { defaultInventory } from "../../../lib/simulator/inventory/default-inventory";
import type { InventoryDevice } from "../../../lib/simulator/inventory/inventory";
import { whyNoPowerOn } from "../../../lib/simulator/objects/virtual-machine/power-on";
import { runCli } from "../../support/cli";
import type { State } from "../../support/plugin-client";
import { A, B, db, E, errorsOf, Scenario, texts, warningsOf } from "../scenario";

// An address is not a drive: what a virtual machine has at one, its host may have at another, or nowhere.

const GPU: InventoryDevice = {
  address: A,
  class: "0300",
  vendor: "10de",
  device: "26b9",
  vendorName: "NVIDIA Corporation",
  name: "AD102GL [L40S]",
};
const NIC: InventoryDevice = { ...GPU, class: "0200", vendor: "8086", device: "1593", vendorName: "Intel" };
const INTEL = defaultInventory.hosts[0]!.devices!.find(({ address }) => address === A)!;
const MOVED = "0000:3f:00.0";

let scenario: Scenario;
beforeEach(async () => void (scenario = await Scenario.start()));
afterEach(() => scenario.stop());

/** What is in the slots is something else after the next start of the host. */
function shift(...devices: InventoryDevice[]): void {
  const host = scenario.host();
  for (const device of devices) {
    const index = host.devices.findIndex(({ description }) => description.address === device.address);
    host.devices.splice(index < 0 ? host.devices.length : index, index < 0 ? 0 : 1, hostDevice(device));
  }
}

const powerOff = (): void => scenario.change((machine) => machine.powerOff());
const doctor = async (): Promise<{ status: number; text: string }> => {
  const { status, stdout } = await runCli(["doctor", "--vm", "vm-42"], scenario.environment);
  return { status, text: stdout.replace(/\s+/g, " ") };
};

/** A device's backing as another tool has written it. */
function rewrite(changes: Record<string, string | number>): void {
  scenario.change((machine) => {
    machine.attached = machine.attached.map((one) => ({ ...one, backing: { ...one.backing, ...changes } }));
  });
}

describe.each([
  ["a GPU of another vendor", GPU],
  ["a network card of the same vendor", NIC],
])("an address at which the host has %s now, and the drive elsewhere (V8)", (_what, card) => {
  let state: State;
  beforeEach(async () => {
    state = await scenario.given(db([A]));
    powerOff();
    shift(card, { ...INTEL, address: MOVED });
  });

  it("is told by name at every plan, with the address that the drive has now", async () => {
    const plan = await scenario.plan(db([A]), { state });
    expect(plan.action).toBe("no-op");
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^warning: PCI device 0 of the virtual machine is 8086:0a54, and host esx01\\S* \\(host-12\\) has another ` +
            `device at ${A}: class ${card.class}, ${card.vendor}:[^]*shows that model at .*${MOVED}[^]*` +
            "keep the virtual machine from starting[^]*rule V8",
        ),
      ),
    ]);
    expect(whyNoPowerOn(scenario.machine())?.type).toBe("GenericVmConfigFault");
  });

  it("is told where nobody has seen the drive before: by an import, and by doctor", async () => {
    const imported = await scenario.import("vm-42");
    const refreshed = await scenario.refresh(imported.state!);
    expect(refreshed.state!.value["devices"]).toEqual([A]);
    expect(warningsOf(refreshed)).toEqual([expect.stringContaining("(rule V8)")]);
    const { status, text } = await doctor();
    expect(status).toBe(1);
    expect(text).toMatch(/FAILED V8 PCI device 0 of the virtual machine is 8086:0a54, and host /);
    expect(text).not.toMatch(/FAILED V2/);
  });

  it("is mended by the address that the drive has now: then the virtual machine starts", async () => {
    const moved = await scenario.apply(db([MOVED]), { state });
    expect(errorsOf(moved)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `add ${MOVED} on vm-42`]);
    expect(whyNoPowerOn(scenario.machine())).toBeUndefined();
    expect(texts((await scenario.plan(db([MOVED]), { state: moved.state })).diagnostics)).toEqual([]);
    expect((await doctor()).text).not.toMatch(/FAILED V8/);
  });

  it("keeps what is remembered of the drive, also where a change of the device is allowed", async () => {
    const allowed = db([A], { allow_device_change: true });
    const { state: after } = await scenario.apply(allowed, { state });
    expect(after!.value["devices"]).toEqual([A]);
    expect((await scenario.plan(allowed, { state: after })).action).toBe("no-op");
  });

  it("is nothing that a plan adds: a warning with the plan, an error at that step, and all else goes on", async () => {
    const { state: after } = await scenario.apply(db([B]), { state });
    scenario.detachByHand(B);
    const remembered = await scenario.plan(db([B, E]), { state: after });
    expect(errorsOf(remembered)).toEqual([]);
    shift({ ...card, address: B });
    const plan = await scenario.plan(db([B, E]), { state: after });
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(/^warning: Another device is at .*before 8086:0a54/),
    ]);
    const failed = await scenario.applyPlan(plan);
    expect(errorsOf(failed)).toEqual([expect.stringContaining("(rule V8)")]);
    expect(scenario.attached()).toEqual([E]);
  });
});

describe("a device whose backing ESXi will not start", () => {
  const DECIMAL = String(0x0a54);
  const [OTHER_SYSTEM, OTHER_MODEL] = ["4c4c4544-0000-0000-0000-000000000000", "0b60"];

  it.each([
    ["a device id in decimal digits", { deviceId: DECIMAL }, /device id "2644", which is 0a54 in decimal digits/],
    ["another mainboard's system id", { systemId: OTHER_SYSTEM }, /names the system "4c4c4544-/],
    ["another model's device id", { deviceId: OTHER_MODEL }, /is 8086:0b60, and host/],
  ])(
    "for %s is told when it is adopted, at every plan and by doctor; off and on again mends it",
    async (_, wrong, said) => {
      scenario.attachByHand(A);
      powerOff();
      rewrite(wrong);
      const { state, ...adopted } = await scenario.apply(db([A]));
      expect(errorsOf(adopted)).toEqual([]);
      expect(warningsOf(adopted)).toContainEqual(expect.stringMatching(said));
      expect(scenario.calls()).toEqual([]);

      const plan = await scenario.plan(db([A]), { state });
      expect([plan.action, ...texts(plan.diagnostics)]).toEqual(["no-op", expect.stringMatching(said)]);
      expect(texts(plan.diagnostics)[0]).toMatch(
        /keep the virtual machine from starting.*Take 0000:3b:00\.0 out.*V8/is,
      );
      const before = await doctor();
      expect([before.status, before.text]).toEqual([1, expect.stringMatching(/FAILED V8/)]);
      expect(before.text).toMatch(said);
      expect(whyNoPowerOn(scenario.machine())?.type).toBe("GenericVmConfigFault");

      const off = await scenario.apply(db([]), { state });
      const on = await scenario.apply(db([A]), { state: off.state });
      expect([errorsOf(off), texts(on.diagnostics)]).toEqual([[], []]);
      expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `add ${A} on vm-42`]);
      expect(whyNoPowerOn(scenario.machine())).toBeUndefined();
      expect(texts((await scenario.plan(db([A]), { state: on.state })).diagnostics)).toEqual([]);
      expect((await doctor()).text).not.toMatch(/FAILED V8/);
    },
  );

  it.each([
    ["as vCenter writes it", {}],
    ["without leading zeros", { deviceId: "a54" }],
    ["with 0x before it", { deviceId: "0x0A54" }],
    ["with the system id of an SR-IOV function", { systemId: "BYPASS" }],
    ["signed, as govc does", { id: E, vendorId: 0x144d, deviceId: "-57dc" }],
  ])("is not one that has its ids %s", async (_what, spelling) => {
    scenario.attachByHand(A);
    powerOff();
    rewrite(spelling);
    const devices = scenario.attached();
    const { state } = await scenario.apply(db(devices));
    expect(texts((await scenario.plan(db(devices), { state })).diagnostics)).toEqual([]);
    expect((await doctor()).text).not.toMatch(/FAILED V8/);
    expect(whyNoPowerOn(scenario.machine())).toBeUndefined();
  });
});
