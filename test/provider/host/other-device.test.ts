import { hostDevice } from "../../../lib/simulator/core/host-device";
import type { InventoryDevice } from "../../../lib/simulator/inventory/inventory";
import type { Config, State } from "../../support/plugin-client";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, texts } from "../scenario";

// A card that is put in shifts the addresses of others: what is declared for a host may be something else by now.

const [A, B] = ["0000:3b:00.0", "0000:5e:00.0"];
const GPU = drive(A, { class: "0300", vendor: "10de", device: "26b9", vendorName: "NVIDIA", name: "L40S" });
const OTHER = drive(A, { vendor: "8086", device: "0b60", vendorName: "Intel", name: "P5520" });

const config = (...devices: string[]): Config => ({ host_id: "host-12", passthrough_devices: devices });
const OFF = { devices: [drive(A, { passthrough: "disabled" }), drive(B, { passthrough: "disabled" })] };

let run: PreparationRun;
let state: State;
beforeEach(async () => {
  run = await PreparationRun.start("hotplug_host", { inventory: smallInventory({ host: OFF }) });
  state = (await run.apply(config(A, B))).state!;
  expect(state.value["active_devices"]).toEqual([A, B]);
  run.writes();
});
afterEach(() => run.stop());

const put = (device: InventoryDevice): void => void run.scenario.host().devices.splice(0, 1, hostDevice(device));

describe.each([
  ["has passthrough by the former's setting", GPU],
  ["has none", { ...GPU, passthrough: "disabled" as const }],
])("a card at the address of a drive, which %s", (_what, card) => {
  test("is told by name at every plan, is no active device, and nothing is planned for it (V8)", async () => {
    put(card);
    const plan = await run.plan(config(A, B), state);
    expect(plan.action).toBe("no-op");
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(
        /^warning: Another device is at 0000:3b:00\.0 now: class 0300, 10de:26b9.*before 144d:a824[^]*rule V8/,
      ),
    ]);
    expect(plan.planned!["active_devices"]).toEqual([B]);
  });

  test("is not taken back with the address: it was never this resource's", async () => {
    put(card);
    const enabled = run.scenario.host().device(A)!.enabled;
    const { state: after, diagnostics } = await run.apply(config(B), state);
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(run.writes()).toEqual([]);
    expect(run.scenario.host().device(A)!.enabled).toBe(enabled);
    expect(after!.value["passthrough_devices"]).toEqual([B]);
  });

  test("keeps no other drive of the same change from being prepared", async () => {
    put(card);
    const C = "0000:60:00.0";
    run.scenario.host().devices.push(hostDevice(drive(C, { passthrough: "disabled" })));
    const plan = await run.plan(config(A, B, C), state);
    expect(errorsOf(plan)).toEqual([]);
    await run.apply(config(A, B, C), state);
    expect(run.writes()).toEqual([`UpdatePassthruConfig ${C}=true on pciPassthruSystem-12`]);
  });
});

test("a drive of another model at the address is told once, until an apply has seen it (V8)", async () => {
  put(OTHER);
  const plan = await run.plan(config(A, B), state);
  expect([plan.action, ...texts(plan.diagnostics)]).toEqual([
    "no-op",
    expect.stringMatching(/^warning: Another model is at 0000:3b:00\.0 now: 8086:0b60.*[^]*then apply again/),
  ]);
  expect(plan.planned!["active_devices"]).toEqual([A, B]);
  const { state: after } = await run.scenario.refresh(state);
  expect(texts((await run.plan(config(A, B), after)).diagnostics)).toEqual([]);
});

test("the address is taken back where a drive is there, of whatever model", async () => {
  put(OTHER);
  await run.apply(config(B), state);
  expect(run.writes()).toEqual([`UpdatePassthruConfig ${A}=false on pciPassthruSystem-12`]);
});
