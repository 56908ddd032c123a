/** What a page is told, in order: an event each. Who has all of them up to one knows what was there then. */
export type PageEvent =
  | { readonly kind: "call"; readonly at: string; readonly call: CallView }
  | { readonly kind: "happening"; readonly at: string; readonly happening: Happening }
  /** What is there differently since the event before. */
  | {
      readonly kind: "scene";
      readonly at: string;
      readonly set: readonly SceneItem[];
      readonly gone: readonly string[];
    }
  | { readonly kind: "controls"; readonly at: string; readonly controls: Controls }
  /** Whether vCenter answers; where it doesn't, what is shown is what was last seen. */
  | { readonly kind: "vcenter"; readonly at: string; readonly reachable: boolean; readonly reason?: string };

/** A thing to draw, by a key of its own. */
export type SceneItem = HostView | SlotView | VirtualMachineView;

export interface HostView {
  readonly kind: "host";
  readonly key: string;
  readonly id: string;
  readonly name: string;
  /** Model and version. */
  readonly detail?: string;
  /** Undefined where all is well. */
  readonly trouble?: string;
}

/**
 * `free`: passthrough is active and no virtual machine has it. `off`: passthrough isn't enabled. `restart`: a change of
 * it waits for one. `own`: the host uses it. `unable`: it can't be passed through. `unseen`: it is in its slot, and the
 * host hasn't noticed.
 */
export type SlotState = "free" | "held" | "off" | "restart" | "own" | "unable" | "unseen" | "pulled";

export interface SlotView {
  readonly kind: "slot";
  readonly key: string;
  readonly hostId: string;
  readonly address: string;
  /** What is written on the slot. */
  readonly slot?: string;
  readonly name: string;
  /** "8086:0a54" */
  readonly ids: string;
  readonly isNvme: boolean;
  readonly state: SlotState;
  /** Names of the virtual machines that have it. */
  readonly holders: readonly string[];
  /** What the host does with it, or what waits for a restart. */
  readonly note?: string;
}

export interface VirtualMachineView {
  readonly kind: "virtual machine";
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly hostName: string;
  readonly power: string;
  readonly devices: readonly { readonly address: string; readonly name: string }[];
  /** Undefined where nothing is known of the inside. */
  readonly guest?: { readonly drives: readonly GuestDriveView[] };
}

export interface GuestDriveView {
  readonly hostAddress: string;
  readonly address: string;
  readonly disk: string;
  readonly serialNumber: string;
  /** "mounted at /data" */
  readonly holds: readonly string[];
}

/** `done`: vCenter says so. `verified`: its client looked since. `confirmed`: the guest was looked at and agrees. */
type CallStage = "running" | "done" | "verified" | "confirmed" | "refused" | "unanswered";

export interface CallView {
  readonly sequence: number;
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly client: string;
  readonly operation: string;
  readonly target?: string;
  /** "add 0000:3b:00.0": what it asks for, where that is a device. */
  readonly changes: readonly string[];
  readonly stage: CallStage;
  /** As the log has it. */
  readonly outcome?: string;
  /** Why it was refused. */
  readonly reason?: string;
  readonly task?: { readonly id: string; readonly state: string; readonly durationMs?: number };
  /** Where the guest shows what was added. */
  readonly guestAddresses: readonly string[];
}

/** Something that no call did. */
export interface Happening {
  readonly text: string;
  readonly isAlarming: boolean;
}

/** How what is done by hand stands. */
export interface Controls {
  readonly failsNextTask: boolean;
  readonly slowSeconds: number;
}

/** What a page is of. */
export interface Subject {
  readonly title: string;
  /** Where it is from. */
  readonly source: string;
  /** Whether there are calls to be seen: only the embedded vCenter knows them. */
  readonly showsCalls: boolean;
  /** Whether a page may do something. */
  readonly hasHands: boolean;
}

/** What a page asks to be done. */
export type Hand =
  | { readonly act: "pull"; readonly host: string; readonly address: string }
  /** The drive that was pulled out of it, or another one. */
  | { readonly act: "plug"; readonly host: string; readonly address: string; readonly drive: PluggedDrive }
  /** Into a slot that held none yet. */
  | { readonly act: "add"; readonly host: string }
  | { readonly act: "mount"; readonly virtualMachine: string; readonly address: string }
  | { readonly act: "unmount"; readonly virtualMachine: string; readonly address: string }
  | { readonly act: "fail next task"; readonly on: boolean }
  | { readonly act: "slow tasks"; readonly on: boolean }
  | { readonly act: "restart" };

type PluggedDrive = "same drive" | "same model" | "another model";

/** Does what a page asks for. Throws, with a reason for its user, where that can't be done. */
export type Hands = (hand: Hand) => void | Promise<void>;

/** A request that makes no sense: the fault is the page's, or it was none of ours. */
export class HandError extends Error {
  override name = "HandError";
}
