import type { Violation } from "../rules/violation";
import type { Waited } from "../waited";
import type { Hindrance } from "../work";
import type { HostObservation } from "./target";

export type HostProblem =
  | Hindrance
  /** A broken rule; with `onlyDevice` set, or as advice, all else was done. */
  | { kind: "violation"; violation: Violation }
  | { kind: "never_seen"; error: unknown }
  /** A call or a look, or that it can't be told what the host itself uses. */
  | { kind: "failed"; error: unknown }
  /** Every call succeeded by its own account, and the host doesn't show what was set. */
  | { kind: "not_shown" }
  /** `inDoubt`: the entry may still be under way. */
  | { kind: "not_in_maintenance_mode"; error: unknown; inDoubt: boolean }
  /** `error` is undefined where each exit succeeded by its own account. `before`: what had gone wrong already. */
  | { kind: "still_in_maintenance_mode"; error?: unknown; before?: HostProblem }
  | { kind: "restarted_in_vain"; reasons: readonly string[] };

export interface KeptDevice {
  address: string;
  /** The virtual machine that has it, as a person knows it. */
  heldBy?: string;
  /** Those that may have it, since they can't be read. */
  unreadable: readonly string[];
}

export interface HostOutcome<O extends HostObservation = HostObservation> {
  /** The last observation; undefined where there was none. */
  observed?: O;
  /** Devices whose passthrough was enabled, or given back, by this change. */
  enabled: readonly string[];
  released: readonly string[];
  /** Devices that were not given back, since a virtual machine may have them. */
  kept: readonly KeptDevice[];
  done: readonly string[];
  /** Devices that were bound anew by this change without getting active. */
  boundInVain: readonly string[];
  /** Of the wanted devices, those that were active when the work ended; undefined where the host was never seen. */
  active?: string[];
  /** The wait for devices, whatever came of it; undefined where nobody waited. */
  waited?: Waited | undefined;
  problems: HostProblem[];
}
