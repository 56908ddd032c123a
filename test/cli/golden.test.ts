import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { runCli } from "../support/cli";
import { stateFile } from "../support/state-documents";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

// What people see, as it is: HOTPLUG_REWRITE=1 writes it anew; read the difference.

const [db, cache, spare, old] = defaultInventory.virtualMachines!;
const INVENTORY: Inventory = {
  ...defaultInventory,
  virtualMachines: [
    { ...db!, devices: ["0000:3b:00.0", "0000:5e:00.0"] },
    { ...cache!, devices: ["0000:3c:00.0"] },
    spare!,
    old!,
  ],
};
const STATE = stateFile([
  {
    name: "db",
    values: { virtual_machine_id: "vm-42", devices: ["0000:3b:00.0", "0000:3e:00.0", "0000:5e:00.0"] },
  },
]);

let site: TestVcenter;
beforeAll(async () => {
  site = await startTestVcenter({ inventory: INVENTORY });
  site.vcenter.pullDevice("host-12", "0000:3e:00.0");
});
afterAll(() => site.stop());

const COMMANDS: [name: string, args: string[]][] = [
  ["doctor", ["doctor"]],
  ["doctor-failed", ["doctor", "--failed"]],
  ["doctor-vm", ["doctor", "--vm", "db"]],
  ["doctor-state", ["doctor", "--state", "-"]],
  ["devices", ["devices"]],
  ["devices-vm", ["devices", "--vm", "db", "--all"]],
];
const PLACES: [name: string, columns?: number][] = [["80", 80], ["200", 200], ["pipe"]];

test.each(COMMANDS.flatMap(([name, args]) => PLACES.map(([place, columns]) => [name, place, args, columns] as const)))(
  "%s, %s columns",
  async (name, place, args, columns) => {
    const file = join(__dirname, "golden", `${name}-${place}.txt`);
    const streams = { input: STATE, ...(columns !== undefined && { columns }) };
    const { stdout } = await runCli(args, { ...site.environment, NO_COLOR: "1" }, streams);
    if (process.env["HOTPLUG_REWRITE"]) writeFileSync(file, stdout);
    expect(stdout).toBe(readFileSync(file, "utf8"));
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(columns ?? Infinity);
  },
);
