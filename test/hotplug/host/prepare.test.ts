import type { WantedHost } from "../../../lib/hotplug/host/plan";
import type { HostOutcome } from "../../../lib/hotplug/host/outcome";
import { prepareHost, type HostPreparationOptions } from "../../../lib/hotplug/host/prepare";
import type { HostObservation, HostTarget } from "../../../lib/hotplug/host/target";
import { pciAddress } from "../../../lib/hotplug/pci-address";
import { FakeTarget, REFUSED, UNANSWERED } from "../../support/fake-target";
import { preparableDrive } from "../../support/preparable-drive";

const [A, B] = [pciAddress("0000:3b:00.0"), pciAddress("0000:5e:00.0")];
const RESTART = ["enter maintenance mode", "restart", "exit maintenance mode"];

/** A host in memory, its drives not passed through and its kernel parameter too low. */
class FakeHost extends FakeTarget implements HostTarget {
  readonly devices = new Map([A, B].map((address) => [address as string, preparableDrive(address)]));
  /** What is told of it beside its devices. */
  seen: Omit<HostObservation, "devices"> = {
    facts: {
      title: "esx01 (host-12)",
      connected: true,
      version: "8.0.3",
      runningIntrCookies: 1024,
      configuredIntrCookies: 1024,
    },
    endpoint: { apiType: "VirtualCenter", apiVersion: "8.0.3.0" },
    canRebind: true,
    inMaintenanceMode: false,
    heldBy: new Map(),
    unreadable: [],
  };
  blockers: string[] = [];

  async observe(): Promise<HostObservation> {
    await this.act("look");
    const devices = new Map([...this.devices].map(([address, device]) => [address, { ...device }]));
    return { ...this.seen, facts: { ...this.seen.facts }, devices };
  }

  async findBlockers(): Promise<string[]> {
    return this.blockers;
  }

  refresh = () => this.act("refresh");

  setPassthrough = (changes: readonly { address: string; enabled: boolean; applyNow: boolean }[]) =>
    this.act(`set ${changes.map(({ address, enabled }) => `${address}=${enabled}`).join()}`, () =>
      changes.forEach(({ address, enabled, applyNow }) => {
        const device = this.devices.get(address)!;
        device.passthroughEnabled = enabled;
        if (applyNow) device.passthroughActive = enabled;
      }),
    );

  setIntrCookies = (value: number) =>
    this.act(`cookies ${value}`, () => (this.seen.facts.configuredIntrCookies = value));

  enterMaintenanceMode = () => this.act("enter maintenance mode", () => (this.seen.inMaintenanceMode = true));

  exitMaintenanceMode = () => this.act("exit maintenance mode", () => (this.seen.inMaintenanceMode = false));

  restart = () =>
    this.act("restart", () => {
      this.seen.facts.runningIntrCookies = this.seen.facts.configuredIntrCookies;
      for (const device of this.devices.values()) device.passthroughActive = device.passthroughEnabled;
    });
}

let host: FakeHost;
beforeEach(() => (host = new FakeHost()));

const prepare = (
  wanted: Partial<WantedHost> = {},
  options: Partial<HostPreparationOptions> = {},
): Promise<HostOutcome> =>
  prepareHost(
    host,
    { devices: new Set([A, B]), minIntrCookies: 4096, reboot: "if_needed", release: new Set(), ...wanted },
    {
      clock: host.clock,
      signal: new AbortController().signal,
      changeTimeoutSeconds: 3600,
      waitForDeviceSeconds: 0,
      ...options,
    },
  );

/** A host on which all is set and only a restart is due. */
function setUp(): void {
  host.seen.canRebind = false;
  for (const device of host.devices.values()) device.passthroughEnabled = true;
  host.seen.facts.configuredIntrCookies = 4096;
}

test("looks, sets what is to be set, restarts once through maintenance mode, and says what it did", async () => {
  const { done, problems, enabled, active } = await prepare();
  expect(host.calls).toEqual([`set ${A}=true,${B}=true`, "cookies 4096", ...RESTART]);
  expect(problems).toEqual([]);
  expect([enabled, active]).toEqual([
    [A, B],
    [A, B],
  ]);
  expect(done).toEqual([
    `passthrough enabled for ${A}, ${B}`,
    "maxIntrCookies set to 4096",
    "maintenance mode entered",
    "restart begun",
    "host is back",
    "maintenance mode left",
  ]);
  host.calls.length = 0;
  expect([(await prepare()).problems, host.calls]).toEqual([[], []]);
});

test("answers with what was seen as its target sees it, after a failure by one more look", async () => {
  host.fails = { "cookies 4096": [UNANSWERED] };
  const { observed, done, active, problems } = await prepare();
  expect(problems).toEqual([{ kind: "failed", error: UNANSWERED }]);
  expect(done).toEqual([`passthrough enabled for ${A}, ${B}`]);
  expect([active, observed!.facts.configuredIntrCookies]).toEqual([[], 4096]);
});

