import { backingFault } from "../attachment";
import { formatId, formatIdentity, isNvme, isSameModel, type DeviceFacts, type HostDevice } from "../facts";
import { isBehindVmd, readPciAddress } from "../pci-address";
import type { Broken, Rules, ShownDevice } from "./rule";

/** The most NVMe passthrough devices that a virtual machine may have. */
const MAX_NVME_DEVICES = 32;

/** How many devices, and which: V8, that it may be another drive, is told before who has it. */
export const DEVICE_RULES = {
  L4: {
    about: "change",
    broken: {
      change: ({ declaredCount = 0, peakCount = 0 }) => {
        if (declaredCount > MAX_NVME_DEVICES) {
          return {
            summary: `${declaredCount} devices are declared, and a virtual machine takes at most ${MAX_NVME_DEVICES}`,
            why:
              `vSphere supports at most ${MAX_NVME_DEVICES} NVMe passthrough devices on a virtual machine, those ` +
              "that were attached while it was off included.",
            remedy: `Take ${declaredCount - MAX_NVME_DEVICES} of them out of devices.`,
            weight: "fixed",
          };
        }
        return (
          peakCount > MAX_NVME_DEVICES && {
            summary:
              `The change would pass through ${peakCount} devices, and a virtual machine takes at most ` +
              `${MAX_NVME_DEVICES}`,
            why: 'With order = "add_first" the new devices come before the old ones go.',
            remedy: 'Use order = "remove_first", or make the change in two applies.',
            weight: "fixed",
          }
        );
      },
    },
  },
  V2: {
    about: "host",
    holds: "The host has NVMe devices",
    isKnown: ({ host }) => host?.nvmeCount !== undefined,
    broken: {
      host: ({ title, nvmeCount }) =>
        nvmeCount === 0 && {
          summary: `Host ${title} shows no NVMe device`,
          why: "vSphere hot-plugs NVMe devices only (PCI class 0108).",
          remedy:
            "Put an NVMe drive into the host; a hotplug_host resource finds it while the host runs (wait_for_device).",
          weight: "changeable",
        },
      device: ({ onHost, title, backing, remembered, allowDeviceChange }) =>
        !isNvme(onHost) &&
        backing === undefined &&
        !(remembered && !allowDeviceChange && isNvme(remembered)) && {
          summary: `Device ${title} is not an NVMe device`,
          why: `vSphere hot-plugs NVMe devices only (PCI class 0108); this one has class ${formatId(onHost.classId)}.`,
          remedy: "Take it out of devices.",
          weight: "fixed",
        },
    },
  },
  V6: {
    about: "virtualMachine",
    holds: "Every passthrough device of the virtual machine is still in its slot",
    // A drive that was pulled out leaves nothing behind: only who knows what is declared can miss it.
    isKnown: ({ devices, declarationKnown }) => devices !== undefined && declarationKnown === true,
    byHand: ({ lostLately = [] }) =>
      "A drive that was pulled out is gone from the virtual machine and from the host alike, and what is declared " +
      "isn't known here: hold the state against it with vsphere-hotplug doctor --state FILE, or plan." +
      lostLately
        .map(({ address, at }) => ` vCenter's events tell that ${address} was lost at ${at}, and it isn't attached.`)
        .join(""),
    broken: {
      missingDevice: ({ address, remembered, lostAt, hostTitle }) => ({
        ...(remembered || lostAt !== undefined
          ? {
              summary:
                `Host ${hostTitle} shows no device at ${address}` +
                (remembered ? ` (${formatIdentity(remembered)} before)` : "") +
                (lostAt === undefined ? "" : `, which the virtual machine lost at ${lostAt}`),
              why: "The drive was pulled out, or its slot is off.",
              remedy:
                `Take ${address} out of devices, or put a drive back into its slot (wait_for_device makes the apply ` +
                "wait for it), then apply again.",
            }
          : {
              summary: `Host ${hostTitle} shows no device at ${address}`,
              why: "Nothing is in that slot, or the host has not found it yet.",
              remedy:
                "Mend the address (vsphere-hotplug devices lists what hosts show), take it out of devices, or put a " +
                "drive into its slot (wait_for_device makes the apply wait for it), then apply again.",
            }),
        weight: "changeable",
        onlyDevice: address,
      }),
    },
  },
  V8: {
    about: "virtualMachine",
    holds: "Every passthrough device is the model that was attached",
    isKnown: ({ devices, hostDevices = [] }) => devices !== undefined && twins(devices, hostDevices).length === 0,
    isBeyondApis: ({ devices }) => devices !== undefined,
    byHand: ({ devices = [], hostDevices = [] }) =>
      "Drives of one model can't be told apart by any API; compare the serial numbers of " +
      `${twins(devices, hostDevices).join(", ") || "the drives"}.`,
    broken: {
      host: ({ title, expectedHost: expected }) =>
        expected && {
          summary:
            `The virtual machine is on host ${title}, and ` +
            `${expected.configured ? "host_id names" : "the devices were attached on"} host ${expected.title}`,
          why: "A PCI address names a slot of one host; the same address on another host is another drive.",
          remedy: expected.configured
            ? `Move the virtual machine back to ${expected.title}, or set host_id to the host it is on now and check ` +
              "that devices are that host's addresses."
            : `Move the virtual machine back to ${expected.title}, or check that devices are the addresses of ` +
              `${title} and set allow_device_change = true for one apply.`,
          weight: "changeable",
        },
      device: [
        ({ address, onHost, leftBehind, title }) =>
          isNvme(onHost) &&
          leftBehind !== undefined && {
            summary: `The virtual machine still has another device at ${address} (${leftBehind})`,
            why:
              `It is not what is in that slot now, ${title}: most likely it was pulled out. What kind of device it ` +
              "was can't be told, so it is left alone, and nothing is added beside it.",
            remedy: `Take ${leftBehind} off the virtual machine by hand, then apply again.`,
            weight: "changeable",
            onlyDevice: address,
          },
        wrongBacking,
        anotherDevice,
      ],
    },
  },
  V3: {
    about: "change",
    broken: {
      malformedAddress: (address) => {
        if (isBehindVmd(address)) {
          return {
            summary: `Device ${JSON.stringify(address.trim())} is behind Intel VMD`,
            why:
              "Its domain lies beyond four digits: the processor's Volume Management Device has taken it together " +
              "with others, and what is behind it can't be passed through by itself.",
            remedy:
              "Switch VMD off for its port in the server's BIOS setup and start the host anew: the drive then has an " +
              "address of its own (vsphere-hotplug devices). Not where the host boots from a drive behind VMD.",
            weight: "fixed",
          };
        }
        const [first, second] = readPciAddress(address);
        return {
          summary: `${JSON.stringify(address)} is not a PCI address`,
          why:
            "Devices are named by the address that vSphere shows: domain, bus, slot and function in lower-case " +
            "hexadecimal.",
          remedy: second
            ? `It can mean "${first}" (its digits read as hexadecimal) or "${second}" (as decimal, as ESXi writes ` +
              "them in error messages, esxcli and .vmx files): see which one the host has (vsphere-hotplug devices)."
            : first
              ? `Write it as "${first}".`
              : 'Write it like "0000:3b:00.0".',
          weight: "fixed",
        };
      },
      drive: ({ address, title, heldBy }) =>
        heldBy !== undefined && {
          summary: `Device ${title} is used by virtual machine ${heldBy}`,
          why: "A passthrough device belongs to one virtual machine at a time.",
          remedy:
            `Take it off ${heldBy} first. Where the same stack moves it, an apply waits while the other resource is ` +
            "taking it off, and the next apply makes what is left: it takes at most two. To have it in one for sure, " +
            "let this resource depend on the one that gives it up (depends_on), unless the two exchange devices: " +
            "then neither may depend on the other.",
          weight: "changeable",
          onlyDevice: address,
        },
    },
  },
} satisfies Rules;

