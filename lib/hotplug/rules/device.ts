import { formatIdentity, isNvme, isSameModel, type DeviceFacts } from "../facts";
import { isPciAddress, suggestPciAddress } from "../pci-address";
import type { Violation } from "./violation";

export function deviceRules(device: DeviceFacts, hostTitle = "its host"): Violation[] {
  const { address, onHost } = device;
  if (!isPciAddress(address)) return [malformed(address)];
  if (onHost === undefined) return [];
  if (onHost === null)
    return [missing(device, hostTitle), ...(device.attachedAs === undefined ? [] : [stillAttached(device, hostTitle)])];

  const title = `${address} (${onHost.vendorName} ${onHost.deviceName})`;
  if (!isNvme(onHost)) {
    return [
      {
        rule: "V2",
        summary: `Device ${title} is not an NVMe device`,
        why:
          "vSphere hot-plugs NVMe devices only (PCI class 0108); this one has class " +
          `${onHost.classId.toString(16).padStart(4, "0")}.`,
        remedy: "Take it out of devices.",
        weight: "fixed",
      },
    ];
  }
  if (device.leftBehind !== undefined) return [leftBehind(address, device.leftBehind, title)];
  const violations: Violation[] = [];
  if (device.remembered && !isSameModel(device.remembered, onHost) && !device.allowDeviceChange) {
    violations.push({
      rule: "V8",
      summary:
        `Another model is at ${address} now: ${formatIdentity(onHost)}, before ` +
        `${formatIdentity(device.remembered)}`,
      why:
        `${onHost.vendorName} ${onHost.deviceName} on host ${hostTitle} is not the drive that was attached at ` +
        "this address, so it may hold other data.",
      remedy:
        "Check that it is the drive you mean, then set allow_device_change = true for one apply, or take the " +
        "address out of devices.",
      weight: "changeable",
      onlyDevice: address,
    });
  }
  if (device.heldBy !== undefined) {
    violations.push({
      rule: "V3",
      summary: `Device ${title} is used by virtual machine ${device.heldBy}`,
      why: "A passthrough device belongs to one virtual machine at a time.",
      remedy:
        `Take it off ${device.heldBy} first. Where the same stack moves it, let this resource depend on the one ` +
        "that gives it up (depends_on), so that the removal comes first.",
      weight: "changeable",
    });
  } else if (onHost.usedByHost && onHost.usedByHost.length > 0) {
    violations.push({
      rule: "H5",
      summary: `Device ${title} is used by host ${hostTitle} itself: ${onHost.usedByHost.join(", ")}`,
      why:
        "A drive that holds a datastore, vSAN, the boot disk or the coredump partition is never taken from its " +
        "host.",
      remedy: "Take it out of devices, or free it first.",
      weight: "fixed",
    });
  } else if (device.takesAlong && device.takesAlong.length > 0) {
    violations.push({
      rule: "H5",
      summary: `Device ${title} can't be passed through alone: ${device.takesAlong.join(", ")} would go with it`,
      why: `Host ${hostTitle} gives up devices that depend on each other together, and nobody named the others.`,
      remedy: "Name all of them, if the host can do without every one, or take this one out.",
      weight: "fixed",
    });
  } else if (onHost.passthroughCapable === false) {
    violations.push({
      rule: "H4",
      summary: `Device ${title} can't be passed through`,
      why: `Host ${hostTitle} reports it as not capable of passthrough.`,
      remedy: "Take it out of devices.",
      weight: "fixed",
    });
  } else if (onHost.passthroughEnabled === false) {
    violations.push({
      rule: "H4",
      summary: `Passthrough is not enabled for device ${title}`,
      why: `Host ${hostTitle} keeps the device for itself until passthrough is enabled.`,
      remedy:
        `${onHost.usedByHost ? "" : "Check first that the host doesn't use it itself (vsphere-hotplug devices tells). "}Enable ` +
        "it with a hotplug_host resource (passthrough_devices), or in the vSphere Client: host, Configure, PCI " +
        "Devices, Toggle Passthrough.",
      weight: "changeable",
    });
  } else if (onHost.passthroughActive === false) {
    violations.push({
      rule: "H4",
      summary: `Passthrough is enabled for device ${title} but not active`,
      why: `Host ${hostTitle} takes the change at its next restart.`,
      remedy: 'Restart the host; a hotplug_host resource does under reboot = "if_needed".',
      weight: "changeable",
    });
  }
  return violations;
}

function malformed(address: string): Violation {
  const suggestion = suggestPciAddress(address);
  return {
    rule: "V3",
    summary: `${JSON.stringify(address)} is not a PCI address`,
    why:
      "Devices are named by the address that vSphere shows: domain, bus, slot and function in lower-case " +
      "hexadecimal.",
    remedy: suggestion ? `Write it as "${suggestion}".` : 'Write it like "0000:3b:00.0".',
    weight: "fixed",
  };
}

function missing({ address, remembered }: DeviceFacts, hostTitle: string): Violation {
  const drive = remembered ? ` (${formatIdentity(remembered)} before)` : "";
  return {
    rule: "V6",
    summary: `Host ${hostTitle} shows no device at ${address}${drive}`,
    why: remembered
      ? "The drive was pulled out, or its slot is off."
      : "Nothing is in that slot, or the host has not found it yet.",
    remedy: remembered
      ? `Take ${address} out of devices, or put a drive back into its slot (wait_for_device makes the apply wait ` +
        "for it), then apply again."
      : "Mend the address (vsphere-hotplug devices lists what hosts show), take it out of devices, or put a " +
        "drive into its slot (wait_for_device makes the apply wait for it), then apply again.",
    weight: "changeable",
    onlyDevice: address,
  };
}

function leftBehind(address: string, label: string, title: string): Violation {
  return {
    rule: "V8",
    summary: `The virtual machine still has another device at ${address} (${label})`,
    why:
      `It is not what is in that slot now, ${title}: most likely it was pulled out. What kind of device it was ` +
      "can't be told, so it is left alone, and nothing is added beside it.",
    remedy: `Take ${label} off the virtual machine by hand, then apply again.`,
    weight: "changeable",
    onlyDevice: address,
  };
}

function stillAttached({ address, attachedAs }: DeviceFacts, hostTitle: string): Violation {
  return {
    rule: "C3",
    summary: `The virtual machine still has ${address} (${attachedAs}), which host ${hostTitle} no longer shows`,
    why:
      "After a surprise removal neither the host nor the virtual machine shows the device; here the removal is " +
      "only half done.",
    remedy:
      `Take ${address} out of devices, which removes it by the virtual machine's own key, or put the drive back ` +
      "into its slot.",
    weight: "changeable",
    onlyDevice: address,
  };
}
