import type { CallLogEntry } from "../../lib/simulator/call-log";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { vim25Methods, type MethodName } from "../../lib/vim/wire/methods";
import { leastRoles } from "../../lib/vim/privileges";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { CdktfLab } from "./cdktf-lab";

const [esx01] = defaultInventory.hosts;
const UNREADY = {
  hardwareVersion: 19,
  motherboardLayout: "i440bxHostBridge",
  memoryReservationLockedToMax: false,
  fixedPassthruHotPlugEnabled: false,
} as const;

/** Nothing is ready, and the account may do what the documentation says that this needs, and no more. */
const INVENTORY: Inventory = {
  ...defaultInventory,
  hosts: [{ ...esx01!, devices: esx01!.devices!.map((device) => ({ ...device, passthrough: "disabled" })) }],
  virtualMachines: defaultInventory
    .virtualMachines!.filter(({ id }) => id === "vm-42")
    .map((vm) => ({ ...vm, ...UNREADY })),
  roles: { Deployer: [...new Set(Object.values(leastRoles).flat())] },
  users: [{ name: "deployer", password: "marker", role: "Deployer" }],
};

let site: TestVcenter;
let lab: CdktfLab;
beforeAll(async () => {
  site = await startTestVcenter({ inventory: INVENTORY });
  lab = await CdktfLab.create("existing-vm", site.environment);
});
afterAll(async () => {
  await lab.dispose();
  await site.stop();
});

const writes = (calls: readonly CallLogEntry[]): CallLogEntry[] =>
  calls.filter(({ operation, arguments: given }) => {
    const method = vim25Methods[operation as MethodName] as { writes?: true } | undefined;
    return method?.writes === true || /kernel\.set/.test(JSON.stringify(given));
  });
const operations = (calls: readonly CallLogEntry[]): string[] => calls.map(({ operation }) => operation);

test("from an unready running virtual machine and an unprepared host to two hot-plugged devices in one deploy, and " +
  "no change in the next", async () => {
  await lab.run("deploy");
  const first = site.vcenter.calls();
  const made = operations(writes(first));
  const count = (operation: string): number => made.filter((one) => one === operation).length;
  expect({
    off: count("ShutdownGuest") + count("PowerOffVM_Task"),
    on: count("PowerOnVM_Task"),
    restarts: count("RebootHost_Task"),
  }).toEqual({ off: 1, on: 1, restarts: 0 });
  const adds = writes(first).filter(
    ({ operation, arguments: given }) =>
      operation === "ReconfigVM_Task" && JSON.stringify(given).includes("deviceChange"),
  );
  expect(adds.map(({ virtualMachinePowerState, task }) => [virtualMachinePowerState, task?.state])).toEqual([
    ["poweredOn", "success"],
    ["poweredOn", "success"],
  ]);
  expect(first.filter(({ outcome }) => outcome === "NoPermission")).toEqual([]);

  expect(await lab.run("deploy")).toMatch(/No changes\./);
  expect(operations(writes(site.vcenter.calls().slice(first.length)))).toEqual([]);
  // The control: the same look sees the writes of the first deploy.
  expect(made.length).toBeGreaterThan(4);

  const before = site.vcenter.calls().length;
  await lab.run("destroy");
  const undone = writes(site.vcenter.calls().slice(before)).map(({ operation, arguments: given }) =>
    operation === "ReconfigVM_Task" ? /"operation":"(\w+)"/.exec(JSON.stringify(given))?.[1] : operation,
  );
  expect(undone).toEqual(["remove", "remove", "UpdatePassthruConfig"]);
}, 300_000);
