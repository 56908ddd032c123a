import {
  activeDevices,
  devicesDueAtRestart,
  devicesLostByRestart,
  devicesToEnable,
  hostObstacles,
  isBlocking,
  needsRestart,
  planHost,
  type HostPlan,
} from "../../../lib/hotplug/host/plan";
import type { HostObservation, PreparableDevice } from "../../../lib/hotplug/host/target";
import type { HostFacts } from "../../../lib/hotplug/facts";
import { preparableDrive as device } from "../../support/preparable-drive";

const [A, B, C] = ["0000:3b:00.0", "0000:5e:00.0", "0000:86:00.0"] as [string, string, string];
const ON = { passthroughEnabled: true, passthroughActive: true };
const PENDING = { passthroughEnabled: true, passthroughActive: false };
const wanted = (...addresses: string[]) => ({ devices: new Set(addresses), minIntrCookies: 4096 });
const observed = (
  devices: PreparableDevice[],
  { facts, ...more }: Partial<Omit<HostObservation, "facts">> & { facts?: Partial<HostFacts> } = {},
): HostObservation => ({
  facts: { title: "esx01 (host-12)", connected: true, ...facts },
  devices: new Map(devices.map((one) => [one.address, one])),
  endpoint: { apiType: "VirtualCenter", apiVersion: "8.0.3.0" },
  canRebind: false,
  inMaintenanceMode: false,
  heldBy: new Map(),
  unreadable: [],
  ...more,
});
const rulesAgainst = (host: HostObservation, ...addresses: string[]): string[] =>
  hostObstacles(host, { ...wanted(...addresses) }).violations.map(({ rule }) => rule);

