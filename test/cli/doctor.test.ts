import { CHECKED_RULES } from "../../lib/hotplug/rules/readiness";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { vim25Methods, type MethodName } from "../../lib/vim/wire/methods";
import { runCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

interface Check {
  rule: string;
  status: string;
  sentence: string;
  remedy?: string;
}
interface Examined {
  id: string;
  name: string;
  ready: boolean;
  checks: Check[];
}
interface Report {
  ready: boolean;
  hosts: Examined[];
  virtual_machines: Examined[];
  unreadable: { id: string; error: string }[];
  account: { use: string; allowed: boolean; missing: { privilege: string; objects: string[] }[] }[];
}

let site: TestVcenter | undefined;
afterEach(async () => {
  await site?.stop();
  site = undefined;
});

async function doctor(
  inventory: Inventory,
  args: string[] = [],
): Promise<{ status: number; stdout: string; stderr: string }> {
  site ??= await startTestVcenter({ inventory });
  return runCli(["doctor", ...args], site.environment);
}

async function report(inventory: Inventory, args: string[] = []): Promise<Report & { status: number }> {
  const { status, stdout } = await doctor(inventory, ["--json", ...args]);
  return { status, ...(JSON.parse(stdout) as Report) };
}

const [esx01, esx02] = defaultInventory.hosts;
const [db, cache, , old] = defaultInventory.virtualMachines!;
const READY: Inventory = { hosts: [esx01!], virtualMachines: [db!] };
const READER = { users: [{ name: "reader", password: "marker", role: "ReadOnly" }] };
const failed = ({ checks }: Examined): string[] =>
  checks.filter(({ status }) => status === "failed").map(({ rule }) => rule);
const statusOf = ({ checks }: Examined, rule: string): string | undefined =>
  checks.find((check) => check.rule === rule)?.status;

test("of a host and its virtual machine every rule is answered once, and nothing fails where all is well", async () => {
  const { status, ready, hosts, virtual_machines: vms } = await report(READY);
  expect({ status, ready }).toEqual({ status: 0, ready: true });
  expect([...hosts, ...vms].flatMap(({ checks }) => checks.map(({ rule }) => rule)).sort()).toEqual(
    [...CHECKED_RULES].sort(),
  );
});

test("what fails is told with the way out, by object, and the status is 1", async () => {
  const {
    status,
    hosts,
    virtual_machines: vms,
  } = await report({ hosts: [esx02!], virtualMachines: [{ ...old!, cpuHotAddEnabled: true }] });
  expect(status).toBe(1);
  expect(hosts.map(failed)).toEqual([["H2", "H4"]]);
  expect(vms.map(failed)).toEqual([["N2", "M2", "M3", "M4", "M5"]]);
  expect(hosts[0]!.checks.find(({ rule }) => rule === "H2")?.remedy).toContain("maxIntrCookies -v 4096");
});

test.each([
  ["a single ESXi", { apiType: "HostAgent" }, "H0"],
  ["a vCenter before 8.0 U1", { version: "8.0.0" }, "V1"],
] as const)("%s is told by its rule, and the rest is judged all the same", async (_name, vcenter, rule) => {
  const { status, hosts } = await report({ ...READY, vcenter });
  expect([status, hosts.map(failed)]).toEqual([1, [[rule]]]);
  expect(statusOf(hosts[0]!, "H4")).toBe("ok");
});

test("what no API tells is by hand, with the server to look up, and is no failure", async () => {
  const { status, stdout } = await doctor(READY);
  expect(status).toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toMatch(/by hand H1 .*Look up Dell Inc\. PowerEdge R760 \(BIOS 2\.1\.5\)/);
});

test("on a terminal nothing is wider than it is, and nothing is cut", async () => {
  site = await startTestVcenter({ inventory: { hosts: [esx02!], virtualMachines: [old!] } });
  const { stdout } = await runCli(["doctor"], { ...site.environment, NO_COLOR: "1" }, { columns: 80 });
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).not.toContain("\u001b");
  const text = stdout.replace(/\s+/g, " ");
  expect(text).toContain("Host esx02.example.test (host-13)");
  expect(text).toMatch(
    /FAILED M3 Virtual machine old \(vm-45\) has hardware version 19, and hot plug needs 20\. Upgrade its compatibility to vmx-20 or later; a hotplug_virtual_machine_settings resource does\./,
  );
  expect(text).toMatch(/1 host, 1 virtual machine: 6 checks failed, \d+ to be done by hand\./);
});

