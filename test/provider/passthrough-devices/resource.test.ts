import type { DataObject } from "../../../lib/simulator/value";
import { UNKNOWN } from "../../../lib/tfplugin6/value";
import { brokenCallRules } from "../../support/call-rules";
import {
  A,
  B,
  C,
  D,
  DB_BIOS_UUID,
  DB_INSTANCE_UUID,
  E,
  GPU,
  NIC,
  Scenario,
  db,
  errorsOf,
  texts,
  warningsOf,
} from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.start();
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const attachedIn = (state: { value: Record<string, unknown> } | null): string[] =>
  Object.keys(state!.value["attached"] as object);

describe("changing the managed set {A, D} to {A, B, C}", () => {
  it("makes exactly the planned calls, in order, each verified before the next; another apply makes none", async () => {
    const state = await scenario.given(db([A, D]));
    const plan = await scenario.plan(db([A, B, C]), { state });
    expect(plan).toMatchObject({
      action: "update",
      diagnostics: [],
      planned: { steps: [`remove ${D}`, `add ${B}`, `add ${C}`] },
    });
    expect(scenario.calls()).toEqual([]);

    const applied = await scenario.applyPlan(plan);
    expect(texts(applied.diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${D} on vm-42`, `add ${B} on vm-42`, `add ${C} on vm-42`]);
    expect(readsBetweenCalls(scenario)).toEqual([1, 1, 1]);
    expect(scenario.attached()).toEqual([A, B, C]);
    expect(attachedIn(applied.state)).toEqual([A, B, C]);

    scenario.forgetCalls();
    const again = await scenario.plan(db([C, B, A]), { state: applied.state });
    expect(again).toMatchObject({ action: "no-op", diagnostics: [] });
    expect(scenario.calls()).toEqual([]);
  });

  it("adds first where the configuration says so", async () => {
    const state = await scenario.given(db([A, D]));
    const { diagnostics } = await scenario.apply(db([A, B, C], { order: "add_first" }), { state });
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${B} on vm-42`, `add ${C} on vm-42`, `remove ${D} on vm-42`]);
  });

  it("removes one by one when the resource is destroyed", async () => {
    const state = await scenario.given(db([A, D]));
    expect(await scenario.destroy(state)).toEqual({ state: null, diagnostics: [] });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `remove ${D} on vm-42`]);
  });
});

describe("what is read back", () => {
  it("has ids above 7fff as they are, and sent them as vCenter takes them", async () => {
    const { state } = await scenario.apply(db([A, E]));
    expect(state!.value["attached"]).toMatchObject({
      [A]: { vendor_id: "8086", device_id: "0a54", label: "PCI device 0", confirmed: null, guest_address: null },
      [E]: { vendor_id: "144d", device_id: "a824" },
    });
    const sent = scenario
      .log()
      .filter(({ operation }) => operation === "ReconfigVM_Task")
      .map(({ arguments: args }) => backingIn(args));
    expect(sent).toMatchObject([
      { id: A, vendorId: 0x8086 - 0x10000, deviceId: "0a54" },
      { id: E, vendorId: 0x144d, deviceId: "a824" },
    ]);
    expect(scenario.attached()).toEqual([A, E]);
  });

  it("is the host that the devices are on, where none is configured", async () => {
    expect((await scenario.given(db([A]))).value["host_id"]).toBe("host-12");
  });

  it("is what the configuration says, word for word, where one is", async () => {
    const state = await scenario.given(db([A], { host_id: "ESX01.example.test", timeouts: { update: "1h30m" } }));
    expect(state.value).toMatchObject({ host_id: "ESX01.example.test", timeouts: { create: null, update: "1h30m" } });
    expect(
      await scenario.plan(db([A], { host_id: "ESX01.example.test", timeouts: { update: "1h30m" } }), { state }),
    ).toMatchObject({ action: "no-op" });
  });
});

