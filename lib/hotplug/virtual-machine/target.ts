import type { Facts } from "../facts";

/** One complete look at a virtual machine, as its preparation needs it. */
export interface VirtualMachineObservation {
  facts: Facts & { virtualMachine: NonNullable<Facts["virtualMachine"]> };
  toolsRunning: boolean;
  /** VMware Tools never ran in its guest: they were never installed there, and nothing is known of it by them. */
  toolsNeverRan: boolean;
}

/**
 * What a preparation asks of the world, each call awaited to its end. A change fails with a `CallError`:
 * `wrong_power_state` where the virtual machine has to be off for it. `observed` is the observation on which a change
 * was decided.
 */
export interface VirtualMachineTarget<O extends VirtualMachineObservation = VirtualMachineObservation> {
  observe(): Promise<O>;
  lockMemory(observed: O): Promise<void>;
  upgradeHardware(hardwareVersion: number): Promise<void>;
  setHotPlug(settings: { motherboardLayout: boolean; hotPlug: boolean }, observed: O): Promise<void>;
  shutdownGuest(): Promise<void>;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
}
