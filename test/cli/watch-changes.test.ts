import { changesBetween, type Known } from "../../lib/cli/watch/changes";

const ADDRESS = "0000:3b:00.0";
const device = {
  address: ADDRESS,
  classId: 0x0108,
  vendorId: 0x8086,
  deviceId: 0x0a54,
  subVendorId: 0,
  subDeviceId: 0,
  vendorName: "Intel",
  deviceName: "SSD",
};
const on = { vendorId: 0x8086, deviceId: 0x0a54, name: "SSD" };

interface State {
  hostHas?: boolean;
  vmHas?: boolean;
  hostId?: string;
  power?: string;
  connection?: string;
}

function known({
  hostHas = true,
  vmHas = true,
  hostId = "host-12",
  power = "poweredOn",
  connection = "connected",
}: State): Known {
  const host = (id: string, name: string): Known["hosts"] extends Map<string, infer H> ? H : never => ({
    id,
    name,
    connection,
    devices: new Map(hostHas && id === "host-12" ? [[ADDRESS, device]] : []),
  });
  return {
    hosts: new Map([
      ["host-12", host("host-12", "esx01")],
      ["host-13", host("host-13", "esx02")],
    ]),
    virtualMachines: new Map([
      ["vm-42", { id: "vm-42", name: "db", power, hostId, devices: new Map(vmHas ? [[ADDRESS, on]] : []) }],
    ]),
  };
}

function tell(...states: State[]): string[] {
  const told = new Set<string>();
  return states.slice(1).flatMap((state, index) => {
    const { changes, open } = changesBetween(known(states[index]!), known(state), told);
    return [
      ...changes.map(({ change, virtualMachine, to }) => [change, virtualMachine?.name, to].filter(Boolean).join(" ")),
      ...open.map(({ virtualMachine }) => `open ${virtualMachine.name}`),
    ];
  });
}

test.each<[string, State[], string[]]>([
  ["nothing, where nothing changed", [{}, {}], []],
  ["a pull that host and virtual machine show at once", [{}, { hostHas: false, vmHas: false }], ["pulled_out db"]],
  [
    "a pull that the host shows first, once",
    [{}, { hostHas: false }, { hostHas: false, vmHas: false }],
    ["pulled_out db"],
  ],
  ["a loss that the host doesn't show, to be settled", [{}, { vmHas: false }], ["open db"]],
  ["a free drive that leaves", [{ vmHas: false }, { vmHas: false, hostHas: false }], ["pulled_out"]],
  ["a drive that comes", [{ vmHas: false, hostHas: false }, { vmHas: false }], ["plugged_in"]],
  ["an attachment", [{ vmHas: false }, {}], ["attached db"]],
  ["a move", [{}, { hostId: "host-13" }], ["moved db esx02"]],
  ["power", [{}, { power: "suspended" }], ["power db suspended"]],
  [
    "a host that is away",
    [{}, { connection: "notResponding" }],
    ["connection notResponding", "connection notResponding"],
  ],
])("between two looks it tells %s", (_name, states, expected) => {
  expect(tell(...states)).toEqual(expected);
});

test("what comes and what goes is told by name", () => {
  const nothing: Known = { hosts: new Map(), virtualMachines: new Map() };
  const names = (before: Known, now: Known): unknown[] =>
    changesBetween(before, now, new Set()).changes.map(({ change, virtualMachine, host }) => [
      change,
      virtualMachine?.name ?? host?.name,
    ]);
  expect(names(nothing, known({}))).toEqual([
    ["appeared", "esx01"],
    ["appeared", "esx02"],
    ["appeared", "db"],
  ]);
  expect(names(known({}), nothing)).toEqual([
    ["gone", "esx01"],
    ["gone", "esx02"],
    ["gone", "db"],
  ]);
});