test("one virtual machine is told in full, of many only what failed", async () => {
  const many: Inventory = { hosts: [esx01!], virtualMachines: [db!, { ...cache!, memoryHotAddEnabled: true }] };
  const all = (await doctor(many)).stdout;
  expect(all).toMatch(/^Virtual machine cache \(vm-43\)\n {2}FAILED {3}N3 /);
  expect(all).toMatch(/^ {2}ok {7}1 host: esx01.* \(host-12\); 1 virtual machine: db \(vm-42\)$/m);
  expect(all).not.toContain("The firmware is EFI");
  const one = (await doctor(many, ["--vm", "vm-42"])).stdout;
  expect(one).toContain("The firmware is EFI");
  expect(one).not.toContain("cache");
});

test("one virtual machine is named by its id, its UUIDs or its path; one host by its id or its name", async () => {
  for (const name of ["vm-42", db!.uuid!, db!.instanceUuid!, "/DC0/vm/db"]) {
    const { hosts, virtual_machines: vms } = await report(defaultInventory, ["--vm", name]);
    expect([hosts.map(({ id }) => id), vms.map(({ id }) => id)]).toEqual([["host-12"], ["vm-42"]]);
  }
  for (const name of ["host-13", "ESX02.example.test"]) {
    const { hosts, virtual_machines: vms } = await report(defaultInventory, ["--host", name]);
    expect([hosts.map(({ id }) => id), vms.map(({ id }) => id)]).toEqual([["host-13"], ["vm-45"]]);
  }
});

test.each<[string, string[], number, RegExp]>([
  [
    "an unknown virtual machine",
    ["--vm", "vm-999"],
    1,
    /vCenter shows no virtual machine vm-999\. Name it by its BIOS UUID/,
  ],
  ["an unknown host", ["--host", "esx99"], 1, /vCenter shows no host esx99/],
  [
    "both at once",
    ["--vm", "vm-42", "--host", "host-12"],
    2,
    /Name a virtual machine \(--vm\) or a host \(--host\), not both/,
  ],
])("%s is said so", async (_name, args, expected, message) => {
  const { status, stdout, stderr } = await doctor(defaultInventory, args);
  expect([status, stdout]).toEqual([expected, ""]);
  expect(stderr).toMatch(message);
});

test("a read-only account reads all of it, is told what it may not do, and writes nothing", async () => {
  const { status, hosts, account } = await report({ ...READY, ...READER });
  expect(status).toBe(0);
  expect(statusOf(hosts[0]!, "H2")).toBe("by_hand");
  expect(statusOf(hosts[0]!, "H5")).toBe("ok");
  expect(account.map(({ use, allowed }) => [use, allowed])).toEqual([
    ["doctorAndPlan", true],
    ["attach", false],
    ["prepareVirtualMachine", false],
    ["prepareHost", false],
  ]);
  expect(account[1]!.missing).toEqual([
    { privilege: "VirtualMachine.Config.AddRemoveDevice", objects: ["db (vm-42)"] },
  ]);
  const refused = site!.vcenter
    .calls()
    .filter(({ outcome }) => outcome === "NoPermission")
    .map(({ operation }) => operation);
  const written = site!.vcenter
    .calls()
    .map(({ operation }) => operation)
    .filter((operation) => (vim25Methods[operation as MethodName] as { writes?: true } | undefined)?.writes);
  expect({ refused: [...new Set(refused)], written }).toEqual({ refused: ["ExecuteSoap"], written: [] });
  expect((await doctor(READY)).stdout.replace(/\s+/g, " ")).toContain(
    "no attach and remove devices: it lacks VirtualMachine.Config.AddRemoveDevice on db (vm-42)",
  );
});

test("an administrator may do everything", async () => {
  const { account, hosts } = await report(READY);
  expect(account.every(({ allowed }) => allowed)).toBe(true);
  expect(statusOf(hosts[0]!, "H2")).toBe("ok");
});

