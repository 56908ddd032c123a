import type { GuestAccess } from "../guest/guest";
import { GuestError } from "../guest/guest-error";
import { parseHostKey } from "../guest/host-key";
import { knownKeys } from "../guest/known-hosts";
import type { ObjectValue } from "../tfplugin6/value";
import { number, text } from "./attributes/values";
import type { GuestSsh } from "./guest-ssh";

interface Machine {
  /** As a person knows it, `db (vm-42)`. */
  title: string;
  guestId?: string;
}

/**
 * What is missing on the way into the guest of a virtual machine, as far as it can be told without asking anybody;
 * undefined where nothing is.
 */
export function missingAccess(guest: ObjectValue, ssh: GuestSsh, { title, guestId }: Machine): GuestError | undefined {
  if (guestId !== undefined && /^win/i.test(guestId))
    return new GuestError(
      "no_answer",
      `Virtual machine ${title} is a Windows guest (${guestId})`,
      "Windows guests can't be asked yet: leave guest out for this virtual machine.",
    );
  if (Object.keys(ssh.credentials).length === 0)
    return new GuestError(
      "credentials",
      `There is nothing to log in to the guest of virtual machine ${title} with`,
      "Set private_key, agent or password in the provider's guest_ssh, or HOTPLUG_SSH_PRIVATE_KEY in the environment.",
    );
  if (text(guest.host_key) === undefined && ssh.knownHosts === undefined)
    return new GuestError(
      "host_key",
      `No key of the guest of virtual machine ${title} is known`,
      "Set guest.host_key, or known_hosts in the provider's guest_ssh (HOTPLUG_SSH_KNOWN_HOSTS): a server whose key " +
        "nobody knows is never logged in to. ssh-keyscan prints it; compare it on the guest's console.",
    );
  return undefined;
}

/**
 * How the guest of a virtual machine is reached: what its resource says of it, what the provider has for all, and the
 * address that VMware Tools report. Throws a GuestError, before anybody is asked, where that isn't enough.
 */
export function guestAccess(guest: ObjectValue, ssh: GuestSsh, machine: Machine & { address?: string }): GuestAccess {
  const missing = missingAccess(guest, ssh, machine);
  if (missing) throw missing;
  const { credentials, jump, knownHosts = "" } = ssh;
  const host = text(guest.host) ?? machine.address;
  if (host === undefined)
    throw new GuestError(
      "unreachable",
      `VMware Tools report no address of the guest of virtual machine ${machine.title}`,
      "Set guest.host, or wait until VMware Tools run in the guest.",
    );
  const port = number(guest.port) ?? 22;
  const user = text(guest.user) ?? ssh.user ?? "root";
  const known = knownKeys(knownHosts, { host, port });
  const pinned = text(guest.host_key);
  // The key that the resource names holds, whatever known_hosts has beside it; what that revokes stays revoked.
  const keys = pinned === undefined ? known : { ...known, accepted: [parseHostKey(pinned)!] };
  return {
    server: { host, port, user, keys },
    credentials,
    ...(jump && {
      jump: { server: { ...jump, user: jump.user ?? user, keys: knownKeys(knownHosts, jump) }, credentials },
    }),
  };
}
