import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { runCli } from "../support/cli";
import { shownPlan, shownState, stateFile, type DeclaredResource } from "../support/state-documents";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [db, cache] = defaultInventory.virtualMachines!;
const [A, B, C] = ["0000:3b:00.0", "0000:5e:00.0", "0000:3c:00.0"] as const;
const INVENTORY: Inventory = {
  ...defaultInventory,
  virtualMachines: [
    { ...db!, devices: [A, B] },
    { ...cache!, devices: [C] },
  ],
};
const attached = (vendor_id: string, device_id: string): object => ({ key: 13000, vendor_id, device_id, name: "x" });
const DB: DeclaredResource = {
  name: "db",
  values: {
    virtual_machine_id: db!.uuid,
    host_id: "host-12",
    devices: [A, B],
    attached: { [A]: attached("8086", "0a54"), [B]: attached("144d", "a824") },
  },
};
const CACHE: DeclaredResource = { ...DB, name: "cache", values: { virtual_machine_id: "vm-43", devices: [C] } };

let site: TestVcenter;
let folder: string;
beforeEach(async () => {
  site = await startTestVcenter({ inventory: INVENTORY });
  folder = mkdtempSync(join(tmpdir(), "hotplug-state-"));
});
afterEach(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

function doctor(document: string, ...args: string[]): Promise<Run> {
  const file = join(folder, "state");
  writeFileSync(file, document);
  return runCli(["doctor", "--state", file, ...args], site.environment);
}

interface Held {
  resource: string;
  id: string | null;
  ready: boolean;
  findings: { status: string; rule?: string; address?: string; sentence: string }[];
}

async function held(document: string): Promise<{ status: number; declared: Held[]; v6: unknown }> {
  const { status, stdout } = await doctor(document, "--json");
  const report = JSON.parse(stdout) as {
    declared: Held[];
    virtual_machines: { id: string; checks: { rule: string; status: string }[] }[];
  };
  const v6 = report.virtual_machines.map(({ id, checks }) => [id, checks.find(({ rule }) => rule === "V6")?.status]);
  return { status, declared: report.declared, v6 };
}

const failed = ({ findings }: Held): unknown[] =>
  findings.filter(({ status }) => status === "failed").map(({ rule, address }) => [rule, address]);

const inModules: DeclaredResource[] = [
  { ...DB, module: 'module.site["east"]', index: "x" },
  { ...CACHE, module: "module.site[0]", index: 1 },
];

describe.each<[string, (resources: readonly DeclaredResource[]) => string]>([
  ["a state file", stateFile],
  ["a state that terraform show printed", shownState],
  ["a plan that terraform show printed", (resources) => shownPlan(resources, { prior: resources })],
])("%s", (_name, documentOf) => {
  test("V6: a declared drive that was pulled out is named, with its virtual machine, and not fine", async () => {
    site.vcenter.pullDevice("host-12", A);
    const { status, stdout } = await doctor(documentOf([DB, CACHE]));
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^Declared: hotplug_passthrough_devices\.db, virtual machine db \(vm-42\)\n {2}FAILED {3}V6 {2}.*0000:3b:00\.0/m,
    );
    expect(stdout).toMatch(/^ {2}ok {11}0000:3c:00\.0: attached$/m);
  });

  test("what is there as declared is fine, and V6 then holds", async () => {
    const { status, declared, v6 } = await held(documentOf([DB, CACHE]));
    expect({ status, v6 }).toEqual({
      status: 0,
      v6: [
        ["vm-42", "ok"],
        ["vm-43", "ok"],
      ],
    });
    expect(declared.map(({ id, ready }) => [id, ready])).toEqual([
      ["vm-42", true],
      ["vm-43", true],
    ]);
  });

  test("resources in modules, with count and with for_each are told by their addresses", async () => {
    site.vcenter.pullDevice("host-12", A);
    site.vcenter.pullDevice("host-12", C);
    const { status, declared } = await held(documentOf(inModules));
    expect(status).toBe(1);
    expect(declared.map((one) => [one.resource, failed(one)])).toEqual([
      ['module.site["east"].hotplug_passthrough_devices.db["x"]', [["V6", A]]],
      ["module.site[0].hotplug_passthrough_devices.cache[1]", [["V6", C]]],
    ]);
  });

  test("every drive that was pulled out is named, not the first alone", async () => {
    site.vcenter.pullDevice("host-12", A);
    site.vcenter.pullDevice("host-12", B);
    const { stdout } = await doctor(documentOf([DB]));
    expect(stdout).toMatch(/V6 .*0000:3b:00\.0/);
    expect(stdout).toMatch(/V6 .*0000:5e:00\.0/);
  });

  test("V6: a declared drive of a host that was pulled out is named", async () => {
    const host = { type: "hotplug_host", name: "esx01", values: { host_id: "host-12", passthrough_devices: [A, B] } };
    expect((await held(documentOf([host]))).status).toBe(0);
    site.vcenter.pullDevice("host-12", A);
    const { status, declared } = await held(documentOf([host]));
    expect([status, declared.map(failed)]).toEqual([1, [[["V6", A]]]]);
  });
});

test("it reads standard input for -", async () => {
  site.vcenter.pullDevice("host-12", A);
  const { status, stdout } = await runCli(["doctor", "--state", "-"], site.environment, { input: stateFile([DB]) });
  expect([status, stdout]).toEqual([1, expect.stringContaining(A)]);
});

