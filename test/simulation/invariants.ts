import type { PciAddress } from "../../lib/hotplug/pci-address";
import type { Diagnostic } from "../../lib/tfplugin6/diagnostic";
import type { ShownToRun } from "./guest-watch";
import type { ReconfigureCall } from "./world";

/** One apply, as it was planned and as it went. */
export interface ApplyRecord {
  /** What the configuration before this one declared, and what this one does. */
  declaredBefore: readonly PciAddress[];
  declared: readonly PciAddress[];
  /** The plan's `steps`. */
  steps: readonly string[];
  /** Devices on the virtual machine as the apply begins that are neither declared nor to be removed. */
  foreign: readonly PciAddress[];
  /** What reached the vCenter. */
  calls: readonly ReconfigureCall[];
  /** How it ended; undefined where the process was killed. */
  end?: ApplyEnd;
}

export interface ApplyEnd {
  /** Nobody else came in between, and no answer was late or lost: what was seen last is what is true. */
  undisturbed: boolean;
  errors: readonly Diagnostic[];
  /** The addresses of `attached` in the state; undefined where there is no state. */
  recorded?: readonly string[];
  /** The NVMe devices that are on the virtual machine. */
  attached: readonly PciAddress[];
  /** What the state calls confirmed in the guest, and what the guest showed when it was asked last. */
  confirmed: readonly { address: string; serialNumber: string | null }[];
  shown?: ShownToRun | undefined;
  /** Devices that the state before named, or that this apply added: ours to keep in mind. */
  ours: readonly string[];
}

type Invariant = (record: ApplyRecord) => string[];

const text = ({ operation, address }: { operation: string; address: string }): string => `${operation} ${address}`;

/** Whether an error names the address, in its first line or in the whole. */
export function names(errors: readonly Diagnostic[], address: string): boolean {
  return errors.some(({ summary, detail }) => `${summary}\n${detail}`.includes(address));
}

/** What has to hold of every apply, whatever happened. */
export const APPLY_INVARIANTS: Record<string, Invariant> = {
  "a call has one device, and nothing beside it": ({ calls }) =>
    calls
      .filter(({ changes, beside }) => changes.length !== 1 || beside.length > 0)
      .map((call) => `a call with ${call.changes.map(text).join(" and ")} ${call.beside.join(", ")}`),

  "no call is made that the plan's steps don't name": ({ calls, steps }) =>
    calls.flatMap(({ changes }) => changes.map(text)).filter((call) => !steps.includes(call)),

  "no device that was declared before and after is ever removed": ({ calls, declaredBefore, declared }) =>
    calls
      .flatMap(({ changes }) => changes)
      .filter(
        ({ operation, address }) =>
          operation === "remove" && [declaredBefore, declared].every((set) => set.some((one) => one === address)),
      )
      .map(text),

  "one process has no two calls in flight": ({ calls }) =>
    calls.filter(({ overlaps }) => overlaps).map(({ changes }) => changes.map(text).join()),

  "each call is verified before another is made": ({ calls }) =>
    calls
      .filter(({ verified, error }, index) => !verified && error !== "nothing done" && index < calls.length - 1)
      .map(({ changes }) => changes.map(text).join()),

  "no call is made after one that failed": ({ calls }) =>
    calls.filter((_, index) => calls[index - 1]?.error === "failed").map(({ changes }) => changes.map(text).join()),

  "no drive is removed that the guest held when it was asked last": ({ calls }) =>
    calls.flatMap(({ changes, inUse }) => (inUse === undefined ? [] : [`${changes.map(text).join()}: ${inUse}`])),

  "nothing is called confirmed that the guest didn't show when it was asked last": ({ end }) =>
    end?.shown ? end.confirmed.flatMap(({ address }) => (end.shown!.has(address) ? [] : [address])) : [],

  "no drive's serial number is told of another device": ({ end }) =>
    (end?.shown ? end.confirmed : []).flatMap(({ address, serialNumber }) =>
      serialNumber === null || serialNumber === end!.shown!.get(address) ? [] : [`${address}: ${serialNumber}`],
    ),

  "a device that appeared since the plan is an error before the first call": ({ end, foreign, calls }) =>
    end?.undisturbed && (calls.length > 0 || end.errors.length === 0) ? [...foreign] : [],

  "the state names nothing that isn't attached": ({ end }) =>
    end?.undisturbed && end.recorded
      ? end.recorded.filter((address) => !end.attached.some((one) => one === address))
      : [],

  "the state forgets nothing, except after a failed create whose error names it": ({ end }) => {
    if (!end?.undisturbed) return [];
    const known = end.attached.filter((address) => end.ours.includes(address));
    if (end.recorded) return known.filter((address) => !end.recorded!.includes(address));
    return known.filter((address) => !names(end.errors, address));
  },
};

/** What has to hold at the end, after one more apply without faults. */
export interface Finish {
  declared: readonly PciAddress[];
  attached: readonly PciAddress[];
  /** Declared devices that nothing keeps from being attached. */
  available: ReadonlySet<string>;
  errors: readonly Diagnostic[];
  /** There is no state, after a create that failed: what is attached is planned again, to be adopted. */
  stateless: boolean;
  /** The steps of a plan after that apply; undefined where the plan is empty. */
  stepsLeft?: readonly string[];
}

export const FINAL_INVARIANTS: Record<string, (finish: Finish) => string[]> = {
  "the virtual machine has exactly the declared devices that exist": ({ declared, attached, available }) => [
    ...attached.filter((address) => !declared.includes(address)).map((address) => `${address} too many`),
    ...declared
      .filter((address) => !attached.includes(address) && available.has(address))
      .map((address) => `${address} lacks`),
  ],

  "an apply fails exactly where a device is missing, and names it": ({ declared, attached, errors }) => {
    const missing = declared.filter((address) => !attached.includes(address));
    if (missing.length === 0) return errors.map(({ summary }) => `an error with nothing missing: ${summary}`);
    return missing
      .filter((address) => !errors.some(({ summary }) => summary.includes(address)))
      .map((address) => `no error names ${address}`);
  },

  "a plan after it is empty, but for what is missing": ({ declared, attached, stateless, stepsLeft = [] }) => {
    const expected = declared
      .filter((address) => stateless || !attached.includes(address))
      .map((address) => `add ${address}`);
    return [
      ...stepsLeft.filter((step) => !expected.includes(step)),
      ...expected.filter((step) => !stepsLeft.includes(step)).map((step) => `${step} is not planned`),
    ];
  },
};
