import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import type { DemoLab } from "./lab";
import type { Report } from "./report";

const HOST = "esx01.example.test";
const DEVICE = "0000:61:00.0";

/** The default inventory, where nobody has enabled passthrough for the drive yet. */
export const guestInventory: Inventory = {
  ...defaultInventory,
  hosts: defaultInventory.hosts.map((host) =>
    host.name !== HOST
      ? host
      : {
          ...host,
          devices: host.devices!.map((one) => (one.address === DEVICE ? { ...one, passthrough: "disabled" } : one)),
        },
  ),
};

/** A drive's whole way: from an empty slot into the guest, and out again. */
export async function tellOfTheGuest(lab: DemoLab, report: Report): Promise<void> {
  await lab.type(`pull ${HOST} ${DEVICE}`, "Pulled");
  await lab.newCalls();

  report.heading(`An empty slot: the deploy waits until somebody puts a drive into ${DEVICE}`);
  const deploying = lab.cdktf("deploy", [DEVICE]);
  await Promise.race([plugOnceLookedFor(lab), deploying]);
  const deployed = await deploying;
  if (deployed.status !== 0) throw new Error(`cdktf deploy ended with status ${deployed.status}:\n${deployed.output}`);
  const added = await lab.newCalls();
  report.timeline(added, deployed.seconds);
  const made = (await lab.log()).map(({ operation }) => operation);
  report.check(
    "found by a refresh, enabled, added: no restart of anything",
    ["Refresh", "UpdatePassthruConfig", "ReconfigVM_Task"].every((one) => made.includes(one)) &&
      !made.some((one) => /Reboot|PowerO/.test(one)),
    made.join(", "),
  );
  report.check("the state has it as confirmed", lab.confirmed().join() === DEVICE, lab.confirmed().join());
  const shown = await lab.lspci();
  report.check("lspci in the guest shows it", shown.join().includes("[144d:a824]"), shown.join("\n"));

  await lab.type("mount db /dev/nvme0n1 /data", "Mounted");
  report.heading("It is mounted in the guest. Destroy is refused:");
  const refused = await lab.cdktf("destroy", [DEVICE]);
  report.check(
    "the error says who holds it",
    refused.status !== 0 && /is in use in the guest[^]*mounted at \/data/.test(refused.output.replace(/\s+/g, " ")),
    refused.output,
  );
  report.check("no device call was made", (await lab.newCalls()).length === 0, "calls were made");

  await lab.type("unmount db /data", "Unmounted");
  report.heading("It is unmounted. Destroy:");
  const destroyed = await lab.cdktf("destroy", [DEVICE]);
  report.timeline(await lab.newCalls(), destroyed.seconds);
  report.check(
    "the virtual machine has none left, and the guest shows none",
    destroyed.status === 0 && (await lab.attached()).length === 0 && (await lab.lspci()).length === 0,
    destroyed.output,
  );
}

async function plugOnceLookedFor(lab: DemoLab): Promise<void> {
  while (!(await lab.log()).some(({ operation }) => operation === "Refresh"))
    await new Promise((resolve) => setTimeout(resolve, 100));
  await lab.type(`plug ${HOST} ${DEVICE}`, "Plugged");
}
