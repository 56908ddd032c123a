import { GuestServer, type ShownDrive } from "../../support/guest-server";
import { A, B, E, Scenario, db, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
let guest: GuestServer;
/** What the guest does with a drive that is attached; nothing hides it. */
let drives: Record<string, Partial<ShownDrive> & { hidden?: boolean }>;
/** Drives that stay in the guest when they are gone from the virtual machine. */
let lingering: string[];

const IDS: Record<string, [number, number]> = { [A]: [0x8086, 0x0a54], [B]: [0x8086, 0x0a54], [E]: [0x144d, 0xa824] };
const NAMES = [A, B, E];

beforeEach(async () => {
  drives = {};
  lingering = [];
  guest = await GuestServer.start(() =>
    NAMES.filter(
      (name) => (scenario.attached().includes(name) || lingering.includes(name)) && !drives[name]?.hidden,
    ).map((name) => {
      const index = NAMES.indexOf(name as (typeof NAMES)[number]);
      const [vendorId, deviceId] = IDS[name]!;
      const { hidden: _hidden, ...changed } = drives[name] ?? {};
      return {
        address: `0000:1${index}:00.0`,
        vendorId,
        deviceId,
        serialNumber: `SN${index}`,
        disks: [`nvme${index}n1`],
        ...changed,
      };
    }),
  );
  scenario = await Scenario.start({ environment: { HOTPLUG_SSH_PRIVATE_KEY: guest.privateKey } });
});

afterEach(async () => {
  await scenario.stop();
  await guest.stop();
});

const withGuest = (devices: string[], more: Record<string, unknown> = {}): ReturnType<typeof db> =>
  db(devices, { guest: { ...guest.config, timeout: "1s", ...more } });

describe("a change that is confirmed in the guest", () => {
  it("tells of each device what the guest knows of it (G1)", async () => {
    const { state, diagnostics } = await scenario.apply(withGuest([A, E]));

    expect(texts(diagnostics)).toEqual([]);
    expect(state!.value["attached"]).toMatchObject({
      [A]: { confirmed: true, guest_address: "0000:10:00.0", serial_number: "SN0", block_devices: ["/dev/nvme0n1"] },
      [E]: { confirmed: true, guest_address: "0000:12:00.0", serial_number: "SN2", model: "FAKE NVME" },
    });
    expect((await scenario.plan(withGuest([A, E]), { state })).action).toBe("no-op");
  });

  it("takes one connection, and one round trip a look", async () => {
    await scenario.apply(withGuest([A, E]));

    expect([guest.logins, guest.looks]).toEqual([1, 3]);
  });

  it("sees a device that was removed leave (G2)", async () => {
    const state = await scenario.given(withGuest([A, B]));
    const { diagnostics } = await scenario.apply(withGuest([B]), { state });

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });

  it("ends with an error where the guest doesn't show a device in time; the next plan only confirms", async () => {
    const state = await scenario.given(withGuest([A]));
    drives[E] = { hidden: true };
    const failed = await scenario.apply(withGuest([A, E]), { state });
    expect(errorsOf(failed)).toEqual([expect.stringMatching(/doesn't show device 0000:5e:00.0 after 1 s/)]);
    expect(failed.state!.value["attached"]).toMatchObject({ [A]: { confirmed: true }, [E]: { confirmed: false } });

    drives[E] = {};
    const plan = await scenario.plan(withGuest([A, E]), { state: failed.state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [] } });
    const { state: confirmed } = await scenario.applyPlan(plan);
    expect(confirmed!.value["attached"]).toMatchObject({ [E]: { confirmed: true, serial_number: "SN2" } });
  });

  it("ends with an error where the guest still shows a device that was removed", async () => {
    const state = await scenario.given(withGuest([A, E]));
    lingering = [A];
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([expect.stringMatching(/still shows device 0000:3b:00.0 after 1 s/)]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });

  it("names both serial numbers where another drive is at an address, even one of the same model", async () => {
    const state = await scenario.given(withGuest([A, B]));
    const { state: without } = await scenario.apply(withGuest([B]), { state });
    drives[A] = { serialNumber: "OTHER" };
    const again = await scenario.apply(withGuest([A, B], { rescan: true }), { state });
    expect(without!.value["attached"]).not.toHaveProperty([A]);

    expect(warningsOf(again)).toContainEqual(expect.stringMatching(/serial number OTHER instead of SN0/));
    expect(again.state!.value["attached"]).toMatchObject({
      [A]: { serial_number: "OTHER" },
      [B]: { serial_number: "SN1" },
    });
  });
});

describe("a guest that can't be asked", () => {
  it("stops the change before its first call, with the way out", async () => {
    const state = await scenario.given(withGuest([A]));
    await guest.stop();
    const failed = await scenario.apply(withGuest([A, E]), { state });

    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(/can't be asked[^]*is not begun[^]*HOTPLUG_SKIP_GUEST=true/),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it("doesn't hold its drives for ever: a destroy with HOTPLUG_SKIP_GUEST goes through, and says so", async () => {
    const state = await scenario.given(withGuest([A]));
    await guest.stop();
    expect(errorsOf(await scenario.destroy(state))).toEqual([expect.stringContaining("can't be asked")]);

    const destroyed = await scenario.destroy(state, { environment: { HOTPLUG_SKIP_GUEST: "true" } });
    expect(destroyed.state).toBeNull();
    expect(warningsOf(destroyed)).toEqual([expect.stringContaining("was not asked")]);
  });

  it("is never logged in to where its key is another one", async () => {
    const other = await GuestServer.start(() => []);
    const failed = await scenario.apply(withGuest([A], { host_key: other.hostKey }));
    await other.stop();

    expect(errorsOf(failed)).toEqual([expect.stringContaining("shows another key than the one that is known")]);
    expect([guest.logins, scenario.calls()]).toEqual([0, []]);
  });

  it("is told at plan where nothing is there to log in with, or no key is known", async () => {
    const nothing = await scenario.plan(withGuest([A]), { environment: { HOTPLUG_SSH_PRIVATE_KEY: "" } });
    expect(errorsOf(nothing)).toEqual([expect.stringContaining("There is nothing to log in to the guest of")]);

    const noKey = await scenario.plan(withGuest([A], { host_key: undefined }));
    expect(errorsOf(noKey)).toEqual([expect.stringContaining("No key of the guest of virtual machine")]);
  });

  it("is asked nothing while the virtual machine is off", async () => {
    scenario.change((machine) => (machine.powerState = "poweredOff"));
    const outcome = await scenario.apply(withGuest([A]));

    expect(errorsOf(outcome)).toEqual([]);
    expect([guest.looks, outcome.state!.value["attached"]]).toMatchObject([0, { [A]: { confirmed: null } }]);
  });
});

describe("a drive that something in the guest holds", () => {
  it("is not removed: the error names it, its serial number, who holds it and how to let go; others are", async () => {
    const state = await scenario.given(withGuest([A, E]));
    drives[A] = { holders: [["mount", "nvme0n1", "/data"]], exclusive: "16" };
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(
        /0000:3b:00.0 is in use in the guest of .*mounted at \/data[^]*serial number SN0[^]*umount \/data/,
      ),
    ]);
    expect(scenario.calls()).toEqual([`remove ${E} on vm-42`]);
    expect(scenario.attached()).toEqual([A]);
  });

  it("is removed all the same under remove_in_use", async () => {
    const state = await scenario.given(withGuest([A]));
    drives[A] = { holders: [["mount", "nvme0n1", "/data"]] };
    const { diagnostics } = await scenario.apply(withGuest([], { remove_in_use: true }), { state });

    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.attached()).toEqual([]);
  });

  it("counts as held where the guest can't tell", async () => {
    const state = await scenario.given(withGuest([A]));
    drives[A] = { exclusive: "" };
    const failed = await scenario.apply(withGuest([]), { state });

    expect(errorsOf(failed)).toEqual([expect.stringMatching(/can't tell whether device .* is in use[^]*python3/)]);
    expect(scenario.calls()).toEqual([]);
  });
});