describe("values that are not known at plan", () => {
  it("devices: plans without steps and makes the calls at apply", async () => {
    const plan = await scenario.plan(db(UNKNOWN as never));
    expect(plan).toMatchObject({
      action: "create",
      diagnostics: [],
      planned: { devices: UNKNOWN, steps: UNKNOWN, attached: UNKNOWN },
    });
    const { state, diagnostics } = await scenario.applyPlan(plan, { config: db([A, B]) });
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`, `add ${B} on vm-42`]);
    expect(state!.value["steps"]).toEqual([`add ${A}`, `add ${B}`]);
  });

  it("one element of devices, in an update: nothing is planned to be removed unseen", async () => {
    const state = await scenario.given(db([A, B]));
    const plan = await scenario.plan(db([A, UNKNOWN as never]), { state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: UNKNOWN } });
    expect(texts((await scenario.applyPlan(plan, { config: db([A, C]) })).diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${B} on vm-42`, `add ${C} on vm-42`]);
  });

  it.each(["remove_first", "add_first", null])(
    "order, where a change adds and removes: plans without steps and goes by it at apply (%s)",
    async (order) => {
      const state = await scenario.given(db([A]));
      const plan = await scenario.plan(db([B], { order: UNKNOWN }), { state });
      expect(plan.planned).toMatchObject({ steps: UNKNOWN });
      const { diagnostics } = await scenario.applyPlan(plan, { config: db([B], { order }) });
      expect(texts(diagnostics)).toEqual([]);
      const calls = [`remove ${A} on vm-42`, `add ${B} on vm-42`];
      expect(scenario.calls()).toEqual(order === "add_first" ? calls.reverse() : calls);
    },
  );

  it("order, where a change only adds: steps are known all the same", async () => {
    const state = await scenario.given(db([A]));
    expect(await scenario.plan(db([A, B], { order: UNKNOWN }), { state })).toMatchObject({
      planned: { steps: [`add ${B}`] },
    });
  });

  it("the virtual machine of a new resource: steps are known all the same", async () => {
    const plan = await scenario.plan({ virtual_machine_id: UNKNOWN as never, devices: [A] });
    expect(plan).toMatchObject({ action: "create", diagnostics: [], planned: { steps: [`add ${A}`] } });
    expect(texts((await scenario.applyPlan(plan, { config: db([A]) })).diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([A]);
  });

  it("the virtual machine of an existing resource: a replacement, and the plan says why", async () => {
    const state = await scenario.given(db([A]));
    const plan = await scenario.plan({ virtual_machine_id: UNKNOWN as never, devices: [A] }, { state });
    expect(plan.action).toBe("replace");
    expect(plan.requiresReplace).toEqual([["virtual_machine_id"]]);
    expect(texts(plan.diagnostics)).toEqual([expect.stringContaining("so its devices will be taken off first")]);
  });
});

describe("names of the virtual machine", () => {
  const NAMES = {
    "managed object id": "vm-42",
    "BIOS UUID": DB_BIOS_UUID,
    "instance UUID": DB_INSTANCE_UUID,
    "BIOS UUID in upper case": DB_BIOS_UUID.toUpperCase(),
  };

  it.each(Object.entries(NAMES))("takes a %s", async (_kind, name) => {
    expect(texts((await scenario.apply({ virtual_machine_id: name, devices: [A] })).diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([A]);
  });

  it("another name of the same virtual machine and host is a change in place without a call", async () => {
    const state = await scenario.given(db([A]));
    const plan = await scenario.plan(
      { virtual_machine_id: DB_BIOS_UUID, devices: [A], host_id: "esx01.example.test" },
      { state },
    );
    expect(plan).toMatchObject({
      action: "update",
      diagnostics: [],
      planned: { steps: [], virtual_machine_id: DB_BIOS_UUID, attached: { [A]: { vendor_id: "8086" } } },
    });
    const { state: after, diagnostics } = await scenario.applyPlan(plan);
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value).toMatchObject({ virtual_machine_id: DB_BIOS_UUID, host_id: "esx01.example.test" });
    expect(scenario.calls()).toEqual([]);
  });

  it("another virtual machine is a replacement: off the one, then onto the other", async () => {
    const state = await scenario.given(db([A, B]));
    const plan = await scenario.plan({ virtual_machine_id: "vm-43", devices: [A, C] }, { state });
    expect(plan).toMatchObject({
      action: "replace",
      requiresReplace: [["virtual_machine_id"]],
      planned: { steps: [`add ${A}`, `add ${C}`] },
    });
    const { state: after, diagnostics } = await scenario.applyPlan(plan);
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value["virtual_machine_id"]).toBe("vm-43");
    expect(scenario.calls()).toEqual([
      `remove ${A} on vm-42`,
      `remove ${B} on vm-42`,
      `add ${A} on vm-43`,
      `add ${C} on vm-43`,
    ]);
  });
});