test("what can't be read is never taken for fine", async () => {
  const {
    status,
    ready,
    unreadable,
    virtual_machines: vms,
  } = await report({ ...READY, virtualMachines: [db!, { ...cache!, connectionState: "orphaned" }] });
  expect({ status, ready }).toEqual({ status: 1, ready: false });
  expect([
    ...unreadable.map(({ id }) => id),
    ...vms.filter((vm) => failed(vm).includes("H0")).map(({ id }) => id),
  ]).toEqual(["vm-43"]);
});

test("what the account may not see into makes the whole not ready", async () => {
  const {
    status,
    ready,
    unreadable,
    virtual_machines: vms,
  } = await report({
    ...READY,
    virtualMachines: [db!, cache!],
    users: [{ name: "reader", password: "p", noAccess: ["vm-43"] }],
  });
  expect({ status, ready, unreadable: unreadable.map(({ id }) => id), failed: vms.flatMap(failed) }).toEqual({
    status: 1,
    ready: false,
    unreadable: ["vm-43"],
    failed: [],
  });
});

test("names with escapes are shown, and do nothing", async () => {
  const { stdout } = await doctor({ hosts: [esx01!], virtualMachines: [{ ...db!, name: "d\u009b[2Jb\u202eok" }] });
  expect(stdout).toContain("Virtual machine d\\u{9b}[2Jb\\u{202e}ok (vm-42)");
  const { stdout: asJson } = await doctor(READY, ["--json"]);
  expect(asJson.trimEnd()).not.toMatch(/[\p{Cc}]/u);
  expect((JSON.parse(asJson) as Report).virtual_machines[0]!.name).toBe("d\u009b[2Jb\u202eok");
});

test.each<[string, Record<string, string>, number, RegExp]>([
  ["no server", {}, 2, /VSPHERE_SERVER is not set/],
  [
    "a URL for a server",
    { VSPHERE_SERVER: "https://vcenter/sdk" },
    2,
    /VSPHERE_SERVER is "https:\/\/vcenter\/sdk"; it is a host or host:port/,
  ],
  [
    "a URL with a password",
    { VSPHERE_SERVER: "https://admin:mar@ker@vcenter" },
    2,
    /VSPHERE_SERVER is "https:\/\/\*\*\*@vcenter"; it is a host or host:port/,
  ],
  [
    "a certificate file that isn't there",
    { VSPHERE_SERVER: "vcenter", VSPHERE_USER: "u", VSPHERE_PASSWORD: "p", VSPHERE_CA_FILE: "/nowhere/ca.pem" },
    2,
    /VSPHERE_CA_FILE can't be read/,
  ],
  [
    "neither true nor false",
    { VSPHERE_SERVER: "vcenter", VSPHERE_USER: "u", VSPHERE_PASSWORD: "p", VSPHERE_ALLOW_UNVERIFIED_SSL: "maybe" },
    2,
    /neither true nor false/,
  ],
])("%s is told by the name of the variable", async (_name, environment, expected, message) => {
  const { status, stderr } = await runCli(["doctor"], environment);
  expect(status).toBe(expected);
  expect(stderr).toMatch(message);
});

test("where nobody answers, the variable to check is named, and the password is not", async () => {
  const gone = await startTestVcenter({ inventory: READY });
  await gone.stop();
  const { VSPHERE_CA_FILE: _ca, ...environment } = gone.environment;
  const { status, stderr } = await runCli(["doctor"], { ...environment, VSPHERE_PASSWORD: "marker" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("Check VSPHERE_SERVER")]);
  expect(stderr).not.toContain("marker");
});

test("a certificate that nobody vouches for is refused, a wrong password too", async () => {
  site = await startTestVcenter({ inventory: { ...READY, ...READER } });
  const { VSPHERE_CA_FILE: _ca, ...trusting } = site.environment;
  expect((await runCli(["doctor"], trusting)).stderr).toContain("VSPHERE_CA_FILE");
  const wrong = await runCli(["doctor"], { ...site.environment, VSPHERE_PASSWORD: "wrong-marker" });
  expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining("Check VSPHERE_USER and VSPHERE_PASSWORD")]);
  const unverified = await runCli(["doctor"], { ...trusting, VSPHERE_ALLOW_UNVERIFIED_SSL: "true" });
  expect([unverified.status, unverified.stderr]).toEqual([0, expect.stringContaining("not verified")]);
});
