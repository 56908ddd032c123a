import { isNvme, type HostFacts, type ReadinessFacts } from "../facts";
import type { Broken, Rules, ShownDevice } from "./rule";

/** The value of maxIntrCookies that hot plug asks for; the default is 1024 up to 8.0 U2 and 4096 from 8.0 U3. */
export const MIN_INTR_COOKIES = 4096;

/** Whether nobody has a better claim: another virtual machine (V3), the host, or devices that would go along (H5). */
const isFree = ({ heldBy, onHost, takesAlong }: ShownDevice): boolean =>
  heldBy === undefined && !onHost.usedByHost?.length && !takesAlong?.length;

/** A drive that was declared before has changed since: that holds up itself alone, and may be mended by any hand. */
const standing = ({ address, wasDeclared }: ShownDevice): Pick<Broken, "weight" | "onlyDevice"> =>
  wasDeclared ? { weight: "changeable", onlyDevice: address } : { weight: "fixed" };

const NO_RESTART: NonNullable<HostFacts["restart"]> = { reasons: [], denied: false };
const dueBecause = (reasons: readonly string[]): string => `A restart is due: ${reasons.join("; ")}.`;

/** The host itself. That a restart would take from it what it needs (H5) is told before what stands in its way (H3). */
export const HOST_RULES = {
  H1: {
    about: "host",
    holds: "The server's firmware and hardware are made for it",
    byHand: ({ server, behindVmd = [] }) =>
      (behindVmd.length > 0
        ? `Behind Intel VMD, and so not to be passed through: ${behindVmd.join(", ")}; switch VMD off for their ` +
          "ports in the server's BIOS setup, unless the host boots from one of them. "
        : "") +
      `Look up ${describeServer(server)} in VMware's compatibility guide, and ask its maker: UEFI firmware, support ` +
      "of NVMe hot plug by the OEM (see KB 2142307), certification for VMDirectPath I/O, PCIe native hot plug, and " +
      "surprise hot plug.",
  },
  H2: {
    about: "host",
    holds: `The VMkernel runs with maxIntrCookies of at least ${MIN_INTR_COOKIES}`,
    isKnown: ({ host }) => host?.runningIntrCookies !== undefined,
    byHand: () =>
      "Run on the host: esxcli system settings kernel list -o maxIntrCookies; the runtime value has to be " +
      `${MIN_INTR_COOKIES} or more.`,
    broken: {
      host: ({ title, runningIntrCookies: running = MIN_INTR_COOKIES, configuredIntrCookies: configured = 0 }) =>
        running < MIN_INTR_COOKIES && {
          summary: `Host ${title} runs with maxIntrCookies ${running}, and hot plug needs ${MIN_INTR_COOKIES}`,
          why:
            "Each passthrough device takes interrupt cookies of the VMkernel; the boot parameter is in force only " +
            "after a restart of the host.",
          remedy:
            configured >= MIN_INTR_COOKIES
              ? `${configured} is set already: restart the host, through maintenance mode, or let a hotplug_host ` +
                'resource do it (reboot = "if_needed").'
              : "Set it with a hotplug_host resource (min_intr_cookies), or by hand with esxcli system settings " +
                `kernel set -s maxIntrCookies -v ${MIN_INTR_COOKIES} and a restart.`,
          weight: "changeable",
        },
    },
  },
  H6: {
    about: "host",
    holds: "The VMkernel sees what is put into a slot, or pulled out of it (enablePCIEHotplug)",
    isKnown: ({ host }) => host?.runningPcieHotplug !== undefined,
    byHand: () =>
      "Run on the host: esxcli system settings kernel list -o enablePCIEHotplug; the runtime value has to be TRUE.",
    broken: {
      host: ({ title, runningPcieHotplug: running, configuredPcieHotplug: configured }) =>
        running === false && {
          summary: `Host ${title} runs with enablePCIEHotplug FALSE, and notices no drive put in or pulled out`,
          why:
            "Native hot plug of PCIe is switched off in the VMkernel, as people do against a fault of some GPUs. " +
            "Devices that the host found when it started can be hot-added and hot-removed all the same; one that is " +
            "put into a slot is found at the next start only (V4), and one that is pulled out may stop the host (V6).",
          remedy: configured
            ? "TRUE is set, and holds from the next restart of the host on."
            : "Where nothing needs it off: esxcli system settings kernel set -s enablePCIEHotplug -v TRUE, and a " +
              "restart of the host. It is never set by this provider.",
          weight: "advice",
        },
    },
  },
  H4: {
    about: "host",
    holds: "Passthrough is enabled and active for devices of the host",
    isKnown: ({ hostDevices }) =>
      hostDevices?.some((device) => isNvme(device) && device.passthroughActive === true) === true,
    byHand: ({ hostDevices }) =>
      hostDevices?.some(isNvme)
        ? "No NVMe device of the host is active for passthrough: those that it doesn't use itself, if it has any, " +
          "have to be enabled."
        : "vCenter shows no NVMe device of the host: check in the vSphere Client (host, Configure, PCI Devices).",
    broken: {
      drive: (drive) => {
        const { address, title, hostTitle, onHost } = drive;
        if (!isFree(drive)) return false;
        if (onHost.passthroughCapable === false) {
          return {
            summary: `Device ${title} can't be passed through`,
            why: `Host ${hostTitle} reports it as not capable of passthrough.`,
            remedy: "Take it out of devices.",
            ...standing(drive),
          };
        }
        if (onHost.passthroughEnabled === false) {
          const check = "Check first that the host doesn't use it itself (vsphere-hotplug devices tells). ";
          return {
            summary: `Passthrough is not enabled for device ${title}`,
            why: `Host ${hostTitle} keeps the device for itself until passthrough is enabled.`,
            remedy:
              `${onHost.usedByHost ? "" : check}Enable it with a hotplug_host resource (passthrough_devices), or in ` +
              "the vSphere Client: host, Configure, PCI Devices, Toggle Passthrough.",
            weight: "changeable",
            onlyDevice: address,
          };
        }
        return (
          onHost.passthroughActive === false && {
            summary: `Passthrough is enabled for device ${title} but not active`,
            why: `Host ${hostTitle} takes the change at its next restart.`,
            remedy: 'Restart the host; a hotplug_host resource does under reboot = "if_needed".',
            weight: "changeable",
            onlyDevice: address,
          }
        );
      },
    },
  },
  H5: {
    about: "host",
    holds: "No device that the host uses itself is given away",
    isKnown: ({ hostDevices }) => hostDevices?.every(({ usedByHost }) => usedByHost !== undefined) === true,
    byHand: () =>
      "vCenter doesn't tell what the host uses itself: check in the vSphere Client (host, Configure, Storage " +
      "Devices) that no datastore, host cache, scratch location, vSAN, boot disk, coredump partition or raw device " +
      "mapping is on a device that is passed through.",
    broken: {
      host: ({ title, restart: { reasons, denied, takes = [] } = NO_RESTART }) =>
        !denied &&
        takes.length > 0 && {
          summary: `A restart of host ${title} would take devices from it that it uses itself: ${takes.join(", ")}`,
          why: `${dueBecause(reasons)} Passthrough is enabled for them and waits for a restart, whoever enabled it.`,
          remedy: "Disable their passthrough in the vSphere Client (host, Configure, PCI Devices), then apply again.",
          weight: "fixed",
        },
      drive: (drive) => {
        const { title, hostTitle, heldBy, onHost, takesAlong = [] } = drive;
        const { usedByHost = [] } = onHost;
        if (heldBy !== undefined) return false;
        if (usedByHost.length > 0) {
          return {
            summary: `Device ${title} is used by host ${hostTitle} itself: ${usedByHost.join(", ")}`,
            why:
              "A drive that holds a datastore, the host cache, the scratch location, vSAN, the boot disk, the " +
              "coredump partition or the virtual flash resource, or that a virtual machine has as a raw device " +
              "mapping, is never taken from its host.",
            remedy: "Take it out of devices, or free it first.",
            ...standing(drive),
          };
        }
        return (
          takesAlong.length > 0 && {
            summary: `Device ${title} can't be passed through alone: ${takesAlong.join(", ")} would go with it`,
            why: `Host ${hostTitle} gives up devices that depend on each other together, and nobody named the others.`,
            remedy: "Name all of them, if the host can do without every one, or take this one out.",
            ...standing(drive),
          }
        );
      },
    },
  },
  H3: {
    about: "change",
    broken: {
      host: ({ title, restart: { reasons, denied, blockedBy = [] } = NO_RESTART }) => {
        if (denied) {
          return {
            summary: `Host ${title} has to be restarted, and reboot = "never" doesn't allow it`,
            why: dueBecause(reasons),
            remedy: 'Restart the host yourself, through maintenance mode, or set reboot = "if_needed".',
            weight: "advice",
          };
        }
        return (
          blockedBy.length > 0 && {
            summary:
              `Host ${title} can't be restarted while virtual machines run that can't leave it: ` +
              blockedBy.join(", "),
            why:
              `${dueBecause(reasons)} It goes through maintenance mode, which would wait for them; nothing was ` +
              "evacuated.",
            remedy: "Power them off or move them, then apply again.",
            weight: "changeable",
          }
        );
      },
    },
  },
} satisfies Rules;

function describeServer({ vendor, model, biosVersion }: NonNullable<ReadinessFacts["server"]> = {}): string {
  const name = [vendor, model].filter(Boolean).join(" ");
  return `${name || "the server"}${biosVersion ? ` (BIOS ${biosVersion})` : ""}`;
}