describe("import", () => {
  const NAMES = {
    "managed object id": "vm-42",
    "BIOS UUID": DB_BIOS_UUID,
    "instance UUID": DB_INSTANCE_UUID,
    "inventory path": "/DC0/vm/db",
  };

  it.each(Object.entries(NAMES))("by %s: the first plan after it changes nothing by any call", async (_kind, name) => {
    scenario.attachByHand(A);
    scenario.attachByHand(GPU);
    const { state, diagnostics } = await scenario.import(name);
    expect(texts(diagnostics)).toEqual([]);
    expect(state!.value).toMatchObject({ devices: [A], host_id: "host-12", steps: [] });
    for (const configured of ["vm-42", DB_BIOS_UUID, DB_INSTANCE_UUID]) {
      const plan = await scenario.plan({ virtual_machine_id: configured, devices: [A] }, { state });
      expect(plan.action).toBe(configured === state!.value["virtual_machine_id"] ? "no-op" : "update");
      expect(plan).toMatchObject({ diagnostics: [], planned: { steps: [] } });
    }
    expect(scenario.calls()).toEqual([]);
  });

  it("shows what a smaller set would remove", async () => {
    scenario.attachByHand(A);
    scenario.attachByHand(B);
    const { state } = await scenario.import("vm-42");
    expect(await scenario.plan(db([B]), { state })).toMatchObject({
      action: "update",
      planned: { steps: [`remove ${A}`] },
    });
  });

  it("of a name that vCenter doesn't show is an error that says what it takes", async () => {
    expect(errorsOf(await scenario.import("/DC0/vm/nobody"))).toEqual([
      expect.stringMatching(/vCenter shows no virtual machine \/DC0\/vm\/nobody[^]*inventory path/),
    ]);
  });
});

describe("a virtual machine that has devices already", () => {
  it("keeps those that are declared: adopted without a call, and the plan says so", async () => {
    scenario.attachByHand(A);
    const plan = await scenario.plan(db([A, B]));
    expect(plan.planned!["steps"]).toEqual([`add ${A}`, `add ${B}`]);
    expect(warningsOf(plan)).toEqual([expect.stringContaining(`Virtual machine db (vm-42) already has ${A}`)]);
    const { state } = await scenario.applyPlan(plan);
    expect(scenario.calls()).toEqual([`add ${B} on vm-42`]);
    expect(attachedIn(state)).toEqual([A, B]);
  });

  it("fails the plan of a new resource for one that isn't declared, and names it", async () => {
    scenario.attachByHand(C);
    const { diagnostics } = await scenario.apply(db([A]));
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: Virtual machine db \\(vm-42\\) has an NVMe passthrough device that isn't declared: ${C} ` +
            "\\(PCI device 0\\)\n[^]*import",
        ),
      ),
    ]);
    expect(scenario.calls()).toEqual([]);
    expect(scenario.attached()).toEqual([C]);
  });

  it("never has its other passthrough devices listed, counted or touched", async () => {
    scenario.attachByHand(GPU);
    scenario.attachByHand(NIC);
    const state = await scenario.given(db([A]));
    expect(attachedIn(state)).toEqual([A]);
    const { state: after } = await scenario.apply(db([]), { state });
    expect(after!.value["attached"]).toEqual({});
    expect(await scenario.destroy(after)).toEqual({ state: null, diagnostics: [] });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
    expect(scenario.attached()).toEqual([NIC, GPU]);
  });

  it.each(["", "00000:023:00.0", "0000:17:00.0 "])(
    "is seen and managed where another device's backing names no PCI address: %j",
    async (id) => {
      scenario.attachByHand(GPU);
      const state = await scenario.given(db([A]));
      const isGpu = (backing: unknown): backing is DataObject => (backing as DataObject | undefined)?.["id"] === GPU;
      scenario.change(
        (machine) =>
          (machine.attached = machine.attached.map((device) =>
            isGpu(device.backing) ? { ...device, backing: { ...device.backing, id } } : device,
          )),
      );
      const { state: after, diagnostics } = await scenario.apply(db([B]), { state });
      expect(texts(diagnostics)).toEqual([
        "warning: What kind of device PCI device 0 is can't be told\nVirtual machine db (vm-42) has it under " +
          `"${id}", which is no PCI address. It is left alone: if it is an NVMe drive, take it off by hand.`,
      ]);
      expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `add ${B} on vm-42`]);
      expect(after!.value["devices"]).toEqual([B]);
      expect(scenario.attached()).toEqual([B, id].sort());
    },
  );

  it("shows a device that was attached beside it as drift, and its removal among the steps", async () => {
    const state = await scenario.given(db([A]));
    scenario.attachByHand(B);
    const plan = await scenario.plan(db([A]), { state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [`remove ${B}`] } });
    await scenario.applyPlan(plan);
    expect(scenario.calls()).toEqual([`remove ${B} on vm-42`]);
  });

  it(
    "shows the same steps again as a change where somebody undid them, which Terraform would hide " + "otherwise",
    async () => {
      const state = await scenario.given(db([A]));
      expect((await scenario.refresh(state)).state!.value["steps"]).toEqual([`add ${A}`]);
      scenario.detachByHand(A);
      const plan = await scenario.plan(db([A]), { state });
      expect([plan.prior!.value["steps"], plan.planned!["steps"]]).toEqual([[], [`add ${A}`]]);
    },
  );
});

