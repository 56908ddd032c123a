/** The two tables of VMware's procedure: what is looked at after an operation, outside of the guest and inside. */
import { brokenCallRules } from "../../support/call-rules";
import { A, B, C, E, Scenario, db, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start({ guests: true })));
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const listed = (): string[] =>
  scenario.guest.drives().map(({ hostAddress, vendor, device }) => `${hostAddress} ${vendor}:${device}`);

describe("outside of the guest", () => {
  it("a hot-add is done when the virtual machine's PCI devices have it (C1)", async () => {
    const { state, diagnostics } = await scenario.apply(db([A, E]));

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([A, E]);
    expect(Object.keys(state!.value["attached"] as object)).toEqual([A, E]);
  });

  it("a hot-remove is done when the virtual machine's PCI devices no longer have it (C2)", async () => {
    const { state, diagnostics } = await scenario.apply(db([E]), { state: await scenario.given(db([A, E])) });

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([E]);
    expect(Object.keys(state!.value["attached"] as object)).toEqual([E]);
  });

  it("a surprise removal has left virtual machine and host, and is told until it is let go (C3)", async () => {
    const state = await scenario.given(db([A, E]));
    scenario.vcenter.pullDevice("host-12", A);
    const refreshed = await scenario.refresh(state);

    expect(refreshed.state!.value["devices"]).toEqual([E]);
    expect(warningsOf(refreshed)).toEqual([expect.stringContaining(`shows no device at ${A}`)]);
    const { state: letGo } = await scenario.apply(db([E]), { state });
    expect(await scenario.plan(db([E]), { state: letGo })).toMatchObject({ action: "no-op", diagnostics: [] });
  });
});

describe("inside of the guest", () => {
  it("a hot-add is done when lspci shows a device of its ids, at whatever address (G1)", async () => {
    const { state, diagnostics } = await scenario.apply(scenario.confirmed([A, E]));

    expect(texts(diagnostics)).toEqual([]);
    expect(listed()).toEqual([`${A} 8086:0a54`, `${E} 144d:a824`]);
    expect(state!.value["attached"]).toMatchObject({
      [A]: { confirmed: true, guest_address: "0000:13:00.0" },
      [E]: { confirmed: true, guest_address: "0000:1b:00.0" },
    });
  });

  it("a hot-add that lspci doesn't show is not done, and the next one isn't begun (G1)", async () => {
    scenario.guest.hide(A);
    const failed = await scenario.apply(scenario.confirmed([A, E]));

    expect(errorsOf(failed)).toEqual([expect.stringContaining(`doesn't show device ${A} after 1 s`)]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
  });

  it("a hot-remove is done when lspci no longer shows that very drive, also of two of one model (G2)", async () => {
    const state = await scenario.given(scenario.confirmed([A, B]));
    const { diagnostics } = await scenario.apply(scenario.confirmed([B]), { state });

    expect(texts(diagnostics)).toEqual([]);
    expect(listed()).toEqual([`${B} 8086:0a54`]);
  });

  it("a hot-remove that lspci still shows is not done, and the next one isn't begun (G2)", async () => {
    const state = await scenario.given(scenario.confirmed([A, E]));
    scenario.guest.lag = { addMs: 0, removalMs: 3_600_000 };
    const failed = await scenario.apply(scenario.confirmed([]), { state });

    expect(errorsOf(failed)).toEqual([expect.stringContaining(`still shows device ${A} after 1 s`)]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });

  it("a surprise removal has left the guest as well, or the next apply says what it still shows (G3)", async () => {
    const state = await scenario.given(scenario.confirmed([A, B]));
    const serialNumber = (state.value["attached"] as Record<string, { serial_number: string }>)[A]!.serial_number;
    scenario.guest.lag = { addMs: 0, removalMs: 3_600_000 };
    scenario.vcenter.pullDevice("host-12", A);
    const told = await scenario.apply(scenario.confirmed([B, C]), { state });

    expect(errorsOf(told)).toEqual([
      expect.stringMatching(new RegExp(`still shows the drive that has left ${A}[^]*/dev/nvme0n1[^]*${serialNumber}`)),
    ]);
    expect(scenario.calls()).toEqual([`add ${C} on vm-42`]);

    scenario.guest.lag = { addMs: 0, removalMs: 0 };
    scenario.guest.boot();
    const { diagnostics } = await scenario.apply(scenario.confirmed([B, C]), { state: told.state });
    expect(texts(diagnostics.filter(({ summary }) => /guest/.test(summary)))).toEqual([]);
  });

  it("a surprise removal is looked for by the next apply, with no call to make, and then no more (G3)", async () => {
    const state = await scenario.given(scenario.confirmed([A, B]));
    scenario.vcenter.pullDevice("host-12", A);
    const plan = await scenario.plan(scenario.confirmed([B]), { state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [] } });

    const looks = scenario.guest.visits.commands;
    const { state: confirmed, diagnostics } = await scenario.applyPlan(plan);
    expect([texts(diagnostics), scenario.calls(), scenario.guest.visits.commands - looks]).toEqual([[], [], 1]);
    expect(await scenario.plan(scenario.confirmed([B]), { state: confirmed })).toMatchObject({ action: "no-op" });
  });
});
