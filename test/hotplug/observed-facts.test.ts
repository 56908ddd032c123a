import {
  addressable,
  hostDevice,
  hostFacts,
  readinessFacts,
  titleOf,
  virtualMachineFacts,
  type ObservedHost,
  type ObservedVirtualMachine,
} from "../../lib/hotplug/observed-facts";

const PM1733 = { classId: 0x0108, vendorId: 0x144d, deviceId: 0xa824 };
const GPU = { classId: 0x0302, vendorId: 0x10de, deviceId: 0x2330 };
const onHost = (address: string, ids = PM1733): ObservedHost["pciDevices"][number] => ({
  ...ids,
  address,
  vendorName: "Samsung\u0007",
  deviceName: "PM1733",
  passthrough: { capable: true, enabled: true, active: false, dependentDevice: "0000:3a:00.0" },
});
const shown = (address: string, ids = PM1733): object => ({
  ...ids,
  address,
  vendorName: "Samsung\\u{7}",
  deviceName: "PM1733",
  passthroughCapable: true,
  passthroughEnabled: true,
  passthroughActive: false,
  dependentDevice: "0000:3a:00.0",
});
const HOST: ObservedHost = {
  name: "esx01",
  reference: { value: "host-12" },
  connectionState: "connected",
  apiVersion: "8.0.3.0",
  productVersion: "8.0.3",
  fptHotplugSupported: true,
  statelessBoot: false,
  vendor: "Dell Inc.",
  model: "PowerEdge",
  biosVersion: "2.1",
  pciDevices: [onHost("0000:3b:00.0"), onHost("0000:af:00.0", GPU), onHost("10000:01:00.0")],
};

type Machine = ObservedVirtualMachine & NonNullable<Parameters<typeof readinessFacts>[0]["virtualMachine"]>;
const machine = (...devices: { address: string; label: string; ids?: typeof PM1733 }[]): Machine => ({
  name: "db",
  reference: { value: "vm-42" },
  connectionState: "connected",
  powerState: "poweredOn",
  dynamicPassthroughDevices: [{ label: "vGPU\u0007" }],
  passthroughDevices: devices.map(({ address, label, ids = PM1733 }) => ({
    address,
    label,
    vendorId: ids.vendorId,
    deviceId: ids.deviceId,
  })),
});

test("Names are told with their ids, printable", () => {
  expect(titleOf({ name: "d\u0007b", reference: { value: "vm-42" } })).toBe("d\\u{7}b (vm-42)");
});

test("A virtual machine's facts are what was read, its name and its labels printable", () => {
  expect(virtualMachineFacts(machine())).toMatchObject({
    title: "db (vm-42)",
    connected: true,
    powerState: "poweredOn",
    dynamicPassthroughDevices: ["vGPU\\u{7}"],
  });
  expect(virtualMachineFacts({ ...machine(), connectionState: "orphaned" }).connected).toBe(false);
});

test("A host's facts are what was read, with what is known beside it", () => {
  const extras = { intrCookies: { running: 1, configured: 2 }, pcieHotplug: { running: true, configured: false } };
  const facts = {
    title: "esx01 (host-12)",
    connected: true,
    version: "8.0.3.0",
    fptHotplugSupported: true,
    bootedFromStatelessCache: false,
  };

  expect(hostFacts(HOST, extras)).toEqual({
    ...facts,
    runningIntrCookies: 1,
    configuredIntrCookies: 2,
    runningPcieHotplug: true,
    configuredPcieHotplug: false,
  });
  expect(hostFacts(HOST)).toEqual(facts);
  const { apiVersion: _, ...older } = { ...HOST, connectionState: "notResponding" };
  expect(hostFacts(older)).toEqual({ ...facts, connected: false, version: "8.0.3" });
});

test("A device of a host has its names printable, its passthrough where that is known, and who uses it", () => {
  const { passthrough: _, ...bare } = onHost("0000:3b:00.0");
  const usedByHost = new Map([["0000:3b:00.0", ["vmhba1\u0007"]]]);

  expect(hostDevice(onHost("0000:3b:00.0"))).toStrictEqual(shown("0000:3b:00.0"));
  expect(hostDevice(bare)).toStrictEqual({
    ...PM1733,
    address: "0000:3b:00.0",
    vendorName: "Samsung\\u{7}",
    deviceName: "PM1733",
  });
  expect(hostDevice(bare, { usedByHost }).usedByHost).toEqual(["vmhba1\\u{7}"]);
  expect(hostDevice(onHost("0000:5e:00.0"), { usedByHost }).usedByHost).toEqual([]);
});

test("Only devices with an address of four digits can be named", () => {
  expect(addressable(HOST.pciDevices).map(({ address }) => address)).toEqual(["0000:3b:00.0", "0000:af:00.0"]);
});

