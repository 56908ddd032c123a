import type { DevicesGuest, GuestLook } from "../../hotplug/devices/guest";
import type { GuestPolicy } from "../../hotplug/devices/guest-work";
import { Guest, type GuestAccess } from "../../guest/guest";
import { titleOf } from "../../hotplug/observed-facts";
import type { LookRequest } from "../../guest/look-script";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { containsUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { secondsOf } from "../attributes/durations";
import { isSet } from "../attributes/values";
import type { Connection } from "../connection";
import { guestAccess, missingAccess } from "../guest-access";
import { ADD_TIMEOUT, REMOVAL_TIMEOUT } from "./guest-attribute";
import { knownSightings, type Memory } from "./model";

/** The guest of a virtual machine, asked over the SSH connection that its first look makes. */
export class VimDevicesGuest implements DevicesGuest {
  private guest?: Guest;

  constructor(
    private readonly connection: Connection,
    private readonly config: ObjectValue,
    /** With the virtual machine as it was seen last. */
    private readonly target: { virtualMachine?: VirtualMachine },
  ) {}

  async look(request: LookRequest): Promise<GuestLook> {
    this.guest ??= new Guest(this.access());
    return this.guest.look(request);
  }

  close(): void {
    this.guest?.close();
  }

  private access(): GuestAccess {
    const virtualMachine = this.target.virtualMachine!;
    return guestAccess(this.config, this.connection.guests.ssh, {
      title: titleOf(virtualMachine),
      guestId: virtualMachine.guestId,
      address: virtualMachine.guestAddress,
    });
  }
}

/** What a plan can tell of the way into the guest: what will stop the apply before its first call. */
export function checkGuest(wanted: ObjectValue, connection: Connection, virtualMachine: VirtualMachine): Diagnostic[] {
  if (!isSet(wanted.guest) || containsUnknown(wanted.guest) || connection.guests.skips) return [];
  const { guestId } = virtualMachine;
  const error = missingAccess(wanted.guest as ObjectValue, connection.guests.ssh, {
    title: titleOf(virtualMachine),
    guestId,
  });
  return error ? [errorDiagnostic(error.message, error.remedy, ["guest"])] : [];
}

/** How the guest is to be asked by a change; undefined where it isn't. */
export function guestPolicy(
  wanted: ObjectValue,
  target: DevicesGuest,
  { priorState, memory }: { priorState: ObjectValue | null; memory: Memory },
): GuestPolicy {
  const guest = wanted.guest as ObjectValue;
  const given = isSet(guest.timeout) ? String(guest.timeout) : undefined;
  return {
    target,
    known: knownSightings(priorState, memory),
    departures: new Map(Object.entries(memory.departures ?? {})),
    addTimeoutSeconds: secondsOf(given, ADD_TIMEOUT),
    removalTimeoutSeconds: secondsOf(given, REMOVAL_TIMEOUT),
    rescan: guest.rescan === true,
    removeInUse: guest.remove_in_use === true,
  };
}
