import { A, B, db, E, errorsOf, Scenario } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
let lines: string[];
beforeEach(async () => {
  scenario = await Scenario.start({ guests: true });
  lines = [];
});
afterEach(() => scenario.stop());

/** What stands on Terraform's log at the level `info`: seconds differ. */
const log = (level: string, message: string): void => {
  if (level === "info") lines.push(message.replace(/\d+\.\d s/, "N s"));
};

test("a long apply tells where it is, a line a step, as each ends", async () => {
  const { state } = await scenario.apply(scenario.confirmed([A, B, E]), { log });
  expect(lines).toEqual([
    `step 1 of 3: hot-add ${A} on db, task-1, N s, verified, guest 0000:13:00.0`,
    `step 2 of 3: hot-add ${B} on db, task-2, N s, verified, guest 0000:1b:00.0`,
    `step 3 of 3: hot-add ${E} on db, task-3, N s, verified, guest 0000:23:00.0`,
  ]);

  lines = [];
  await scenario.apply(scenario.confirmed([A, B]), { state, log });
  expect(lines).toEqual([`step 1 of 1: hot-remove ${E} on db, task-4, N s, verified, gone from the guest`]);
});

test("where nobody asks the guest it says what vCenter shows", async () => {
  await scenario.apply(db([A]), { log });
  expect(lines).toEqual([`step 1 of 1: hot-add ${A} on db, task-1, N s, verified`]);
});

test("on a virtual machine that is off, steps are cold", async () => {
  await scenario.apply(db([A], { virtual_machine_id: "vm-44" }), { log });
  expect(lines).toEqual([`step 1 of 1: cold-add ${A} on spare, task-1, N s, verified`]);
});

describe("the error of a change that ended early has the same lines", () => {
  const detailOf = (outcome: Parameters<typeof errorsOf>[0]): string =>
    errorsOf(outcome)
      .join("\n")
      .replace(/\d+\.\d s/g, "N s");

  it("with the call that vCenter refused", async () => {
    const trigger = { operation: "ReconfigVM_Task", occurrence: 2 };
    scenario.vcenter.faults.inject(trigger, { kind: "task fault", type: "GenericVmConfigFault" });
    const outcome = await scenario.apply(db([A, B, E]), { log });
    const told = [
      `step 1 of 3: hot-add ${A} on db, task-1, N s, verified`,
      `step 2 of 3: hot-add ${B} on db, task-2, N s, refused`,
    ];
    expect(lines).toEqual(told);
    expect(detailOf(outcome)).toContain(`\n\n  ${told.join("\n  ")}\n\n`);
  });

  it("with the call that the guest didn't confirm", async () => {
    const state = await scenario.given(scenario.confirmed([A]));
    scenario.guest.hide(E);
    const outcome = await scenario.apply(scenario.confirmed([A, E]), { state, log });
    expect(lines).toEqual([`step 1 of 1: hot-add ${E} on db, task-2, N s, verified, not confirmed in the guest`]);
    expect(detailOf(outcome)).toContain(lines[0]);
  });

  it("and none for a call that was not made, since the guest holds the drive", async () => {
    const state = await scenario.given(scenario.confirmed([A]));
    scenario.guest.hold(A, "mount", "/data");
    const outcome = await scenario.apply(scenario.confirmed([]), { state, log });
    expect(lines).toEqual([]);
    expect(detailOf(outcome)).not.toMatch(/^ {2}step/m);
    expect(detailOf(outcome)).toContain("/data");
  });
});
