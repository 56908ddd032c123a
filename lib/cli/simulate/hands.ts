import type { EmbeddedVcenter } from "../../simulator/embedded-vcenter";
import type { Guests } from "../../simulator/guests/guests";

/** What can be typed while the embedded vCenter runs: each is what a person does at a server, or in a guest. */
interface Hand {
  /** The words behind it. */
  takes: string[];
  does: string;
  /** Throws where there is no such thing. */
  run(words: string[], vcenter: EmbeddedVcenter): Promise<string> | string;
}

const HARDWARE: Record<string, Hand> = {
  pull: {
    takes: ["HOST", "DEVICE"],
    does: "pull a drive out of its slot, used or not",
    run: ([host = "", device = ""], vcenter) => {
      vcenter.pullDevice(host, device);
      return `Pulled ${device} out of ${host}.`;
    },
  },
  plug: {
    takes: ["HOST", "DEVICE"],
    does: "put it back",
    run: ([host = "", device = ""], vcenter) => {
      vcenter.plugDevice(host, device);
      return `Plugged ${device} into ${host}.`;
    },
  },
};

const inGuest = (
  takes: string[],
  does: string,
  run: (guests: Guests, vm: string, words: string[]) => Promise<string> | string,
): Hand => ({
  takes: ["VM", ...takes],
  does,
  run: ([vm = "", ...words], { guests }) => {
    if (!guests) throw new Error("There are no guests: start it with --guests.");
    return run(guests, vm, words);
  },
});

const GUESTS: Record<string, Hand> = {
  mount: inGuest(["DRIVE", "DIRECTORY"], "mount a drive in the guest", (guests, vm, [drive = "", directory = ""]) => {
    guests.system(vm).hold(drive, "mount", directory);
    return `Mounted ${drive} at ${directory} in ${vm}.`;
  }),
  unmount: inGuest(["DIRECTORY"], "unmount it", (guests, vm, [directory = ""]) => {
    guests.system(vm).release(directory);
    return `Unmounted ${directory} in ${vm}.`;
  }),
  open: inGuest(
    ["DRIVE", "PROGRAM"],
    "a program opens a drive, unmounted",
    (guests, vm, [drive = "", program = ""]) => {
      guests.system(vm).hold(drive, "process", `4711 ${program}`);
      return `${program} has ${drive} open in ${vm}.`;
    },
  ),
  close: inGuest(["DRIVE"], "whoever holds a drive lets go of it", (guests, vm, [drive = ""]) => {
    guests.system(vm).release(drive);
    return `Nobody holds ${drive} in ${vm}.`;
  }),
  lag: inGuest(["ADD", "REMOVAL"], "how many seconds the guest lags behind", (guests, vm, [add = "", removal = ""]) => {
    guests.system(vm).lag = { addMs: milliseconds(add), removalMs: milliseconds(removal) };
    return `${vm} shows a drive ${add} s after it came, and ${removal} s after it left.`;
  }),
  hide: inGuest(["DEVICE"], "the guest doesn't see a drive, whatever is attached", (guests, vm, [device = ""]) => {
    guests.system(vm).hide(device);
    return `${vm} doesn't see ${device}.`;
  }),
  show: inGuest(["DEVICE"], "it does again", (guests, vm, [device = ""]) => {
    guests.system(vm).show(device);
    return `${vm} sees ${device} where it is attached.`;
  }),
  reboot: inGuest([], "restart the guest: nothing is mounted, drives have other addresses", (guests, vm) => {
    guests.reboot(vm);
    return `${vm} was restarted.`;
  }),
  refuse: inGuest([], "its SSH server is down", async (guests, vm) => {
    await guests.refuse(vm);
    return `${vm} refuses connections.`;
  }),
  impersonate: inGuest([], "another server answers in its place, with another host key", async (guests, vm) => {
    await guests.impersonate(vm);
    return `Somebody else answers in place of ${vm}.`;
  }),
  accept: inGuest([], "its own SSH server is up again", async (guests, vm) => {
    await guests.accept(vm);
    return `${vm} accepts connections.`;
  }),
};

const ALL = { ...HARDWARE, ...GUESTS };
const usage = (verb: string): string => [verb, ...ALL[verb]!.takes].join(" ");

/** For the help: each with what it does. */
export function describeHands(): string[] {
  const width = Math.max(...Object.keys(ALL).map((verb) => usage(verb).length));
  const lines = (hands: object): string[] =>
    Object.keys(hands).map((verb) => `  ${usage(verb).padEnd(width)}   ${ALL[verb]!.does}`);
  return [
    "While it runs, lines on its standard input change the hardware:",
    ...lines(HARDWARE),
    "and, with --guests, what happens in a guest (a DRIVE is /dev/nvme0n1, or a DEVICE, its address on the host):",
    ...lines(GUESTS),
  ];
}

/** Carries out a typed line, and tells what was done. Throws with what can be typed, or what isn't there. */
export async function carryOut(vcenter: EmbeddedVcenter, line: string): Promise<string> {
  const [verb = "", ...words] = line.trim().split(/\s+/);
  const hand = Object.hasOwn(ALL, verb) ? ALL[verb] : undefined;
  if (hand?.takes.length === words.length) return hand.run(words, vcenter);
  if (hand) throw new Error(`Type "${usage(verb)}": ${hand.does}.`);
  const hands = Object.keys(vcenter.guests ? ALL : HARDWARE).map((one) => `"${usage(one)}"`);
  throw new Error(`Type ${hands.slice(0, -1).join(", ")} or ${hands.at(-1)}.`);
}

function milliseconds(seconds: string): number {
  const number = Number(seconds);
  if (seconds === "" || !(number >= 0)) throw new Error(`Not a number of seconds: ${seconds}`);
  return number * 1000;
}