/** An attached device that is not what is at its address: ESXi compares them when the virtual machine starts. */
function wrongBacking({ address, attachedAs = "A device", backing, onHost, hostTitle }: ShownDevice): Broken | false {
  const fault = backing && backingFault(backing, onHost);
  if (!fault) return false;
  const { writtenDeviceId = "", systemId, hostSystemId, sameModelAt = [] } = backing;
  const there = `${formatIdentity(onHost)}, ${onHost.vendorName} ${onHost.deviceName}`;
  const elsewhere = sameModelAt.length > 0 ? ` The host shows that model at ${sameModelAt.join(", ")}.` : "";
  const off = isNvme(onHost)
    ? `Take ${address} out of devices and apply, which takes it off by the virtual machine's own key`
    : "Take it off the virtual machine in the vSphere Client (Edit Settings)";
  const said = {
    model: {
      summary:
        `${attachedAs} of the virtual machine is ${formatIdentity(backing)}, and host ${hostTitle} has another ` +
        `device at ${address}: class ${formatId(onHost.classId)}, ${there}`,
      why:
        "An address is not a drive: a card that is put in or taken out shifts the addresses of others, and a slot " +
        `can get another drive.${elsewhere}`,
      remedy:
        `Put the address that the drive has now (vsphere-hotplug devices) in place of ${address}. If the drive was ` +
        `replaced on purpose: ${lowerFirst(off)}, then put ${address} in again.`,
    },
    spelling: {
      summary:
        `${attachedAs} of the virtual machine, ${address}, has the device id ${JSON.stringify(writtenDeviceId)}, ` +
        `which is ${formatId(onHost.deviceId)} in decimal digits`,
      why: "ESXi reads a device id as hexadecimal, so this one is another model's.",
      remedy: `${off}, then put it in again: it is attached with the right one.`,
    },
    system: {
      summary:
        `${attachedAs} of the virtual machine, ${address}, names the system ${JSON.stringify(systemId)}, and host ` +
        `${hostTitle} is ${JSON.stringify(hostSystemId)}`,
      why: "It was attached on another server, or before this one was installed anew or got another mainboard.",
      remedy: `${off}, then put it in again: it is attached with the right one.`,
    },
  }[fault];
  return {
    ...said,
    why: `${said.why} This device will keep the virtual machine from starting the next time that it is powered on.`,
    weight: "changeable",
    onlyDevice: address,
  };
}

