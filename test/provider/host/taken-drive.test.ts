import type { HostDevice } from "../../../lib/simulator/core/host-device";
import type { Config, State } from "../../support/plugin-client";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, texts } from "../scenario";

// A drive that was prepared, and that the host can't give up any more, holds up itself alone.

const [A, B, C] = ["0000:3b:00.0", "0000:5e:00.0", "0000:60:00.0"];
const config = (...devices: string[]): Config => ({ host_id: "host-12", passthrough_devices: devices });

let run: PreparationRun;
let state: State;
beforeEach(async () => {
  const devices = [A, B, C].map((address) => drive(address!, { passthrough: "disabled" }));
  run = await PreparationRun.start("hotplug_host", { inventory: smallInventory({ host: { devices } }) });
  state = (await run.apply(config(A, B))).state!;
  run.writes();
});
afterEach(() => run.stop());

/** Somebody gives a drive back to the host, and something is made of it. */
function takeBack(address: string, change: (device: HostDevice) => void): void {
  const device = run.scenario.host().device(address)!;
  [device.enabled, device.active] = [false, false];
  change(device);
}

describe.each<[string, (device: HostDevice) => void, RegExp]>([
  [
    "is used by the host itself",
    ({ description }) => Object.assign(description, { usedFor: "vsan" }),
    /^warning: Device 0000:3b:00\.0 .* is used by host esx01 \(host-12\) itself: a vSAN disk group[^]*rule H5/,
  ],
  [
    "can't be passed through any more",
    (device) => Object.assign(device.description, { passthrough: "unsupported" }),
    /^warning: Device 0000:3b:00\.0 .* can't be passed through\n[^]*rule H4/,
  ],
  [
    "would take another one along",
    (device) => {
      for (const one of [device, run.scenario.host().device(C)!])
        Object.assign(one.description, { dependentDevice: A });
    },
    /^warning: Device 0000:3b:00\.0 .* can't be passed through alone: 0000:60:00\.0[^]*rule H5/,
  ],
])("a drive that was declared and prepared, and now %s,", (_what, change, says) => {
  beforeEach(() => takeBack(A!, change));

  test("is told by name, and nothing is announced for it", async () => {
    const plan = await run.plan(config(A!, B!), state);
    expect(texts(plan.diagnostics)).toEqual([expect.stringMatching(says)]);
  });

  test("fails no apply, so that whoever depends on the host goes on, and is told again by the next plan", async () => {
    const { state: after, diagnostics } = await run.apply(config(A!, B!), state);
    expect([errorsOf({ diagnostics }), run.writes()]).toEqual([[], []]);
    expect(after!.value["active_devices"]).toEqual([B]);
    expect(texts((await run.plan(config(A!, B!), after)).diagnostics)).toEqual([expect.stringMatching(says)]);
  });

  test("is prepared once it is free again", async () => {
    const { state: after } = await run.apply(config(A!, B!), state);
    for (const { description } of run.scenario.host().devices)
      Object.assign(description, { usedFor: undefined, passthrough: "disabled", dependentDevice: undefined });
    run.writes();
    const { diagnostics } = await run.apply(config(A!, B!), after);
    expect([texts(diagnostics), run.writes()]).toEqual([
      [],
      [`UpdatePassthruConfig ${A}=true on pciPassthruSystem-12`],
    ]);
  });
});

test("a drive beside it that is new is prepared in the same apply", async () => {
  takeBack(A!, ({ description }) => Object.assign(description, { usedFor: "vsan" }));
  const { diagnostics } = await run.apply(config(A!, B!, C!), state);
  expect([errorsOf({ diagnostics }), run.writes()]).toEqual([
    [],
    [`UpdatePassthruConfig ${C}=true on pciPassthruSystem-12`],
  ]);
});

test("one that is declared for the first time is an error at plan, with no word of what would be set", async () => {
  takeBack(C!, ({ description }) => Object.assign(description, { usedFor: "vsan" }));
  const plan = await run.plan(config(A!, B!, C!), state);
  expect(texts(plan.diagnostics)).toEqual([expect.stringMatching(/^error: Device 0000:60:00\.0 .*[^]*rule H5/)]);
});
