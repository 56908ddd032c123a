import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type {
  Inventory,
  InventoryDevice,
  InventoryHost,
  InventoryVirtualMachine,
} from "../../lib/simulator/inventory/inventory";
import { parseInventory } from "../../lib/simulator/inventory/parse-inventory";
import { Hardware } from "../../lib/simulator/hardware";
import { Vcenter, type VcenterOptions } from "../../lib/simulator/vcenter";
import { addChange, all, find, SoapRequests } from "../support/soap-requests";
import { VirtualClock } from "../support/virtual-clock";

/** An embedded vCenter without HTTP, on a clock of its own, and a client that is logged in. */
export interface InProcess {
  vcenter: Vcenter;
  hardware: Hardware;
  soap: SoapRequests;
  /** A second client, not logged in. */
  client(): SoapRequests;
  /** The change that adds a device of the host to a machine, its ids as the host offers them. */
  add(
    address: string,
    changes?: { deviceId?: string; systemId?: string; key?: number; more?: string; host?: string; vendorId?: number },
  ): Promise<string>;
}

export async function startInProcess(
  inventory: Inventory = defaultInventory,
  options: Partial<VcenterOptions> & { user?: string; password?: string } = {},
): Promise<InProcess> {
  const vcenter = new Vcenter({
    inventory: parseInventory(inventory, "inventory"),
    clock: new VirtualClock(),
    seed: "test",
    sessionTimeoutSeconds: 1800,
    ...options,
  });
  const client = (): SoapRequests =>
    new SoapRequests(async (envelope, { cookie, soapAction }) => {
      const answer = await vcenter.handle(envelope, { cookie, soapAction, userAgent: "by hand" });
      if (answer.dropped) throw new Error("no answer");
      return answer;
    });
  const soap = client();
  await soap.login(options.user, options.password);
  const add: InProcess["add"] = async (address, { deviceId, systemId, key, more, host = "host-12", vendorId } = {}) => {
    const target = await soap.call(
      "QueryConfigTarget",
      `EnvironmentBrowser:${await soap.text("VirtualMachine:vm-42", "environmentBrowser")}`,
      `<host type="HostSystem">${host}</host>`,
    );
    const offered =
      all(target, "pciPassthrough").find((one) => find(one, "id")!.text === address) ??
      all(target, "pciPassthrough")[0]!;
    return addChange(
      {
        address,
        deviceId: deviceId ?? (Number(find(offered, "deviceId")!.text) & 0xffff).toString(16),
        systemId: systemId ?? find(offered, "systemId")!.text,
        vendorId: vendorId ?? Number(find(offered, "vendorId")!.text),
        key,
      },
      more,
    );
  };
  return { vcenter, hardware: new Hardware(vcenter.world), soap, client, add };
}

const [esx01] = defaultInventory.hosts;

/** The default host and a machine `vm-42` on it, changed. */
export const withVirtualMachine = (
  changes: Partial<InventoryVirtualMachine>,
  { host = {}, vcenter }: { host?: Partial<InventoryHost>; vcenter?: string } = {},
): Inventory => ({
  vcenter: { version: vcenter },
  hosts: [{ ...esx01!, ...host }],
  virtualMachines: [
    { id: "vm-42", name: "db", host: "host-12", ...changes },
    { id: "vm-43", name: "cache", host: "host-12" },
  ],
});

/** As many NVMe drives as asked for. */
export const nvmeDrives = (count: number): InventoryDevice[] =>
  Array.from({ length: count }, (_, index) => ({
    address: `0000:${(0x40 + index).toString(16)}:00.0`,
    vendor: "144d",
    device: "a824",
  }));