describe("What a readiness report judges", () => {
  test("is nothing, where nothing was read", () => {
    expect(readinessFacts({})).toStrictEqual({ lostLately: [] });
  });

  test("is a host with its server, its drives, and those behind Intel VMD", () => {
    const facts = readinessFacts({ endpoint: { apiType: "VirtualCenter" }, host: HOST });

    expect(facts).toStrictEqual({
      endpoint: { apiType: "VirtualCenter" },
      host: { ...hostFacts(HOST), nvmeCount: 2 },
      server: { vendor: "Dell Inc.", model: "PowerEdge", biosVersion: "2.1" },
      hostDevices: [shown("0000:3b:00.0"), shown("0000:af:00.0", GPU)],
      behindVmd: ["10000:01:00.0"],
      lostLately: [],
    });
  });

  test("is not what a host that isn't connected doesn't show", () => {
    const { vendor: _, model: __, biosVersion: ___, ...host } = { ...HOST, connectionState: "disconnected" };

    expect(readinessFacts({ host, virtualMachine: machine() })).toStrictEqual({
      host: hostFacts(host),
      server: { vendor: "", model: "", biosVersion: "" },
      virtualMachine: { ...virtualMachineFacts(machine()), guestSupportsHotPlugPci: undefined },
      lostLately: [],
    });
  });

  test("is each attached drive, what is declared and lacks, and nothing of another class", () => {
    const facts = readinessFacts({
      host: HOST,
      hostSystemId: "1111",
      guestSupportsHotPlugPci: true,
      extras: { usedByHost: new Map() },
      virtualMachine: machine(
        { address: "0000:3b:00.0", label: "PCI\u0007" },
        { address: "0000:af:00.0", label: "GPU", ids: GPU },
        { address: "no address", label: "?" },
      ),
      declaration: {
        addresses: ["0000:3b:00.0", "0000:86:00.0", "0000:86:00.0", "0000:87:00.0", "0000:af:00.0", "nonsense"],
        remembered: new Map([
          ["0000:3b:00.0", PM1733],
          ["0000:86:00.0", PM1733],
        ]),
      },
      lost: [
        { address: "0000:86:00.0", at: "yesterday" },
        { address: "0000:3b:00.0", at: "today" },
        { address: "0000:d8:00.0", at: "long ago" },
      ],
    });

    expect(facts.virtualMachine!.guestSupportsHotPlugPci).toBe(true);
    expect(facts.hostDevices![0]!.usedByHost).toEqual([]);
    expect(facts.declarationKnown).toBe(true);
    expect(facts.devices).toEqual([
      {
        address: "0000:3b:00.0",
        onHost: { ...shown("0000:3b:00.0"), usedByHost: [] },
        attachedAs: "PCI\\u{7}",
        remembered: PM1733,
        backing: {
          vendorId: 0x144d,
          deviceId: 0xa824,
          writtenDeviceId: undefined,
          systemId: undefined,
          hostSystemId: "1111",
          sameModelAt: ["0000:3b:00.0"],
        },
      },
      { address: "0000:86:00.0", onHost: null, remembered: PM1733, lostAt: "yesterday" },
      { address: "0000:87:00.0", onHost: null },
    ]);
    expect(facts.devices!.map((device) => Object.keys(device).length)).toEqual([5, 4, 2]);
    expect(facts.lostLately).toEqual([
      { address: "0000:86:00.0", at: "yesterday" },
      { address: "0000:d8:00.0", at: "long ago" },
    ]);
  });

  test("is a declared drive that lacks, and none that is attached or in its slot, the one without the other", () => {
    const facts = readinessFacts({
      host: { ...HOST, pciDevices: [...HOST.pciDevices, onHost("0000:c0:00.0")] },
      virtualMachine: machine({ address: "0000:3b:00.0", label: "A" }, { address: "0000:5e:00.0", label: "B" }),
      declaration: { addresses: ["0000:c0:00.0", "0000:5e:00.0", "0000:d8:00.0"], remembered: new Map() },
    });

    expect(facts.devices!.map(({ address, attachedAs }) => [address, attachedAs])).toEqual([
      ["0000:3b:00.0", "A"],
      ["0000:5e:00.0", "B"],
      ["0000:d8:00.0", undefined],
    ]);
  });

  test("is, where nothing is declared, what the virtual machine has and what it has lost", () => {
    const lost = [{ address: "0000:86:00.0", at: "yesterday" }];
    const { devices, ...facts } = readinessFacts({
      host: HOST,
      virtualMachine: machine({ address: "0000:3b:00.0", label: "PCI device 0" }),
      lost,
    });

    expect(facts).not.toHaveProperty("declarationKnown");
    expect(devices!.map(({ address, lostAt }) => [address, lostAt])).toEqual([
      ["0000:3b:00.0", undefined],
      ["0000:86:00.0", "yesterday"],
    ]);
    expect(devices!.map((device) => "remembered" in device)).toEqual([false, false]);
  });

  test("tells what was lost of a virtual machine that can't be seen, and none of its devices", () => {
    const lost = [{ address: "0000:86:00.0", at: "yesterday" }];

    expect(readinessFacts({ host: HOST, lost })).not.toHaveProperty("devices");
    expect(readinessFacts({ host: HOST, lost }).lostLately).toEqual(lost);
  });
});