describe("the power state", () => {
  it("off: the same steps run cold, and a missing hot-plug flag is only a warning", async () => {
    scenario.change((machine) => {
      machine.powerState = "poweredOff";
      machine.settings.fixedPassthruHotPlugEnabled = false;
    });
    const plan = await scenario.plan(db([A, B]));
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(
        /^warning: Virtual machine db \(vm-42\) has hot plug of passthrough devices switched off\n/,
      ),
    ]);
    expect(errorsOf(await scenario.applyPlan(plan))).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`, `add ${B} on vm-42`]);
  });

  it(
    "off: devices can be taken off a virtual machine that isn't ready for hot plug at all; on, they " + "can't",
    async () => {
      const state = await scenario.given(db([A, B]));
      scenario.change(({ settings }) => Object.assign(settings, { cpuHotAddEnabled: true, firmware: "bios" }));
      expect(errorsOf(await scenario.plan(db([]), { state }))).toEqual([expect.stringContaining("has bios firmware")]);
      scenario.change((machine) => (machine.powerState = "poweredOff"));
      const { state: after, diagnostics } = await scenario.apply(db([A]), { state });
      expect(texts(diagnostics)).toEqual([]);
      expect(await scenario.destroy(after)).toEqual({ state: null, diagnostics: [] });
      expect(scenario.calls()).toEqual([`remove ${B} on vm-42`, `remove ${A} on vm-42`]);
    },
  );

  it.each([
    [
      "suspended",
      (scenario: Scenario) => scenario.change((machine) => (machine.powerState = "suspended")),
      /is suspended\n[^]*Power it on, or off/,
    ],
    [
      "a template",
      (scenario: Scenario) =>
        scenario.change((machine) => Object.assign(machine, { powerState: "poweredOff", template: true })),
      /db \(vm-42\) is a template\n[^]*Convert it/,
    ],
  ] as const)("%s: an error at plan, and nothing is changed", async (_what, change, message) => {
    change(scenario);
    const plan = await scenario.plan(db([A]));
    expect(errorsOf(plan)).toEqual([expect.stringMatching(message)]);
    expect(scenario.calls()).toEqual([]);
  });
});

/** The whole looks at the virtual machine after each call, before the next. */
function readsBetweenCalls(of: Scenario): number[] {
  const counts: number[] = [];
  for (const { operation, read } of of.log()) {
    if (operation === "ReconfigVM_Task") counts.push(0);
    else if (
      counts.length > 0 &&
      read.some(({ value, paths }) => value === "vm-42" && paths.includes("config.hardware.device"))
    )
      counts[counts.length - 1]! += 1;
  }
  return counts;
}

function backingIn(args: unknown): unknown {
  const { deviceChange } = (args as { spec: { deviceChange: unknown } }).spec;
  return ([deviceChange].flat()[0] as { device: { backing: unknown } }).device.backing;
}
