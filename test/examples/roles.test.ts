import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { leastRoles } from "../../lib/vim/privileges";
import { hurriedClock } from "../provider/hurried-clock";
import { Scenario, texts } from "../provider/scenario";
import type { Config } from "../support/plugin-client";
import { isRefused } from "./refused";

type Use = Exclude<keyof typeof leastRoles, "doctorAndPlan">;

const [db] = defaultInventory.virtualMachines!;
const UNREADY = {
  hardwareVersion: 19,
  motherboardLayout: "i440bxHostBridge",
  memoryReservationLockedToMax: false,
  fixedPassthruHotPlugEnabled: false,
} as const;
const TIMINGS = { queueMs: 0, hotPlugMs: 1, reconfigureMs: 1, publishMs: 0, hostRebootMs: 20 };

/** For each use a resource that needs all of its role, and an inventory in which it has everything to do. */
const USES: Record<Use, { type: string; config: Config; inventory: Inventory }> = {
  attach: {
    type: "hotplug_passthrough_devices",
    config: { virtual_machine_id: "vm-42", devices: ["0000:3b:00.0"] },
    inventory: { hosts: [defaultInventory.hosts[0]!], virtualMachines: [db!] },
  },
  prepareVirtualMachine: {
    type: "hotplug_virtual_machine_settings",
    config: { virtual_machine_id: "vm-42", power_cycle: "on_create" },
    inventory: { hosts: [defaultInventory.hosts[0]!], virtualMachines: [{ ...db!, ...UNREADY }] },
  },
  prepareHost: {
    type: "hotplug_host",
    config: { host_id: "host-13", passthrough_devices: ["0000:5e:00.0"], reboot: "if_needed" },
    inventory: { hosts: [defaultInventory.hosts[1]!] },
  },
};
const uses = Object.keys(USES) as Use[];

async function applyAs(use: Use, privileges: readonly string[]): Promise<{ errors: string[]; refused: string[] }> {
  const { type, config, inventory } = USES[use];
  const users = [{ name: "automation", password: "marker", role: "Automation" }];
  const scenario = await Scenario.start({
    timings: TIMINGS,
    inventory: { ...inventory, roles: { Automation: privileges }, users },
  });
  const { diagnostics } = await scenario.applyPlan(await scenario.plan(config, { type }), { clock: hurriedClock(20) });
  const refused = scenario
    .log()
    .filter(isRefused)
    .map(({ operation }) => operation);
  await scenario.stop();
  return { errors: texts(diagnostics.filter(({ severity }) => severity === "error")), refused };
}

test.each(uses)(
  "the least role for %s is enough",
  async (use) => {
    expect(await applyAs(use, leastRoles[use])).toEqual({ errors: [], refused: [] });
  },
  30_000,
);

/** What a role may lack and the same work still goes well: it is for what comes only when something goes wrong. */
const FOR_RESCUE = ["Global.CancelTask"];
const each = uses.flatMap((use) =>
  leastRoles[use]
    .filter((privilege) => !privilege.startsWith("System.") && !FOR_RESCUE.includes(privilege))
    .map((privilege) => [use, privilege] as const),
);

test.each(each)(
  "for %s it is no role too much to have %s: without it, the error names the privilege and the object",
  async (use, privilege) => {
    const { errors } = await applyAs(
      use,
      leastRoles[use].filter((one) => one !== privilege),
    );
    expect(errors.join("\n")).toMatch(new RegExp(`${privilege.replaceAll(".", "\\.")} on \\w+ \\S+-(42|13)\\b`));
  },
  30_000,
);

test.each(uses)("a plan of %s reads only, and goes well under the role for looking", async (use) => {
  const { type, config, inventory } = USES[use];
  const scenario = await Scenario.start({
    inventory: { ...inventory, users: [{ name: "reader", password: "marker", role: "ReadOnly" }] },
  });
  const { diagnostics } = await scenario.plan(config, { type });
  await scenario.stop();
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});