/** Not what was at this address when it was declared or attached last. */
function anotherDevice({
  ofHost,
  address,
  onHost,
  remembered,
  allowDeviceChange,
  backing,
  leftBehind,
  hostTitle,
}: ShownDevice): Broken | false {
  const isSaid = leftBehind !== undefined || (backing !== undefined && backingFault(backing, onHost) === "model");
  if (!remembered || isSameModel(remembered, onHost) || isSaid) return false;
  const before = formatIdentity(remembered);
  const orOut = "or take the address out of devices.";
  if (!isNvme(onHost))
    return (
      isNvme(remembered) &&
      !allowDeviceChange && {
        summary:
          `Another device is at ${address} now: class ${formatId(onHost.classId)}, ${formatIdentity(onHost)}, ` +
          `before ${before}`,
        why:
          `${onHost.vendorName} ${onHost.deviceName} on host ${hostTitle} is no NVMe drive: a card that is put in or ` +
          "taken out shifts the addresses of others.",
        remedy: `Put the address that the drive has now (vsphere-hotplug devices) in its place, ${orOut}`,
        weight: "changeable",
        onlyDevice: address,
      }
    );
  return (
    !allowDeviceChange && {
      summary: `Another model is at ${address} now: ${formatIdentity(onHost)}, before ${before}`,
      why:
        `${onHost.vendorName} ${onHost.deviceName} on host ${hostTitle} is not the drive that was at this address ` +
        "before, so it may hold other data.",
      remedy:
        "Check that it is the drive you mean, then " +
        (ofHost ? "apply again, " : "set allow_device_change = true for one apply, ") +
        orOut,
      weight: "changeable",
      onlyDevice: address,
    }
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Attached drives that the host has another one of the same model beside. */
function twins(devices: readonly DeviceFacts[], hostDevices: readonly HostDevice[]): string[] {
  return devices.flatMap(({ address, onHost }) =>
    onHost && hostDevices.some((other) => other.address !== address && isSameModel(other, onHost))
      ? [`${address} (${formatIdentity(onHost)})`]
      : [],
  );
}
