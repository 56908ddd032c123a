import { parseHostKey } from "../../guest/host-key";
import { errorDiagnostic } from "../../tfplugin6/diagnostic";
import type { Attribute } from "../../tfplugin6/schema";
import { optional } from "../attributes/attribute";
import { limitAttribute } from "../attributes/durations";

/** How long a guest may lag behind an add, and behind a removal, unless a configuration says otherwise. */
export const ADD_TIMEOUT = "60s";
export const REMOVAL_TIMEOUT = "240s";

const hostKey: Attribute["validate"] = (value, path) =>
  parseHostKey(String(value))
    ? []
    : [
        errorDiagnostic(
          `${path.join(".")} is no public host key`,
          'Write it as known_hosts has it, without the name: "ssh-ed25519 AAAA…", ecdsa or rsa. ssh-keyscan prints it.',
          path,
        ),
      ];

/** A name or an address alone: what stands beside it has arguments of its own. */
const host: Attribute["validate"] = (value, path) =>
  /^[^\s@/[\]]+$/.test(String(value)) && !/^[^:]*:\d*$/.test(String(value))
    ? []
    : [
        errorDiagnostic(
          // What stands before an @ may be a password.
          `${path.join(".")} is no name or address of a guest: ${JSON.stringify(String(value).replace(/^.*@/, "…@"))}`,
          'Write it like "db.example.com", "10.0.0.7" or "2001:db8::7"; the port and the user have guest.port and ' +
            "guest.user.",
          path,
        ),
      ];

const user: Attribute["validate"] = (value, path) =>
  /^[^\s:]+$/.test(String(value))
    ? []
    : [
        errorDiagnostic(
          `${path.join(".")} is no user of a guest`,
          'Write it like "root" or "provisioner", without a password: that has guest_ssh.password.',
          path,
        ),
      ];

const port: Attribute["validate"] = (value, path) =>
  Number.isInteger(Number(value)) && Number(value) > 0 && Number(value) < 65536
    ? []
    : [errorDiagnostic(`${path.join(".")} is no port: ${String(value)}`, "It is a whole number up to 65535.", path)];

export const guestAttribute: Attribute = {
  nested: {
    nesting: "single",
    attributes: {
      host: optional("string", "The guest's name or address. Default: the address that VMware Tools report.", host),
      port: optional("number", "The port of its SSH server. Default 22.", port),
      user: optional(
        "string",
        "The user to log in as. Default: `guest_ssh.user` of the provider, else `root`. One who isn't root needs " +
          "sudo without a password for `/bin/sh -s`.",
        user,
      ),
      host_key: optional(
        "string",
        "The public key of its SSH server, `ssh-ed25519 AAAA…`. Default: what `guest_ssh.known_hosts` of the " +
          "provider has for it; with neither nobody logs in, and nothing is changed.",
        hostKey,
      ),
      timeout: limitAttribute(
        "How long the guest may lag behind a call, as a duration. Given, it holds for both directions. Default " +
          `\`"${ADD_TIMEOUT}"\` for a device that was added, \`"${REMOVAL_TIMEOUT}"\` for one that was removed.`,
      ),
      rescan: optional(
        "bool",
        "Whether the guest's PCI bus may be scanned anew where a device doesn't show by itself. A scan can disturb " +
          "a hot plug that is under way. Default false.",
      ),
      remove_in_use: optional(
        "bool",
        "Whether a drive may be removed that something in the guest holds: a mount, swap, md, LVM, ZFS, another " +
          "driver than nvme, a process that has it open. Default false: that is an error before the call.",
      ),
    },
  },
  optional: true,
  description:
    "Confirm each operation inside the guest, by SSH: `lspci` shows a device that was added, and no longer shows one " +
    "that was removed, before the next call begins. The guest is reached, and its key checked, before the first " +
    "call. It has to be Linux. A virtual machine that is off is asked nothing.",
};
