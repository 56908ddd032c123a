import { printable } from "../printable";

/** Somebody in a guest who holds a drive. */
export interface Holder {
  /** `mounted at /data (/dev/nvme1n1p1)` */
  what: string;
  /** How to let go, as a sentence. */
  letGo: string;
  /** One that may be gone in a moment: a process, which may only be probing a drive that has just come. */
  passing: boolean;
}

/** A record of the look's script, as the guest printed it, as a person reads it. */
export function holderOf(kind: string, rawNode: string, rawDetail: string): Holder {
  const [node, detail] = [printable(rawNode), printable(kind === "mount" ? unescape(rawDetail) : rawDetail)];
  const lasting = (what: string, letGo: string): Holder => ({ what, letGo, passing: false });
  const device = `/dev/${node}`;
  switch (kind) {
    case "mount":
      return lasting(`mounted at ${detail} (${device})`, `Unmount it: umount ${quoted(detail)}.`);
    case "swap":
      return lasting(`swap space (${device})`, `Take it off: swapoff ${quoted(device)}.`);
    case "holder":
      return stacked(device, detail);
    case "btrfs":
      return lasting(`part of a btrfs file system (${device})`, "Unmount it, or take it off: btrfs device remove.");
    case "loop":
      return lasting(
        `under the loop device /dev/${detail} (${device})`,
        `Detach it: losetup -d ${quoted(`/dev/${detail}`)}.`,
      );
    case "target":
      return lasting(`exported by ${detail} (${device})`, "Take it out of the target's configuration.");
    case "zfs":
      return lasting(`part of the ZFS pool ${detail} (${device})`, `Export it: zpool export ${quoted(detail)}.`);
    case "process": {
      const [pid, ...name] = detail.split(" ");
      const who = `process ${pid}${name.length > 0 ? ` (${name.join(" ")})` : ""}`;
      return { what: `open in ${who}`, letGo: `End ${who}, or have it close the drive.`, passing: true };
    }
    case "driver":
      return lasting(
        `bound to the driver ${detail}, which hands it to a program`,
        "End the program that has it (SPDK, a nested virtual machine), and bind the drive to nvme again.",
      );
    default:
      return lasting(
        `held by the kernel (${device} can't be opened exclusively)`,
        "Look for a file system that is unmounted lazily or in another mount namespace, or has its journal there.",
      );
  }
}

/** A block device on top: `dm-0 LVM-… vg0-data`, `md0`, `bcache0`. */
function stacked(device: string, detail: string): Holder {
  const [top = "", uuid = "", ...rest] = detail.split(" ");
  const name = rest.join(" ") || top;
  const described = (what: string, letGo: string): Holder => ({ what: `${what} (${device})`, letGo, passing: false });
  if (uuid.startsWith("LVM-")) {
    // In a device mapper name a hyphen of the group is doubled.
    const group = name.split(/(?<!-)-(?!-)/)[0]!.replaceAll("--", "-");
    return described(
      `under the LVM volume ${name}`,
      `Unmount it and deactivate its group: vgchange -an ${quoted(group)}.`,
    );
  }
  if (uuid.startsWith("CRYPT-"))
    return described(`under the encrypted device ${name}`, `Unmount and close it: cryptsetup close ${quoted(name)}.`);
  if (top.startsWith("md"))
    return described(`in the RAID array /dev/${top}`, `Stop it: mdadm --stop ${quoted(`/dev/${top}`)}.`);
  if (top.startsWith("dm-"))
    return described(`under the device mapper's ${name}`, `Remove that: dmsetup remove ${quoted(name)}.`);
  return described(`under /dev/${top}`, `Stop /dev/${top} first.`);
}

/** An argument of a command that people may copy into a shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** /proc/PID/mountinfo writes blanks as \040. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
