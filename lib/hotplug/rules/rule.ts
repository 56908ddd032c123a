import type {
  DeviceFacts,
  EndpointFacts,
  Facts,
  HostDevice,
  HostFacts,
  ReadinessFacts,
  VirtualMachineFacts,
} from "../facts";

/** What the letter of a rule's number stands for, in the order in which reports and the documentation go. */
export const SUBJECTS = {
  L: "Limits of one change",
  V: "What hot plug works on",
  N: "What may not be on with it",
  H: "The host",
  M: "The virtual machine",
  C: "Verified outside the guest",
  G: "Verified inside the guest",
} as const;

/** Rows of the table of rules by their numbers: all that is known of a rule stands in its row. */
export type Rules = { readonly [number: `${keyof typeof SUBJECTS}${number}`]: Rule };

export type Rule = RuleOfState | RuleOfChange;

/** A rule about what is there. A readiness report answers it for a virtual machine, its host, or both. */
export interface RuleOfState {
  /** What has to be looked at for an answer; the endpoint always is. */
  about: "endpoint" | "host" | "virtualMachine";
  /** Said where the rule holds, and named where it can't be told. */
  holds: string;
  /** Whether the facts suffice to call the rule fulfilled when nothing breaks it. Without it, no API tells. */
  isKnown?(facts: ReadinessFacts): boolean;
  /** Whether what isn't known here is what no API tells, whoever asks. */
  isBeyondApis?(facts: ReadinessFacts): boolean;
  /** What is to be said where the rule holds, and is not the whole story. */
  proviso?(facts: ReadinessFacts): string | undefined;
  /** How to check by hand what isn't known. */
  byHand?(facts: ReadinessFacts): string;
  broken?: WaysToBreak;
}

/** A rule about what is asked for, which there is nothing to say of before that. */
interface RuleOfChange {
  about: "change";
  broken: WaysToBreak;
}

/** Every way to break a rule, by what it is told from; several ways of one kind are told in their order. */
type WaysToBreak = { readonly [Kind in keyof Judged]?: Way<Judged[Kind]> | readonly Way<Judged[Kind]>[] };

export type Way<Subject> = (subject: Subject) => Broken | false | undefined;

/** What is judged, each by itself, in this order. */
export interface Judged {
  change: Pick<Facts, "declaredCount" | "peakCount">;
  endpoint: EndpointFacts;
  host: HostFacts;
  virtualMachine: VirtualMachineFacts;
  /** What was written for an address and is none; nothing else is then said of that device. */
  malformedAddress: string;
  /** A device that is named, where its host shows nothing. */
  missingDevice: DeviceFacts & { hostTitle: string };
  /** A device that its host shows, of whatever kind. */
  device: ShownDevice;
  /** One that can be added as far as its kind goes: an NVMe device with nothing left behind in its place. */
  drive: ShownDevice;
}

export interface ShownDevice extends DeviceFacts {
  onHost: HostDevice;
  /** As a person knows it, `0000:3b:00.0 (Samsung PM1733)`. */
  title: string;
  hostTitle: string;
}

/** What a way to break a rule has to say. */
export interface Broken {
  /** One line that names what is wrong and where. */
  summary: string;
  /** Why that matters, in whole sentences. */
  why: string;
  /** What to do, in whole sentences. */
  remedy: string;
  /**
   * `fixed`: nothing in the same apply can change it, so a plan fails. `changeable`: another resource of the same apply
   * may still change it, so a plan warns and an apply fails. `advice`: worth knowing, stops nothing.
   */
  weight: "fixed" | "changeable" | "advice";
  /** The one device that it concerns, where all the others can go on without it. */
  onlyDevice?: string;
}
