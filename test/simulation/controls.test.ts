import type { Step } from "../../lib/hotplug/devices/plan";
import type { AttachedDevice, DevicesTarget, DevicesObservation } from "../../lib/hotplug/devices/target";
import type { ObjectValue } from "../../lib/tfplugin6/value";
import type { Outcome } from "../support/plugin-client";
import { ADDRESSES } from "./disturbance";
import { APPLY_INVARIANTS, FINAL_INVARIANTS } from "./invariants";
import { EmbeddedWorld } from "./embedded-world";
import { runHistory } from "./history";
import type { Broken } from "./model-resource";
import { ModelWorld } from "./model-world";
import { simulate } from "./simulate";

const everyStep = (declared: Iterable<string>): Step[] =>
  ["add", "remove"]
    .flatMap((operation) => ADDRESSES.map((address) => ({ operation, address }) as Step))
    .filter(({ operation, address }) => (operation === "add") === [...declared].includes(address));

/** Another `attached` in the state that an apply answers. */
const attached =
  (change: (attached: ObjectValue) => ObjectValue) =>
  (outcome: Outcome): Outcome =>
    outcome.state
      ? {
          ...outcome,
          state: {
            ...outcome.state,
            value: { ...outcome.state.value, attached: change(outcome.state.value.attached as ObjectValue) },
          },
        }
      : outcome;

/** A target that takes a call's success for the device's being there, instead of looking. */
function believing<O extends DevicesObservation>(target: DevicesTarget<O>): DevicesTarget<O> {
  let last: O;
  let believed: AttachedDevice | undefined;
  return {
    ...target,
    observe: async () => {
      if (!believed) return (last = await target.observe());
      const attached = [...last.attached, believed];
      believed = undefined;
      return { ...last, attached };
    },
    add: async (device, observed) => {
      await target.add(device, observed);
      believed = {
        address: device.address,
        key: 0,
        label: "believed",
        name: "",
        vendorId: device.vendorId,
        deviceId: device.deviceId,
      };
    },
  };
}

/** For each invariant, something broken that only it is sure to notice. */
const CONTROLS: Record<string, { broken?: Broken; guests?: boolean; sabotage?(outcome: Outcome): Outcome }> = {
  "a call has one device, and nothing beside it": {
    broken: { call: { beside: ["memoryMB"] } },
  },
  "no call is made that the plan's steps don't name": {
    broken: { change: (change) => ({ ...change, planned: everyStep(change.declared) }) },
  },
  "no device that was declared before and after is ever removed": {
    broken: { change: (change) => ({ ...change, declared: new Set(), planned: everyStep([]) }) },
  },
  "one process has no two calls in flight": {
    broken: {
      target: (target) => ({
        ...target,
        add: async (device, observed) =>
          void (await Promise.allSettled([target.add(device, observed), target.add(device, observed)])),
      }),
    },
  },
  "each call is verified before another is made": { broken: { target: believing } },
  "no call is made after one that failed": {
    broken: {
      target: (target) => ({
        ...target,
        add: (device, observed) => target.add(device, observed).catch(() => target.add(device, observed)),
      }),
    },
  },
  "no drive is removed that the guest held when it was asked last": {
    guests: true,
    broken: {
      guest: ({ look }) => ({
        look: async (request) => {
          const seen = await look(request);
          const free = [...seen.holders.keys()].map((drive) => [drive, { holders: [], unanswered: [] }] as const);
          return { ...seen, holders: new Map(free) };
        },
      }),
    },
  },
  "nothing is called confirmed that the guest didn't show when it was asked last": {
    guests: true,
    sabotage: attached((value) =>
      Object.fromEntries(
        Object.entries(value).map(([address, device]) => [address, { ...(device as ObjectValue), confirmed: true }]),
      ),
    ),
  },
  "no drive's serial number is told of another device": {
    guests: true,
    sabotage: attached((value) => {
      const serials = Object.values(value).map((device) => (device as ObjectValue).serial_number!);
      return Object.fromEntries(
        Object.entries(value).map(([address, device], index) => [
          address,
          { ...(device as ObjectValue), serial_number: serials[(index + 1) % serials.length]! },
        ]),
      );
    }),
  },
  "a device that appeared since the plan is an error before the first call": {
    broken: { change: (change) => ({ ...change, declared: new Set(ADDRESSES) }) },
  },
  "the state names nothing that isn't attached": {
    sabotage: attached((value) => ({ ...value, "0000:d8:00.0": Object.values(value)[0] ?? null })),
  },
  "the state forgets nothing, except after a failed create whose error names it": {
    sabotage: attached((value) => Object.fromEntries(Object.entries(value).slice(1))),
  },
  "the virtual machine has exactly the declared devices that exist": {
    broken: {
      change: (change) => ({ ...change, declared: new Set([...change.declared].slice(1)), planned: change.planned }),
    },
  },
  "an apply fails exactly where a device is missing, and names it": {
    sabotage: (outcome) => ({ ...outcome, diagnostics: [] }),
  },
  "a plan after it is empty, but for what is missing": {
    broken: { read: (nvme) => nvme.slice(1) },
  },
};

describe("The simulation notices", () => {
  test("each of its invariants has a control", () => {
    expect(Object.keys(CONTROLS).sort()).toEqual(
      [...Object.keys(APPLY_INVARIANTS), ...Object.keys(FINAL_INVARIANTS)].sort(),
    );
  });

  test.each(Object.entries(CONTROLS))(
    "where it is broken that %s",
    async (invariant, { broken, sabotage, guests = false }) => {
      const failures: string[] = [];
      for (let seed = 1; seed <= 60 && !failures.some((failure) => failure.includes(`BROKEN: ${invariant}`)); seed++) {
        const { failure } = await simulate({
          first: seed,
          histories: 1,
          history: (random) =>
            runHistory({
              random,
              guests,
              makeWorld: (devices) => new ModelWorld(devices, broken),
              ...(sabotage && { sabotage }),
            }),
        });
        failures.push(failure ?? "");
      }
      expect(failures.at(-1)).toContain(`BROKEN: ${invariant}`);
      expect(failures.at(-1)).toMatch(/^seed \d+ \(replay it with HOTPLUG_SEED=\d+\)/);
    },
  );

  test("what is wrong with the second of two machines, over the whole provider and the embedded vCenter", async () => {
    const forgetting = attached((value) => Object.fromEntries(Object.entries(value).slice(1)));
    const { failure } = await simulate({
      histories: 20,
      history: (random) =>
        runHistory({
          random,
          machines: 2,
          makeWorld: (devices) => new EmbeddedWorld(devices, { machines: 2 }),
          sabotage: (outcome) => (outcome.state?.value.virtual_machine_id === "vm-43" ? forgetting(outcome) : outcome),
        }),
    });
    expect(failure).toContain("BROKEN: the state forgets nothing");
  });

  test("a failed create whose error doesn't name what is attached", async () => {
    const sabotage = (outcome: Outcome): Outcome => ({
      ...outcome,
      diagnostics: outcome.diagnostics.map((diagnostic) => ({ ...diagnostic, summary: "It failed", detail: "" })),
    });
    const { failure } = await simulate({
      histories: 60,
      history: (random) => runHistory({ random, makeWorld: (devices) => new ModelWorld(devices), sabotage }),
    });
    expect(failure).toMatch(/BROKEN: (the state forgets nothing|an apply fails exactly)/);
  });
});
