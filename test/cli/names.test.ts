import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { runCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [esx01, esx02] = defaultInventory.hosts;
const [db, cache, , old] = defaultInventory.virtualMachines!;
const INVENTORY: Inventory = {
  hosts: [
    esx01!,
    { ...esx02!, cluster: "prod", name: "esx02.example.test" },
    {
      ...esx02!,
      id: "host-14",
      uuid: "30373237-3132-4d32-3234-303730315251",
      cluster: "prod",
      name: "esx02.other.test",
    },
  ],
  virtualMachines: [
    { ...db!, folder: "team/a" },
    { ...db!, id: "vm-50", folder: "team/b", uuid: undefined, instanceUuid: undefined, name: "db" },
    { ...cache!, name: "cache/one" },
    { ...old!, host: "host-13", name: "Web.prod" },
  ],
};

let site: TestVcenter;
beforeAll(async () => (site = await startTestVcenter({ inventory: INVENTORY })));
afterAll(() => site.stop());

async function looked(...args: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await runCli(["doctor", "--json", ...args], site.environment);
  const report = JSON.parse(stdout) as { hosts?: { id: string }[]; virtual_machines?: { id: string }[] };
  if (!report.hosts) return { status, stderr };
  return { hosts: report.hosts.map(({ id }) => id), vms: report.virtual_machines!.map(({ id }) => id) };
}

test.each([
  ["its name", "cache/one", "host-12", "vm-43"],
  ["its name as vCenter escapes it", "cache%2fone", "host-12", "vm-43"],
  ["its name in other letter case", "web.PROD", "host-13", "vm-45"],
  ["its inventory path", "/DC0/vm/team/a/db", "host-12", "vm-42"],
  ["the end of its path", "b/db", "host-12", "vm-50"],
  ["its id", "vm-50", "host-12", "vm-50"],
])("a virtual machine is named by %s", async (_name, name, host, vm) => {
  expect(await looked("--vm", name)).toEqual({ hosts: [host], vms: [vm] });
});

test.each([
  ["its name", "esx02.other.test", "host-14"],
  ["its short name", "esx01", "host-12"],
  ["its short name in other letter case", "ESX01", "host-12"],
  ["its inventory path", "/DC0/host/prod/esx02.example.test", "host-13"],
  ["the path of what it makes up alone", "/DC0/host/esx01.example.test", "host-12"],
  ["the end of its path", "prod/esx02.other.test", "host-14"],
])("a host is named by %s", async (_name, name, host) => {
  expect(await looked("--host", name)).toMatchObject({ hosts: [host] });
});

test.each([
  [
    "virtual machines",
    ["--vm", "db"],
    /More than one is meant by virtual machine db: vm-42 \(\/DC0\/vm\/team\/a\/db\), vm-50 \(\/DC0\/vm\/team\/b\/db\)\./,
  ],
  [
    "hosts",
    ["--host", "esx02"],
    /More than one is meant by host esx02: host-13 \(\/DC0\/host\/prod\/esx02\.example\.test\), host-14 \(/,
  ],
])("a name that several %s have is an error that lists them", async (_name, args, message) => {
  expect(await looked(...args)).toEqual({ status: 1, stderr: expect.stringMatching(message) as string });
});

test.each([
  ["a virtual machine", ["--vm", "web.prd"], /shows no virtual machine web\.prd\. Did you mean Web\.prod\?/],
  ["a host", ["--host", "esx03.other.test"], /shows no host esx03\.other\.test\. Did you mean esx02\.other\.test\?/],
])("for the mistyped name of %s it says what was probably meant", async (_name, args, message) => {
  expect(await looked(...args)).toEqual({ status: 1, stderr: expect.stringMatching(message) as string });
});

test("devices takes the same names", async () => {
  const run = (...args: string[]): ReturnType<typeof runCli> => runCli(["devices", ...args], site.environment);
  expect((await run("--host", "esx01")).stdout).toMatch(/^Host esx01\.example\.test \(host-12\)\n/);
  expect((await run("--vm", "a/db")).stdout).toContain("Virtual machine db (vm-42) has no NVMe passthrough device.");
  expect(await run("--vm", "db")).toMatchObject({ status: 1, stderr: expect.stringContaining("vm-50") as string });
});
