import type { InventoryHost } from "../../../lib/simulator/inventory/inventory";
import * as hostStorage from "../../../lib/simulator/objects/host/host-storage";
import type { DataObject } from "../../../lib/simulator/value";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf } from "../scenario";

jest.mock("../../../lib/simulator/objects/host/host-storage", () => {
  const actual = jest.requireActual<typeof hostStorage>("../../../lib/simulator/objects/host/host-storage");
  return { ...actual, storageDevice: jest.fn(actual.storageDevice) };
});
const { storageDevice } = jest.requireActual<typeof hostStorage>("../../../lib/simulator/objects/host/host-storage");
/** From now on vCenter tells this of the storage of a host. */
const answerWith = (change: (storage: DataObject) => DataObject): void =>
  void jest.mocked(hostStorage.storageDevice).mockImplementation((host) => change(storageDevice(host)));

const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const BOTH = { host_id: "host-12", passthrough_devices: [A, E] };

let run: PreparationRun;
const start = async (host: Partial<InventoryHost>): Promise<void> => {
  run = await PreparationRun.start("hotplug_host", {
    inventory: smallInventory({ machine: { powerState: "poweredOff" }, host }),
  });
};
afterEach(async () => {
  answerWith((storage) => storage);
  await run.stop();
});

describe("Where vCenter's answer leaves open which drives the host itself uses (H5)", () => {
  const adapters =
    (change: (adapter: DataObject) => DataObject) =>
    (storage: DataObject): DataObject => ({
      ...storage,
      hostBusAdapter: (storage["hostBusAdapter"] as DataObject[]).map(change),
    });
  const noAdapterHasAnAddress = adapters(({ pci: _, ...adapter }) => adapter as DataObject);
  const UNPREPARED = { version: "8.0.2" };
  const devices = [
    drive(A, { passthrough: "disabled", usedFor: { datastore: "fast" } }),
    drive(E, { passthrough: "disabled" }),
  ];
  const isOpen =
    /the PCI device behind t10\.NVMe\S+ \(datastore "fast", partition 1\).*any NVMe drive.*rescan its storage/s;

  test.each([
    [
      "an adapter's address lacks its domain",
      adapters((adapter) => ({ ...adapter, pci: String(adapter["pci"]).slice("0000:".length) })),
      /is used by host esx01 \(host-12\) itself.*rule H5/s,
    ],
    ["an adapter has no address", noAdapterHasAnAddress, isOpen],
    ["the topology is missing", ({ scsiTopology: _, ...storage }: DataObject) => storage as DataObject, isOpen],
    [
      "the list of adapters is empty",
      (storage: DataObject) => ({ ...storage, hostBusAdapter: [] }),
      /hostBusAdapter of HostSystem host-12.*none is taken for free/s,
    ],
  ])("none is taken: %s", async (_what, change, says) => {
    await start({ ...UNPREPARED, devices });
    answerWith(change);
    expect(errorsOf(await run.plan({ ...BOTH, passthrough_devices: [A] }))).toEqual([expect.stringMatching(says)]);
    expect(run.writes()).toEqual([]);
  });

  test(
    "none is taken, though it was told at plan, and not even another one; once it is told again, " + "that one is",
    async () => {
      await start({ ...UNPREPARED, devices });
      const config = { ...BOTH, passthrough_devices: [E] };
      const plan = await run.plan(config);
      answerWith(noAdapterHasAnAddress);
      expect(errorsOf(await run.scenario.applyPlan(plan))).toEqual([expect.stringMatching(isOpen)]);
      expect(run.writes()).toEqual([]);
      answerWith((storage) => storage);
      expect(errorsOf(await run.apply(config))).toEqual([]);
      expect(run.writes()[0]).toBe(`UpdatePassthruConfig ${E}=true on pciPassthruSystem-12`);
    },
  );

  test("what is enabled already is refreshed, planned, kept and given back", async () => {
    await start({ version: "8.0.3", devices });
    const { state } = await run.apply({ ...BOTH, passthrough_devices: [E] });
    run.writes();
    answerWith(noAdapterHasAnAddress);
    expect(await run.plan({ ...BOTH, passthrough_devices: [E] }, state)).toMatchObject({
      action: "no-op",
      diagnostics: [],
    });
    const other = await run.apply({ ...BOTH, passthrough_devices: [E], reboot: "if_needed" }, state);
    expect([errorsOf(other), run.writes()]).toEqual([[], []]);
    expect(errorsOf(await run.destroy(other.state!))).toEqual([]);
    expect(run.writes()).toEqual([`UpdatePassthruConfig ${E}=false on pciPassthruSystem-12`]);
  });

  test("the host is not restarted while that would take a drive that somebody enabled", async () => {
    await start({ ...UNPREPARED, devices });
    run.scenario.host().device(A)!.enabled = true;
    answerWith(noAdapterHasAnAddress);
    const { diagnostics } = await run.apply({ ...BOTH, passthrough_devices: [], reboot: "if_needed" });
    expect(errorsOf({ diagnostics })).toEqual([expect.stringMatching(isOpen)]);
    expect(run.writes()).toEqual([expect.stringMatching(/^esxcli kernel set/)]);
  });
});
