import type { PciAddress } from "../pci-address";
import type { Violation } from "../rules/violation";
import type { Waited } from "../waited";
import type { Hindrance } from "../work";
import type { Departures, Sightings } from "./guest";
import type { GuestPolicy, GuestProblem } from "./guest-work";
import type { Order, Step } from "./plan";
import type { DevicesObservation, RememberedDevices } from "./target";

/** A change as it was planned and reviewed. */
export interface Change {
  declared: ReadonlySet<PciAddress>;
  order: Order;
  /** The steps of the plan. No other step is ever made; one that is already true is skipped. */
  planned: readonly Step[];
  remembered: RememberedDevices;
  allowDeviceChange: boolean;
  /** The change is a destroy: nothing is said of the virtual machine afterwards, wherever it is. */
  destroys?: boolean;
  /** Confirm each step inside the guest, while the virtual machine runs. */
  guest?: GuestPolicy;
}

export type DevicesProblem =
  | Hindrance
  | GuestProblem
  /** Rules that are broken, found before a call; with `onlyDevice` set, all other steps were made. */
  | { kind: "violation"; violation: Violation }
  /** What is left to do holds a step that nobody planned. */
  | { kind: "unplanned"; step: Step; label?: string }
  | { kind: "call_failed"; step: Step; error: unknown }
  /** The call succeeded by its own account, and the device list doesn't show it. */
  | { kind: "not_verified"; step: Step }
  /**
   * The virtual machine or its host could not be seen, so that `step`, which succeeded by vCenter's account, is not
   * verified.
   */
  | { kind: "blind"; error: unknown; step?: Step };

export interface DevicesOutcome<O extends DevicesObservation = DevicesObservation> {
  /** The last complete look; undefined where there was none. Older than the last call where a problem is `blind`. */
  observed?: O;
  /**
   * What was remembered, and what this change has seen beside it: what tells the class of a drive that has left its
   * host since.
   */
  known: RememberedDevices;
  /** What the guest shows of what is attached; undefined where it was not asked. */
  sightings?: Sightings | undefined;
  /** What has left and may linger in the guest; undefined where there is none to ask. */
  departures?: Departures | undefined;
  done: readonly Step[];
  /** How each call went, a line each. */
  lines: readonly string[];
  /** The wait for devices, whatever came of it; undefined where nobody waited. */
  waited?: Waited | undefined;
  problems: DevicesProblem[];
}

export function broken(violation: Violation): DevicesProblem {
  return { kind: "violation", violation };
}
