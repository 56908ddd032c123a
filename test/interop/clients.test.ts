import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { startRecordedVcenter, type RecordedVcenter } from "./support/recorded-vcenter";
import { runSteps, type Step } from "./support/steps";
import { report, toolbox, versions } from "./support/toolbox";

const nvmeAndGpu = [
  "0000:17:00.0",
  "0000:3b:00.0",
  "0000:3c:00.0",
  "0000:3d:00.0",
  "0000:3e:00.0",
  "0000:5e:00.0",
  "0000:5f:00.0",
  "0000:60:00.0",
  "0000:61:00.0",
];

/** What both clients do, and what they must have seen. */
const tour: [string, Step][] = [
  ["wrong password", { fault: "InvalidLogin" }],
  ["log in", { value: "administrator@vsphere.local" }],
  ["find by view", { value: ["cache", "db", "esx01.example.test", "esx02.example.test", "old", "spare"] }],
  ["find by inventory path", { value: [expect.stringMatching(/db$/), expect.stringMatching(/esx01\.example\.test$/)] }],
  ["find by UUID", { value: true }],
  [
    "read every property of a virtual machine",
    {
      value: {
        name: "db",
        power: "poweredOn",
        version: "vmx-20",
        hotPlug: true,
        layout: "acpiHostBridges",
        locked: true,
      },
    },
  ],
  [
    "read every property of a host",
    { value: { version: "8.0.3.0", hotPlug: true, vendorId: -32634, deviceId: 0x0a54 } },
  ],
  ["list the devices offered to a virtual machine", { value: nvmeAndGpu }],
  ["hot-add one, and wait for the update", { value: ["0000:5e:00.0"] }],
  ["hot-add two in one call", { error: expect.stringContaining("one passthrough device a call") as string }],
  [
    "follow a task",
    { value: { state: "success", entity: "db", operation: "VirtualMachine.reconfigure", name: "ReconfigVM_Task" } },
  ],
  ["hot-remove both, one after the other", { value: [] }],
  ["toggle passthrough", { value: [false, true] }],
  ["read and set the kernel parameter", { value: ["maxIntrCookies", "8192", "4096"] }],
  ["power off, set the flags, power on", { value: "poweredOn" }],
  ["log out", { value: true }],
];

const clients = [
  { name: versions.pyvmomi, command: [toolbox.python, "-B", toolbox.script("tour.py")] },
  { name: versions.govmomi, command: [toolbox.govmomiClient] },
];
const servers = clients.flatMap((client) => ["8.0.1", "8.0.3", "9.0.0"].map((version) => ({ ...client, version })));

describe.each(servers)("$name, unchanged, on an embedded vCenter $version", ({ name, command, version }) => {
  let vcenter: RecordedVcenter;
  let steps: ReadonlyMap<string, Step>;

  beforeAll(async () => {
    vcenter = await startRecordedVcenter({ inventory: { ...defaultInventory, vcenter: { version } } });
    steps = await runSteps([...command, vcenter.url, vcenter.caFile]);
    report(`Client run: ${name} on version ${version}, ${steps.size} steps, ${vcenter.requests.length} requests`);
  }, 120_000);

  afterAll(() => vcenter.stop());

  test("negotiates the server's own version", () => {
    expect(steps.get("version")).toEqual({ value: `${version}.0` });
  });

  test.each(tour)("%s", (step, expected) => {
    expect(steps.get(step)).toEqual(expect.objectContaining(expected));
  });

  test("meets no other error", () => {
    const expected = new Set(tour.filter(([, { error, fault }]) => error ?? fault).map(([step]) => step));
    expect([...steps].filter(([step, { error }]) => error !== undefined && !expected.has(step))).toEqual([]);
  });
});