describe("Answers as data", () => {
  test("a broken rule, before the first call", async () => {
    host.devices.get(A)!.usedByHost = ["datastore fast"];
    expect((await prepare()).problems).toMatchObject([{ kind: "violation", violation: { rule: "H5" } }]);
    expect(host.calls).toEqual([]);
  });

  test("a device that isn't there, after all else was done", async () => {
    host.devices.delete(B);
    const { problems } = await prepare({}, { waitForDeviceSeconds: 30 });
    expect(problems).toMatchObject([{ kind: "violation", violation: { rule: "V6", onlyDevice: B } }]);
    expect(host.calls.filter((call) => call !== "refresh")).toEqual([`set ${A}=true`, "cookies 4096", ...RESTART]);
  });

  test("what the host uses can't be told, and no drive is taken", async () => {
    host.seen.usesUnknown = new Error("not told");
    expect((await prepare()).problems).toEqual([{ kind: "failed", error: host.seen.usesUnknown }]);
    setUp();
    expect((await prepare()).problems).toEqual([{ kind: "failed", error: host.seen.usesUnknown }]);
    expect(host.calls).toEqual([]);
  });

  test("never seen", async () => {
    host.fails = { look: [REFUSED, REFUSED] };
    const { problems, observed, active } = await prepare();
    expect([problems, observed, active]).toEqual([[{ kind: "never_seen", error: REFUSED }], undefined, undefined]);
  });

  test("stopped, and out of time: no further call is begun", async () => {
    const stop = new AbortController();
    host.before = (call) => call.startsWith("set") && stop.abort(new Error("stop"));
    expect((await prepare({}, { signal: stop.signal })).problems).toEqual([{ kind: "stopped" }]);
    expect(host.calls).toEqual([`set ${A}=true,${B}=true`]);
    expect((await prepare({}, { changeTimeoutSeconds: 1 })).problems).toEqual([{ kind: "timed_out" }]);
    expect(host.calls.length).toBe(1);
  });

  test("stopped while a device is awaited", async () => {
    host.devices.delete(B);
    const stop = new AbortController();
    void host.clock.sleep(20_000).then(() => stop.abort(new Error("stop")));
    const { problems } = await prepare({}, { signal: stop.signal, waitForDeviceSeconds: 300 });
    expect([problems, host.clock.now() < 25_000]).toEqual([[{ kind: "stopped" }], true]);
  });

  test("set by its own account, and not shown", async () => {
    host.ignored.add("cookies 4096");
    expect((await prepare()).problems).toEqual([{ kind: "not_shown" }]);
  });

  test("devices that a virtual machine has, or may have, are kept", async () => {
    setUp();
    host.seen.heldBy = new Map([[A, "db (vm-42)"]]);
    const wanted = { devices: new Set<string>(), minIntrCookies: 0, release: new Set<string>([A, B]) };
    const { kept, released, problems } = await prepare(wanted);
    expect([kept, released, problems]).toEqual([[{ address: A, heldBy: "db (vm-42)", unreadable: [] }], [B], []]);
    host.seen.unreadable = ["web (vm-7)"];
    host.devices.get(B)!.passthroughEnabled = true;
    expect((await prepare(wanted)).kept).toMatchObject([{ address: A }, { address: B, unreadable: ["web (vm-7)"] }]);
  });

  test("a restart that the policy, or a virtual machine, doesn't allow", async () => {
    setUp();
    host.blockers = ["db (vm-42), which nobody moves"];
    for (const reboot of ["never", "if_needed"] as const)
      expect((await prepare({ reboot })).problems).toMatchObject([{ kind: "violation", violation: { rule: "H3" } }]);
    expect(host.calls).toEqual([]);
  });

  test("an entry into maintenance mode that fails, in doubt or not; one that took place is undone", async () => {
    setUp();
    host.fails = { "enter maintenance mode": [REFUSED, UNANSWERED] };
    const kind = "not_in_maintenance_mode";
    expect((await prepare()).problems).toEqual([{ kind, error: REFUSED, inDoubt: false }]);
    expect((await prepare()).problems).toEqual([{ kind, error: UNANSWERED, inDoubt: true }]);
    expect(host.calls).toEqual([RESTART[0], RESTART[0], RESTART[2]]);
    expect(host.seen.inMaintenanceMode).toBe(false);
  });

  test("still in maintenance mode, after several tries, and what went wrong before", async () => {
    setUp();
    host.fails = { restart: [REFUSED] };
    host.ignored.add("exit maintenance mode");
    const { problems } = await prepare();
    expect(problems).toEqual([{ kind: "still_in_maintenance_mode", before: { kind: "failed", error: REFUSED } }]);
    expect(host.calls.filter((call) => call === RESTART[2]).length).toBe(4);
  });

  test("restarted once, and never again where that was not enough", async () => {
    setUp();
    host.ignored.add("restart");
    const { problems } = await prepare();
    expect(problems).toMatchObject([{ kind: "restarted_in_vain", reasons: { length: 3 } }]);
    expect(host.calls).toEqual(RESTART);
  });
});

test("a host in maintenance mode stays in it", async () => {
  setUp();
  host.seen.inMaintenanceMode = true;
  expect([(await prepare()).problems, host.calls]).toEqual([[], ["restart"]]);
});

test("throws for a bug, after it has left maintenance mode", async () => {
  setUp();
  const onProgress = (message: string): void => {
    if (message === "host is back") throw new TypeError("a bug");
  };
  await expect(prepare({}, { onProgress })).rejects.toThrow("a bug");
  expect(host.seen.inMaintenanceMode).toBe(false);
});