test("a drive that a refresh took out of the state is missed all the same", async () => {
  const device = { classId: 0x0108, vendorId: 0x8086, deviceId: 0x0a54 };
  const refreshed = {
    ...DB,
    values: { ...DB.values, devices: [B], attached: {} },
    memory: { virtualMachine: "vm-42", host: "host-12", devices: { [A]: device } },
  };
  site.vcenter.pullDevice("host-12", A);
  const { status, declared } = await held(stateFile([refreshed]));
  expect([status, declared.map(failed)]).toEqual([1, [[["V6", A]]]]);
});

test("of a plan, what it is yet to do is no failure; what it can't is", async () => {
  const next = { ...DB, values: { ...DB.values, devices: [B, "0000:5f:00.0"] } };
  expect((await held(shownPlan([next], { prior: [DB] }))).status).toBe(0);
  site.vcenter.pullDevice("host-12", B);
  const prior = { ...DB, values: { ...DB.values, devices: [A] } };
  const { status, declared } = await held(shownPlan([next], { prior: [prior], drift: [DB] }));
  expect([status, declared.map(failed)]).toEqual([1, [[["V6", B]]]]);
  expect(declared[0]!.findings.find(({ rule }) => rule === "V6")!.sentence).toContain("(144d:a824 before)");
});

test("devices that a plan doesn't know yet are to be looked at by hand, and never called well", async () => {
  const { devices: _, ...values } = DB.values;
  const { declared, v6 } = await held(shownPlan([{ ...DB, values }]));
  expect(declared[0]!.findings).toEqual([expect.objectContaining({ status: "by_hand" })]);
  expect(v6).toEqual([["vm-42", "by_hand"]]);
});

test("another model in the slot is told (V8)", async () => {
  site.vcenter.pullDevice("host-12", A);
  site.vcenter.plugDevice("host-12", { address: A, vendor: "1e0f", device: "0013", vendorName: "KIOXIA", name: "CM7" });
  const { status, declared } = await held(stateFile([DB]));
  expect([status, declared.map(failed)]).toEqual([1, [[["V8", A]]]]);
});

test("a drive that is in its slot and not attached, and one that nobody declared, are told by name", async () => {
  const other = { ...DB, values: { ...DB.values, devices: [B, "0000:5f:00.0"] } };
  const { status, declared } = await held(stateFile([other]));
  expect(status).toBe(1);
  expect(declared.map(failed)).toEqual([
    [
      ["C1", "0000:5f:00.0"],
      ["C2", A],
    ],
  ]);
});

test("a drive that another virtual machine has is told with its holder (V3)", async () => {
  const { declared } = await held(stateFile([{ ...DB, values: { ...DB.values, devices: [A, B, C] } }]));
  expect(declared.map(failed)).toEqual([[["V3", C]]]);
  expect(declared[0]!.findings.find(({ rule }) => rule === "V3")!.sentence).toContain("cache (vm-43)");
});

test("a virtual machine that is gone, on another host or of another vCenter is told, and not fine", async () => {
  const gone = { ...DB, values: { ...DB.values, virtual_machine_id: "vm-999" } };
  const moved = { ...DB, memory: { virtualMachine: "vm-42", host: "host-13", devices: {} } };
  const elsewhere = { ...DB, memory: { vcenter: "another", virtualMachine: "vm-42", devices: {} } };
  for (const [resource, sentence] of [
    [gone, /vCenter shows no virtual machine vm-999/],
    [moved, /It is on host esx01.*, and its devices are addresses of host host-13/],
    [elsewhere, /It is about another vCenter/],
  ] as const) {
    const { status, declared } = await held(stateFile([resource]));
    expect(status).toBe(1);
    expect(declared[0]!.findings.map((finding) => finding.sentence).join(" ")).toMatch(sentence);
  }
});

test("with a name beside it, only that one is held", async () => {
  site.vcenter.pullDevice("host-12", A);
  expect((await doctor(stateFile([DB, CACHE]), "--vm", "cache")).status).toBe(0);
  expect((await doctor(stateFile([DB, CACHE]), "--vm", "db")).status).toBe(1);
});

test.each<[string, string, RegExp]>([
  ["a saved plan itself", "PK\u0003\u0004", /It is a saved plan itself.*terraform show -json/],
  ["an empty file", "", /It is empty/],
  ["no JSON", "resource {}", /It is not JSON/],
  ["another JSON", '{"a":1}', /It is neither a state nor a plan/],
  ["an old state", '{"version":3,"serial":1,"modules":[]}', /It is a state of version 3/],
  ["an encrypted state", '{"encrypted_data":"x","serial":1}', /It is an encrypted state: tofu show -json/],
  ["a state that declares nothing of ours", stateFile([]), /no hotplug_passthrough_devices and no hotplug_host/],
])("%s is wrong usage, and says what is right", async (_name, document, message) => {
  const { status, stdout, stderr } = await doctor(document);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});

test("a file that isn't there is wrong usage", async () => {
  const { status, stderr } = await runCli(["doctor", "--state", join(folder, "none")], site.environment);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--state .*none can't be read: ENOENT/)]);
});

test("nothing secret of a state is printed", async () => {
  const secret = { ...DB, values: { ...DB.values, guest_ssh: { password: "marker" } }, memory: { marker: "marker" } };
  const { stdout, stderr } = await doctor(stateFile([secret]), "--json");
  expect(stdout + stderr).not.toContain("marker");
});
