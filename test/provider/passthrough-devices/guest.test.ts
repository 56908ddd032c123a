import { A, B, E, Scenario, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start({ guests: true })));
afterEach(() => scenario.stop());

const INTEL = { vendor: "8086", device: "0a54", subsystemVendor: "8086", subsystemDevice: "4702" };
const withGuest = (devices: string[], guest: Record<string, unknown> = {}): ReturnType<Scenario["confirmed"]> =>
  scenario.confirmed(devices, { guest });
const serialNumbers = (): Record<string, string> =>
  Object.fromEntries(scenario.guest.drives().map(({ hostAddress, serialNumber }) => [hostAddress, serialNumber]));

describe("a change that is confirmed in the guest", () => {
  it("tells of each device what the guest knows of it (G1)", async () => {
    const { state, diagnostics } = await scenario.apply(withGuest([A, E]));

    expect(texts(diagnostics)).toEqual([]);
    expect(state!.value["attached"]).toMatchObject({
      [A]: {
        confirmed: true,
        guest_address: "0000:13:00.0",
        serial_number: serialNumbers()[A],
        block_devices: ["/dev/nvme0n1"],
      },
      [E]: {
        confirmed: true,
        guest_address: "0000:1b:00.0",
        serial_number: serialNumbers()[E],
        model: "NVMe SSD Controller PM173X",
      },
    });
    expect((await scenario.plan(withGuest([A, E]), { state })).action).toBe("no-op");
  });

  it("takes one connection, and one round trip a look", async () => {
    await scenario.apply(withGuest([A, E]));

    expect(scenario.guest.visits).toEqual({ logins: 1, commands: 3 });
  });

  it("sees a device that was removed leave (G2)", async () => {
    const state = await scenario.given(withGuest([A, B]));
    const { diagnostics } = await scenario.apply(withGuest([B]), { state });

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });

  it("ends with an error where the guest doesn't show a device in time; the next plan only confirms", async () => {
    const state = await scenario.given(withGuest([A]));
    scenario.guest.hide(E);
    const failed = await scenario.apply(withGuest([A, E]), { state });
    expect(errorsOf(failed)).toEqual([expect.stringMatching(/doesn't show device 0000:5e:00.0 after 1 s/)]);
    expect(failed.state!.value["attached"]).toMatchObject({ [A]: { confirmed: true }, [E]: { confirmed: false } });

    scenario.guest.show(E);
    const plan = await scenario.plan(withGuest([A, E]), { state: failed.state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [] } });
    const { state: confirmed } = await scenario.applyPlan(plan);
    expect(confirmed!.value["attached"]).toMatchObject({ [E]: { confirmed: true } });
  });

  it("ends with an error where the guest still shows a device that was removed", async () => {
    const state = await scenario.given(withGuest([A, E]));
    scenario.guest.lag = { addMs: 0, removalMs: 3_600_000 };
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([expect.stringMatching(/still shows device 0000:3b:00.0 after 1 s/)]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });

  it("names both serial numbers where another drive is at an address, even one of the same model", async () => {
    const state = await scenario.given(withGuest([A, B]));
    const before = serialNumbers();
    const { state: without } = await scenario.apply(withGuest([B]), { state });
    expect(without!.value["attached"]).not.toHaveProperty([A]);
    scenario.vcenter.pullDevice("host-12", A);
    scenario.vcenter.plugDevice("host-12", { ...INTEL, address: A, serialNumber: "OTHER" });
    const again = await scenario.apply(withGuest([A, B], { rescan: true }), { state });

    expect(warningsOf(again)).toContainEqual(expect.stringContaining(`serial number OTHER instead of ${before[A]}`));
    expect(again.state!.value["attached"]).toMatchObject({
      [A]: { serial_number: "OTHER" },
      [B]: { serial_number: before[B] },
    });
  });
});

describe("a guest that can't be asked", () => {
  it("stops the change before its first call, with the way out", async () => {
    const state = await scenario.given(withGuest([A]));
    await scenario.vcenter.guests!.refuse("db");
    const failed = await scenario.apply(withGuest([A, E]), { state });

    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(/can't be asked[^]*is not begun[^]*HOTPLUG_SKIP_GUEST=true/),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it("doesn't hold its drives for ever: a destroy with HOTPLUG_SKIP_GUEST goes through, and says so", async () => {
    const state = await scenario.given(withGuest([A]));
    await scenario.vcenter.guests!.refuse("db");
    expect(errorsOf(await scenario.destroy(state))).toEqual([expect.stringContaining("can't be asked")]);

    const destroyed = await scenario.destroy(state, { environment: { HOTPLUG_SKIP_GUEST: "true" } });
    expect(destroyed.state).toBeNull();
    expect(warningsOf(destroyed)).toEqual([expect.stringContaining("was not asked")]);
  });

  it("is never logged in to where its key is another one", async () => {
    await scenario.vcenter.guests!.impersonate("db");
    const failed = await scenario.apply(withGuest([A]));

    expect(errorsOf(failed)).toEqual([expect.stringContaining("shows another key than the one that is known")]);
    expect([scenario.guest.visits.logins, scenario.calls()]).toEqual([0, []]);
  });

  it("is told at plan where nothing is there to log in with, or no key is known", async () => {
    const nothing = await scenario.plan(withGuest([A]), { environment: { HOTPLUG_SSH_PRIVATE_KEY: "" } });
    expect(errorsOf(nothing)).toEqual([expect.stringContaining("There is nothing to log in to the guest of")]);

    const noKey = await scenario.plan(withGuest([A]), { environment: { HOTPLUG_SSH_KNOWN_HOSTS: "" } });
    expect(errorsOf(noKey)).toEqual([expect.stringContaining("No key of the guest of virtual machine")]);
  });

  it("is asked nothing while the virtual machine is off", async () => {
    const config = withGuest([A]);
    scenario.change((machine) => (machine.powerState = "poweredOff"));
    const outcome = await scenario.apply(config);

    expect(errorsOf(outcome)).toEqual([]);
    expect([scenario.guest.visits.commands, outcome.state!.value["attached"]]).toMatchObject([
      0,
      { [A]: { confirmed: null } },
    ]);
  });
});

describe("a drive that something in the guest holds", () => {
  it("is not removed: the error names it, its serial number, who holds it and how to let go; others are", async () => {
    const state = await scenario.given(withGuest([A, E]));
    const before = serialNumbers();
    scenario.guest.hold(A, "mount", "/data");
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(
        new RegExp(`${A} is in use in the guest of .*mounted at /data[^]*serial number ${before[A]}[^]*umount /data`),
      ),
    ]);
    expect(scenario.calls()).toEqual([`remove ${E} on vm-42`]);
    expect(scenario.attached()).toEqual([A]);
  });

  it("names ten of many holders, and how many more there are", async () => {
    const state = await scenario.given(withGuest([A]));
    for (let each = 1; each <= 12; each++) scenario.guest.hold(A, "mount", `/data${each}`);
    const [error = ""] = errorsOf(await scenario.apply(withGuest([]), { state }));

    expect(error.match(/mounted at/g)).toHaveLength(10);
    expect(error.match(/Unmount it/g)).toHaveLength(10);
    expect(error).toContain("; 2 more");
  });

  it("is removed all the same under remove_in_use", async () => {
    const state = await scenario.given(withGuest([A]));
    scenario.guest.hold(A, "mount", "/data");
    const { diagnostics } = await scenario.apply(withGuest([], { remove_in_use: true }), { state });

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([]);
  });

  it("counts as held where the guest can't tell", async () => {
    const state = await scenario.given(withGuest([A]));
    scenario.guest.tellsHolders = false;
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([expect.stringMatching(/can't tell whether device .* is in use[^]*python3/)]);
    expect(scenario.calls()).toEqual([]);
  });
});
