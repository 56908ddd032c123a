import type { Outcome } from "../support/plugin-client";
import type { Random } from "./random";
import type { SimulatedWorld, WorldDevices } from "./world";

export interface HistoryOptions {
  random: Random;
  makeWorld(devices: WorldDevices): SimulatedWorld;
  /** How many resources the stack has, each for a virtual machine of the world. @default 1 */
  machines?: number;
  /** Steps are confirmed in the guest, where things happen, too. */
  guests?: boolean;
  /** Puts another outcome in an apply's place, to see an invariant notice it. */
  sabotage?(outcome: Outcome): Outcome;
}

export interface HistoryResult {
  /** Broken invariants; none, one hopes. */
  violations: string[];
  /** What happened, line by line. */
  trace: string[];
  applies: number;
  calls: number;
}
