import { formatId, isNvme } from "../../hotplug/facts";
import { addressable, hostDevice, titleOf } from "../../hotplug/observed-facts";
import { isBehindVmd, type PciAddress } from "../../hotplug/pci-address";
import { checkRules } from "../../hotplug/rules/rules";
import { printable } from "../../printable";
import type * as tf from "../../tfplugin6/provider";
import type { Schema } from "../../tfplugin6/schema";
import type { ObjectValue, Value } from "../../tfplugin6/value";
import type { Host, HostPciDevice } from "../../vim/host/host";
import { readInventory, type Inventory } from "../../vim/inventory";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { computed, optional, required } from "../attributes/attribute";
import { parsePciId, parseRegularExpression, pciId, regularExpression } from "../attributes/checks";
import { connected, type Dependencies } from "../guarded";
import { brokenRule, UserError } from "../user-error";

const ANY_CLASS = "any";

const schema: Schema = {
  version: 0,
  description: "The PCI devices of a host that match every filter, in address order, and who uses them.",
  attributes: {
    host_id: required("string", "The host: its managed object id (`host-12`) or its name in vCenter's inventory."),
    class_id: optional("string", "PCI class, four hex digits, or `any`. Default `0108`: NVMe.", pciId(ANY_CLASS)),
    vendor_id: optional("string", "PCI vendor id, four hex digits such as `8086`.", pciId()),
    device_id: optional("string", "PCI device id, four hex digits such as `0a54`.", pciId()),
    name_regex: optional(
      "string",
      "A regular expression (JavaScript's) that the vendor's and the device's name, with a space between " +
        "them, have to match somewhere.",
      regularExpression,
    ),
    passthrough_enabled: optional("bool", "Only devices whose passthrough is enabled, or only those where it isn't."),
    available_to: optional(
      "string",
      "Only devices that no virtual machine has, or that this one has: its BIOS UUID, instance UUID or " +
        "managed object id. A list made so stays the same once the devices are attached.",
    ),
    devices: {
      nested: {
        nesting: "list",
        attributes: {
          address: computed("string", "PCI address on the host, `0000:3b:00.0`."),
          class_id: computed("string", "PCI class, four hex digits."),
          vendor_id: computed("string", "PCI vendor id, four hex digits."),
          device_id: computed("string", "PCI device id, four hex digits."),
          subsystem_vendor_id: computed("string", "Vendor id of the subsystem, four hex digits."),
          subsystem_device_id: computed("string", "Device id of the subsystem, four hex digits."),
          vendor_name: computed("string", "The vendor's name."),
          name: computed("string", "The device's name."),
          physical_slot: computed("number", "The slot's number, where the host tells it (from 9.0 on)."),
          slot_description: computed("string", "The slot's inscription, where the host tells it (from 9.0 on)."),
          passthrough_capable: computed("bool", "Whether it can be passed through; null where the host doesn't tell."),
          passthrough_enabled: computed("bool", "Whether passthrough is enabled."),
          passthrough_active: computed(
            "bool",
            "Whether passthrough is in force; if it is only enabled, a restart of the host is due.",
          ),
          virtual_machine_id: computed(
            "string",
            "Managed object id of the virtual machine that has it; null where none has.",
          ),
          virtual_machine_name: computed("string", "Name of the virtual machine that has it; null where none has."),
        },
      },
      computed: true,
      description: "All devices that match, in address order.",
    },
    addresses: computed({ list: "string" }, "The addresses of `devices`, in the same order."),
    behind_vmd: computed(
      { list: "string" },
      "What matches and lies behind Intel VMD, such as `10000:01:00.0`: the host shows it and can't pass it through. " +
        "Switch VMD off for its port in the server's BIOS setup, and it has an address of its own.",
    ),
  },
};

/** `hotplug_host_pci_devices`: a host's PCI devices that match every filter, and who uses them. */
export class HostPciDevices implements tf.DataSource {
  readonly schema = schema;

  constructor(private readonly dependencies: Pick<Dependencies, "connection">) {}

  async read({ config }: { config: ObjectValue }, { signal }: tf.OperationContext): Promise<tf.ReadResponse> {
    return connected<tf.ReadResponse>(this.dependencies, { state: null }, async (connection) => {
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
          behind_vmd: host.pciDevices
            .filter((device) => isBehindVmd(device.address) && matches(device, config))
            .map(({ address }) => address),
        },
      };
    });
  }
}

function hostOf({ hosts, unreadable }: Inventory): Host {
  const [host] = hosts;
  if (!host) throw unreadable[0]?.error ?? new Error("the host is gone");
  const [violation] = checkRules({ host: { title: titleOf(host), connected: host.connectionState === "connected" } });
  if (violation) throw brokenRule(violation, ["host_id"]);
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
  const fits = (wanted: Value | undefined, id: number): boolean =>
    typeof wanted !== "string" || parsePciId(wanted) === id;
  return (
    (classId === ANY_CLASS ||
      (typeof classId === "string" ? device.classId === parsePciId(classId) : isNvme(device))) &&
    fits(vendorId, device.vendorId) &&
    fits(deviceId, device.deviceId) &&
    (typeof regex !== "string" || parseRegularExpression(regex)!.test(`${device.vendorName} ${device.deviceName}`)) &&
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
