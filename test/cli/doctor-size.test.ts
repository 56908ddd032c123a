import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { runCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

interface Report {
  hosts: { id: string }[];
  virtual_machines: { id: string; name: string; checks: { rule: string }[] }[];
}

let site: TestVcenter;
afterEach(() => site.stop());

const [esx01] = defaultInventory.hosts;
const [db] = defaultInventory.virtualMachines!;

async function report(hosts: Inventory["hosts"], virtualMachines: Inventory["virtualMachines"]): Promise<Report> {
  site = await startTestVcenter({ inventory: { hosts, ...(virtualMachines && { virtualMachines }) } });
  return JSON.parse((await runCli(["doctor", "--json"], site.environment)).stdout) as Report;
}

const manyHosts = Array.from({ length: 20 }, (_, index) => ({
  ...esx01!,
  id: `host-${index + 100}`,
  name: `esx${index}`,
  uuid: `4c4c4544-0043-4410-8052-${String(index).padStart(12, "0")}`,
}));

test("200 virtual machines that are well take a few lines, and one that isn't its own", async () => {
  const virtualMachines = Array.from({ length: 200 }, (_, index) => ({
    name: `vm${index}`,
    id: `vm-${index + 1000}`,
    host: `esx${index % 20}`,
  }));
  site = await startTestVcenter({ inventory: { hosts: manyHosts, virtualMachines } });
  const { status, stdout } = await runCli(["doctor"], site.environment);
  expect([status, stdout.split("\n").length < 40]).toEqual([0, true]);
  const only = await runCli(["doctor", "--failed"], site.environment);
  expect([only.status, only.stdout]).toEqual([
    0,
    expect.stringMatching(/^20 hosts, 200 virtual machines: no check failed[^\n]*\n$/) as string,
  ]);
  await site.stop();
  site = await startTestVcenter({
    inventory: { hosts: manyHosts, virtualMachines: [...virtualMachines, { ...db!, host: "esx3", firmware: "bios" }] },
  });
  const wrong = await runCli(["doctor", "--failed"], site.environment);
  expect([wrong.status, wrong.stdout]).toEqual([
    1,
    expect.stringMatching(/^Virtual machine db \(vm-42\)\n {2}FAILED {3}M1 /) as string,
  ]);
  expect(wrong.stdout).not.toMatch(/vm1000|by hand {2,}/);
  const asJson = JSON.parse((await runCli(["doctor", "--failed", "--json"], site.environment)).stdout) as Report;
  expect([asJson.hosts, asJson.virtual_machines.map(({ id, checks }) => [id, checks.map(({ rule }) => rule)])]).toEqual(
    [[], [["vm-42", ["M1"]]]],
  );
}, 60_000);

test("200 virtual machines on 20 hosts take at most 10 requests a host and 10", async () => {
  const virtualMachines = Array.from({ length: 200 }, (_, index) => ({
    name: `vm${index}`,
    id: `vm-${index + 1000}`,
    host: `esx${index % 20}`,
    guestId: index % 3 ? "rhel9_64Guest" : "ubuntu64Guest",
    hardwareVersion: 19 + (index % 3),
  }));
  const { hosts: told, virtual_machines: vms } = await report(manyHosts, virtualMachines);
  expect([told.length, vms.length]).toEqual([20, 200]);
  expect(new Set(vms.map(({ name }) => name)).size).toBe(200);
  expect(site.vcenter.calls().length).toBeLessThanOrEqual(10 * 20 + 10);
  // The control: each host really was asked.
  expect(site.vcenter.calls().length).toBeGreaterThan(20 * 4);
}, 60_000);
