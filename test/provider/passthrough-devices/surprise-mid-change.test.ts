/** What happens while a change is under way: {A, B} is to become {B, C}, and A's own removal is the first call. */
import { brokenCallRules } from "../../support/call-rules";
import type { State } from "../../support/plugin-client";
import { hurriedClock } from "../hurried-clock";
import { A, B, C, Scenario, db, errorsOf } from "../scenario";

jest.setTimeout(60_000);

const HOST = "host-12";
const otherModel = (address: string): object => ({
  address,
  vendor: "144d",
  device: "a824",
  vendorName: "Samsung Electronics Co Ltd",
  name: "NVMe SSD Controller PM173X",
});

let scenario: Scenario;
let surprise: ((vcenter: Scenario["vcenter"]) => void) | undefined;
let state: State;
beforeEach(async () => {
  surprise = undefined;
  scenario = await Scenario.start({
    timings: { queueMs: 20, hotPlugMs: 50, reconfigureMs: 0, publishMs: 20 },
    onCall: ({ operation }) => {
      if (operation !== "ReconfigVM_Task") return;
      surprise?.(scenario.vcenter);
      surprise = undefined;
    },
  });
  state = await scenario.given(db([A, B]));
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

interface Case {
  pulled: string;
  surprise: (vcenter: Scenario["vcenter"]) => void;
  /** What the person reads; nothing where all went well. */
  error?: RegExp;
  attached: string[];
  /** The steps of the next plan. */
  next: string[];
}

const swap = (address: string, successor: string | object) => (vcenter: Scenario["vcenter"]) => {
  vcenter.pullDevice(HOST, address);
  vcenter.plugDevice(HOST, successor as string);
};

const cases: Case[] = [
  {
    pulled: "the drive whose removal is under way",
    surprise: (vcenter) => vcenter.pullDevice(HOST, A),
    attached: [B, C],
    next: [],
  },
  {
    pulled: "the drive whose removal is under way, and put back at once",
    surprise: swap(A, A),
    attached: [B, C],
    next: [],
  },
  {
    pulled: "the drive that is to be added next",
    surprise: (vcenter) => vcenter.pullDevice(HOST, C),
    error: new RegExp(
      `^error: Host esx01.example.test \\(host-12\\) shows no device at ${C} [^]*Take ${C} out of devices, or ` +
        `put a drive back[^]*Calls made: remove ${A}. Attached now: ${B}. Calls left: add ${C}.`,
    ),
    attached: [B],
    next: [`add ${C}`],
  },
  {
    pulled: "the drive that is to be added next, and another model put there",
    surprise: swap(C, otherModel(C)),
    error: new RegExp(
      `^error: Another model is at ${C} now: 144d:a824 [^]*, before 8086:0a54 [^]*Calls made: remove ${A}. ` +
        `Attached now: ${B}. Calls left: add ${C}.`,
    ),
    attached: [B],
    next: [`add ${C}`],
  },
  {
    pulled: "a drive that is kept",
    surprise: (vcenter) => vcenter.pullDevice(HOST, B),
    error: new RegExp(
      `^error: Host esx01.example.test \\(host-12\\) shows no device at ${B} [^]*Take ${B} out of devices, or ` +
        `put a drive back[^]*Calls made: remove ${A}, add ${C}. Attached now: ${C}.`,
    ),
    attached: [C],
    next: [`add ${B}`],
  },
  {
    pulled: "a drive that is kept, and put back at once",
    surprise: swap(B, B),
    error: new RegExp(
      `^error: Device ${B} is no longer on virtual machine db \\(vm-42\\)\n[^]*Plan again[^]*Attached now: ${C}.`,
    ),
    attached: [C],
    next: [`add ${B}`],
  },
  {
    pulled: "a drive that is kept, and another model put there",
    surprise: swap(B, otherModel(B)),
    error: new RegExp(
      `^error: Another model is at ${B} now: 144d:a824 [^]*, before 8086:0a54 ` +
        `[^]*allow_device_change[^]*Attached now: ${C}.`,
    ),
    attached: [C],
    next: [`add ${B}`],
  },
];

test.each(cases)(
  "$pulled: all other steps are made, and what is missing is named with the way out",
  async ({ surprise: act, error, attached, next }) => {
    const plan = await scenario.plan(db([B, C]), { state });
    surprise = act;
    const outcome = await scenario.applyPlan(plan);
    expect(surprise).toBeUndefined();
    expect(errorsOf(outcome)).toEqual(error ? [expect.stringMatching(error)] : []);
    expect(scenario.attached()).toEqual(attached);
    expect(outcome.state).toMatchObject({ tainted: false, value: { devices: attached } });
    const again = await scenario.plan(db([B, C]), { state: outcome.state });
    expect(again.action === "no-op" ? [] : again.planned!["steps"]).toEqual(next);
  },
);

test(
  "a call that succeeded while nothing can be seen any more: the error names it, and that nobody has seen what " +
    "came of it",
  async () => {
    const plan = await scenario.plan(db([B, C]), { state });
    const description = scenario.machine().description as { connectionState?: string };
    surprise = (vcenter) => {
      // What vCenter tells by itself shows no device any more, either.
      description.connectionState = "inaccessible";
      vcenter.faults.inject(
        { operation: "RetrievePropertiesEx", times: 1000 },
        { kind: "fault", type: "SystemError", message: "the inventory service is down", fields: { reason: "" } },
      );
    };
    const outcome = await scenario.applyPlan(plan, { clock: hurriedClock(30) });
    expect(errorsOf(outcome)).toEqual([
      expect.stringMatching(
        new RegExp(
          "^error: Virtual machine db \\(vm-42\\) can't be seen\n[^]*vCenter reported success for the call to " +
            `remove device ${A} from it, which could not be verified\\. [^]*the inventory service is down[^]*Calls ` +
            `made: none\\. Attached when it was seen last: ${A}, ${B}\\.`,
        ),
      ),
    ]);
    expect(scenario.calls()).toHaveLength(1);
    expect(scenario.attached()).toEqual([B]);
    scenario.vcenter.faults.clear();
    delete description.connectionState;
    expect((await scenario.plan(db([B, C]), { state: outcome.state })).planned!["steps"]).toEqual([`add ${C}`]);
  },
);
