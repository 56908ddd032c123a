import { formatId, isNvme } from "../../hotplug/facts";
import { addressable, hostDevice, titleOf } from "../../hotplug/observed-facts";
import type { PciAddress } from "../../hotplug/pci-address";
import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { printable } from "../../printable";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type { DataSource, OperationContext, ReadResponse, ValidateRequest } from "../../tfplugin6/provider";
import type { ObjectValue, Value } from "../../tfplugin6/value";
import type { Host, HostPciDevice } from "../../vim/host/host";
import { readInventory, type Inventory } from "../../vim/inventory";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import type { Connection } from "../connection";
import { guarded, notConfigured } from "../guarded";
import { hostPciDevicesSchema } from "./schema";
import { UserError } from "../user-error";

const IDS = ["class_id", "vendor_id", "device_id"] as const;
const ANY_CLASS = "any";

/** `hotplug_host_pci_devices`: a host's PCI devices that match every filter, and who uses them. */
export class HostPciDevices implements DataSource {
  readonly schema = hostPciDevicesSchema;

  constructor(private readonly dependencies: { connection(): Connection | undefined }) {}

  async validate({ config }: ValidateRequest): Promise<Diagnostic[]> {
    const wrongIds = IDS.filter(
      (name) =>
        typeof config[name] === "string" &&
        !(name === "class_id" && config[name] === ANY_CLASS) &&
        parseId(config[name]) === undefined,
    );
    return [
      ...wrongIds.map((name) =>
        errorDiagnostic(
          `${name} is not four hex digits: ${JSON.stringify(config[name])}`,
          'Write it like "8086", as lspci -n does.',
          [name],
        ),
      ),
      ...(typeof config.name_regex === "string" && regexOf(config.name_regex) === undefined
        ? [
            errorDiagnostic(
              `name_regex is not a regular expression: ${JSON.stringify(config.name_regex)}`,
              "It is read as JavaScript reads one.",
              ["name_regex"],
            ),
          ]
        : []),
    ];
  }

  async read({ config }: { config: ObjectValue }, { signal }: OperationContext): Promise<ReadResponse> {
    return guarded<ReadResponse>({ state: null }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: null, diagnostics: [notConfigured()] };
      await connection.checkEndpoint(signal);
      const reference = await connection.requireHost(config.host_id as string, signal);
      const inventory = await readInventory(connection.client, { hosts: [reference], signal });
      const host = hostOf(inventory);
      const user =
        typeof config.available_to === "string"
          ? await connection.requireVirtualMachine(config.available_to, signal)
          : undefined;
      if (user && inventory.unreadable.length > 0) throw unseenUsers(host, inventory);
      const users = new Map(
        inventory.virtualMachines.flatMap((vm) => vm.passthroughDevices.map(({ address }) => [address, vm] as const)),
      );
      const isAvailable = ({ address }: HostPciDevice): boolean =>
        user === undefined || [undefined, user.value].includes(users.get(address)?.reference.value);
      const devices = addressable(host.pciDevices).filter((device) => matches(device, config) && isAvailable(device));
      return {
        state: {
          ...config,
          devices: devices.map((device) => deviceValue(device, users.get(device.address))),
          addresses: devices.map(({ address }) => address),
        },
      };
    });
  }
}

function hostOf({ hosts, unreadable }: Inventory): Host {
  const [host] = hosts;
  if (!host) throw unreadable[0]?.error ?? new Error("the host is gone");
  const [violation] = checkRules({ host: { title: titleOf(host), connected: host.connectionState === "connected" } });
  if (violation) throw new UserError(violation.summary, explain(violation), ["host_id"]);
  return host;
}

/** What a virtual machine that can't be read has is not known, so nothing may be called free. */
function unseenUsers(host: Host, { unreadable }: Inventory): UserError {
  return new UserError(
    `Which devices of host ${titleOf(host)} are free can't be told: ${unreadable.map(titleOf).join(", ")} ` +
      "can't be read",
    "Such a virtual machine may have any of them. Bring it back into vCenter's sight, give the account a role " +
      "that may read it, or leave available_to out.",
    ["available_to"],
  );
}

function matches(device: HostPciDevice, filter: ObjectValue): boolean {
  const {
    class_id: classId,
    vendor_id: vendorId,
    device_id: deviceId,
    name_regex: regex,
    passthrough_enabled: enabled,
  } = filter;
  const fits = (wanted: Value | undefined, id: number): boolean => typeof wanted !== "string" || parseId(wanted) === id;
  return (
    (classId === ANY_CLASS || (typeof classId === "string" ? device.classId === parseId(classId) : isNvme(device))) &&
    fits(vendorId, device.vendorId) &&
    fits(deviceId, device.deviceId) &&
    (typeof regex !== "string" || regexOf(regex)!.test(`${device.vendorName} ${device.deviceName}`)) &&
    (typeof enabled !== "boolean" || (device.passthrough?.enabled ?? false) === enabled)
  );
}

function deviceValue(observed: HostPciDevice & { address: PciAddress }, user: VirtualMachine | undefined): ObjectValue {
  const device = hostDevice(observed);
  return {
    address: device.address,
    class_id: formatId(device.classId),
    vendor_id: formatId(device.vendorId),
    device_id: formatId(device.deviceId),
    subsystem_vendor_id: formatId(observed.subVendorId),
    subsystem_device_id: formatId(observed.subDeviceId),
    vendor_name: device.vendorName,
    name: device.deviceName,
    physical_slot: observed.physicalSlot ?? null,
    slot_description: observed.slotDescription === undefined ? null : printable(observed.slotDescription),
    passthrough_capable: device.passthroughCapable ?? null,
    passthrough_enabled: device.passthroughEnabled ?? null,
    passthrough_active: device.passthroughActive ?? null,
    virtual_machine_id: user?.reference.value ?? null,
    virtual_machine_name: user === undefined ? null : printable(user.name),
  };
}

function parseId(text: Value | undefined): number | undefined {
  const digits = typeof text === "string" ? /^(?:0x)?([0-9a-f]{4})$/i.exec(text)?.[1] : undefined;
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function regexOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}
