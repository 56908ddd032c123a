import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import type { Assumptions } from "../../lib/simulator/assumptions";
import { runCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [esx01] = defaultInventory.hosts;
const [db, cache] = defaultInventory.virtualMachines!;
const [A, B] = ["0000:3b:00.0", "0000:3c:00.0"] as const;
const INVENTORY: Inventory = {
  hosts: [esx01!],
  virtualMachines: [
    { ...db!, devices: [A] },
    { ...cache!, devices: [B] },
  ],
};

let site: TestVcenter;
afterEach(() => site.stop());

async function start(assumptions: Partial<Assumptions> = {}): Promise<void> {
  site = await startTestVcenter({ inventory: INVENTORY, assumptions });
}

async function v6(
  ...args: string[]
): Promise<{ status: number; checks: Record<string, { status: string; text: string }> }> {
  const { status, stdout } = await runCli(["doctor", "--json", ...args], site.environment);
  const { virtual_machines: vms } = JSON.parse(stdout) as {
    virtual_machines: { name: string; checks: { rule: string; status: string; sentence: string; remedy?: string }[] }[];
  };
  const checks = vms.map(({ name, checks }) => {
    const { status, sentence, remedy } = checks.find(({ rule }) => rule === "V6")!;
    return [name, { status, text: `${sentence} ${remedy ?? ""}` }] as const;
  });
  return { status, checks: Object.fromEntries(checks) };
}

test("V6: without a state it can't be known whether a drive was pulled out, and none is called well", async () => {
  await start();
  const { status, checks } = await v6();
  expect(status).toBe(0);
  expect(checks).toEqual({
    db: { status: "by_hand", text: expect.stringContaining("doctor --state FILE") as string },
    cache: { status: "by_hand", text: expect.stringContaining("doctor --state FILE") as string },
  });
});

test.each(["VmReconfiguredEvent", "VmMessageWarningEvent"] as const)(
  "V6: a surprise removal that vCenter's events tell of (%s) is told by its drive and its virtual machine",
  async (pulledDeviceEvent) => {
    await start({ pulledDeviceEvent });
    site.vcenter.pullDevice("host-12", A);
    for (const args of [[], ["--vm", "db"], ["--host", "esx01"]]) {
      const { status, checks } = await v6(...args);
      expect(status).toBe(1);
      expect(checks["db"]).toEqual({
        status: "failed",
        text: expect.stringMatching(
          /shows no device at 0000:3b:00\.0, which the virtual machine lost at 20\d\d-/,
        ) as string,
      });
      if (args.length === 0) expect(checks["cache"]!.status).toBe("by_hand");
    }
  },
);

test("where no event tells of it, it stays a thing that can't be known", async () => {
  await start({ pulledDeviceEvent: "none" });
  site.vcenter.pullDevice("host-12", A);
  expect((await v6()).checks["db"]!.status).toBe("by_hand");
});

test("a drive that was put back and isn't attached is told; one that is attached again isn't", async () => {
  await start();
  site.vcenter.pullDevice("host-12", A);
  site.vcenter.plugDevice("host-12", A);
  const { status, checks } = await v6();
  expect([status, checks["db"]!.status]).toEqual([0, "by_hand"]);
  expect(checks["db"]!.text).toMatch(/vCenter's events tell that 0000:3b:00\.0 was lost at .*, and it isn't attached/);
  expect(checks["cache"]!.text).not.toContain("events");
});