describe("The plan for a host", () => {
  it("is in address order, and leaves out what isn't there and what is no drive", () => {
    const host = observed([device(B), device(A), device(C, { classId: 0x0302 })]);

    expect(planHost(host, wanted(C, "0000:d8:00.0", B, A)).enable).toEqual([A, B]);
  });

  it("binds anew what is pending, where passthrough can become active without a restart, and once", () => {
    const host = { ...observed([device(A, PENDING), device(B, PENDING)]), canRebind: true };

    expect(planHost(host, wanted(A, B))).toMatchObject({ bind: [A, B], restartReasons: [] });
    expect(planHost(host, { ...wanted(A, B), boundInVain: new Set([A]) })).toMatchObject({
      bind: [B],
      restartReasons: [`passthrough of ${A} is enabled and not active`],
    });
    expect(planHost({ ...host, canRebind: false }, wanted(A)).bind).toEqual([]);
  });

  it("says what the kernel runs with, and what is set", () => {
    const reasons = (runningIntrCookies?: number, configuredIntrCookies?: number): string[] =>
      planHost(observed([], { facts: { runningIntrCookies, configuredIntrCookies } }), wanted()).restartReasons;

    expect(reasons(1024, 8192)).toEqual(["the kernel runs with maxIntrCookies 1024, and 8192 is set"]);
    expect(reasons(4096, 8192)).toEqual([]);
    expect(reasons(undefined, 8192)).toEqual([]);
  });

  it("takes a restart for what only a restart brings into force", () => {
    const plan: HostPlan = { enable: [], bind: [], restartReasons: [] };
    const needs = (more: Partial<HostPlan>, running?: number, canRebind = false): boolean =>
      needsRestart(
        { ...plan, ...more },
        { facts: { title: "esx01", runningIntrCookies: running }, canRebind, wanted: wanted() },
      );

    expect(needs({})).toBe(false);
    expect(needs({ restartReasons: ["it is due"] }, 4096)).toBe(true);
    expect([needs({ enable: [A] }), needs({ enable: [A] }, 4096, true)]).toEqual([true, false]);
    expect([needs({ intrCookies: 4096 }, 1024), needs({ intrCookies: 4096 }), needs({}, 1024)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(needs({ intrCookies: 4096 }, 4096)).toBe(false);
  });
});

describe("What stands against preparing a host", () => {
  it("is nothing where its drives are there and free", () => {
    expect(hostObstacles(observed([device(A)]), wanted(A))).toEqual({ violations: [] });
  });

  it("is not the kernel's own setting, which the preparation brings up", () => {
    expect(rulesAgainst(observed([device(A)], { facts: { runningIntrCookies: 1 } }), A)).toEqual([]);
  });

  it("is a missing drive, told as what was seen there before", () => {
    const remembered = new Map([[A, { classId: 0x0108, vendorId: 0x8086, deviceId: 0x0b60 }]]);
    const summaries = (host: HostObservation): string[] =>
      hostObstacles(host, { ...wanted(A), remembered }).violations.map(({ summary }) => summary);

    expect(summaries(observed([]))).toEqual([`Host esx01 (host-12) shows no device at ${A} (8086:0b60 before)`]);
    expect(summaries(observed([device(A)]))).toEqual([]);
    expect(summaries(observed([device(A, { classId: 0x0302 })]))).toEqual([
      expect.stringMatching(/^Another device is at 0000:3b:00\.0 now: class 0302/),
    ]);
  });

  it("is that nobody knows what the host uses, where a drive is to be taken", () => {
    const usesUnknown = new Error("no answer");
    const told = (devices: PreparableDevice[], more: Partial<HostObservation> = {}): unknown =>
      hostObstacles(observed(devices, { usesUnknown, ...more }), wanted(A)).usesUnknown;

    expect(told([device(A)])).toBe(usesUnknown);
    expect(told([device(A, PENDING)], { canRebind: true })).toBe(usesUnknown);
    expect(told([device(A, ON)])).toBeUndefined();
    expect(told([])).toBeUndefined();
    expect(told([device(A, { passthroughCapable: false })])).toBeUndefined();
    expect(hostObstacles(observed([device(A)]), wanted(A))).not.toHaveProperty("usesUnknown");
  });

  it("stops the whole unless it is about one device, or advice", () => {
    const violation = { rule: "V6", summary: "", why: "", remedy: "" } as const;

    expect(isBlocking({ ...violation, weight: "fixed" })).toBe(true);
    expect(isBlocking({ ...violation, weight: "changeable", onlyDevice: A })).toBe(false);
    expect(isBlocking({ ...violation, weight: "advice" })).toBe(false);
  });
});

describe("Of a host's devices", () => {
  it("those are active that are drives, enabled and in force, in address order", () => {
    const host = observed([device(B, ON), device(A, ON), device(C, { ...ON, classId: 0x0302 })]);

    expect(activeDevices(host, [C, B, A, "0000:d8:00.0"])).toEqual([A, B]);
    expect(activeDevices(observed([device(A, { ...ON, passthroughEnabled: false })]), [A])).toEqual([]);
  });

  it("those to be enabled are told in address order, without their passthrough, and with what goes along", () => {
    const host = observed([device(B, { ...ON, usedByHost: ["vmhba1"] }), device(A, { dependentDevice: B })]);
    const { passthroughEnabled: _, passthroughActive: __, ...bare } = device(A, { dependentDevice: B });
    const { passthroughEnabled: ___, passthroughActive: ____, ...taken } = device(B);

    expect(devicesToEnable(host, new Set([C, B, A]))).toEqual([
      { address: A, onHost: bare, takesAlong: [] },
      { address: B, onHost: taken },
      { address: C, onHost: null },
    ]);
    expect(devicesToEnable(observed([device(A, { passthroughActive: true })]), new Set([A]))[0]!.takesAlong).toEqual(
      [],
    );
  });

  it("those go along that depend on the same one or are it, neither named, nor bridges, nor taken already", () => {
    const along = (other: Partial<PreparableDevice>, own: Partial<PreparableDevice> = {}): string[] =>
      devicesToEnable(observed([device(A, { dependentDevice: C, ...own }), device(B, other)]), new Set([A]))[0]!
        .takesAlong!;

    expect(along({ dependentDevice: C, usedByHost: ["vmhba1", "a vSAN disk group"] })).toEqual([
      `${B} (Samsung PM1733, used by the host: vmhba1, a vSAN disk group)`,
    ]);
    expect(along({ dependentDevice: C, usedByHost: undefined })).toEqual([`${B} (Samsung PM1733)`]);
    expect(along({ dependentDevice: undefined }, { dependentDevice: B })).toEqual([`${B} (Samsung PM1733)`]);
    expect(along({ dependentDevice: A }, { dependentDevice: undefined })).toEqual([`${B} (Samsung PM1733)`]);
    expect([along({}), along({ dependentDevice: C, classId: 0x0604 })]).toEqual([[], []]);
    expect([along({ dependentDevice: C, ...PENDING }), along({ dependentDevice: C, passthroughActive: true })]).toEqual(
      [[], []],
    );
  });

  it("those go at the next restart that are enabled and not active; what the host uses of them is lost", () => {
    const host = observed([
      device(A, { ...PENDING, usedByHost: ["vmhba1", "vmhba2"] }),
      device(B, { ...PENDING, usedByHost: undefined }),
      device(C, { ...ON, usedByHost: ["vmhba3"] }),
    ]);

    expect(devicesDueAtRestart(host).map(({ address }) => address)).toEqual([A, B]);
    expect(devicesLostByRestart(host)).toEqual([`${A} (Samsung PM1733, used by the host: vmhba1, vmhba2)`]);
  });
});
