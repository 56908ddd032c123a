import type { GuestProblem } from "../../hotplug/devices/guest-work";
import type { GuestDrive } from "../../hotplug/devices/guest";
import { GuestError } from "../../guest/guest-error";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { SKIP_GUEST } from "../guest-ssh";

const WAY_OUT =
  "To go on without asking the guest, take guest out of the resource; where that is gone from the configuration, as " +
  `for a destroy, run once with ${SKIP_GUEST}=true in the environment.`;

/** Of holders and the like, in one error. */
const MOST_NAMED = 10;

/** What stood in the way in the guest, as the person reads it. */
export function describeGuestProblem(problem: GuestProblem, virtualMachine: string): Diagnostic {
  switch (problem.kind) {
    case "guest_silent":
      return errorDiagnostic(
        `The guest of virtual machine ${virtualMachine} can't be asked`,
        `${described(problem.error)} What can't be confirmed is not begun. ${WAY_OUT}`,
        ["guest"],
      );
    case "held": {
      const { step, drives, holders, unanswered } = problem;
      const which = firstOf(drives.map(nameOf)).join(" or ");
      const ways = holders.slice(0, MOST_NAMED).map(({ letGo }) => letGo);
      const twins = drives.length > 1 ? "Which of these drives of one model it is can't be told, so each counts. " : "";
      return holders.length > 0
        ? errorDiagnostic(
            `Device ${step.address} is in use in the guest of virtual machine ${virtualMachine}: ` +
              firstOf(holders.map(({ what }) => what)).join("; "),
            `It is ${which} in the guest. ${twins}It was not removed: whoever uses it would lose what isn't written ` +
              `yet. ${ways.join(" ")} Then apply again; or set guest.remove_in_use to remove it all the same.`,
          )
        : errorDiagnostic(
            `The guest of virtual machine ${virtualMachine} can't tell whether device ${step.address} is in use`,
            `It is ${which} in the guest: ${firstOf(unanswered).join("; ")}. ${twins}It was not removed, ` +
              "since a guest that can't answer is not one that says no. Mend that; or make sure by hand, and set " +
              "guest.remove_in_use.",
          );
    }
    case "not_confirmed": {
      const { step, seconds, shown, error } = problem;
      const isAdd = step.operation === "add";
      return errorDiagnostic(
        `The guest of virtual machine ${virtualMachine} ${isAdd ? "doesn't show" : "still shows"} device ` +
          `${step.address} after ${seconds} s`,
        `On the virtual machine it ${isAdd ? "is attached" : "is removed"}, verified by vCenter. ` +
          `${shown ? shownText(shown) : `The guest could not be asked: ${described(error)}`} Nothing else was begun. ` +
          (isAdd
            ? "Look into the guest's kernel log (dmesg) for pciehp or ACPI; guest.rescan lets its PCI bus be scanned " +
              "anew, and guest.timeout waits longer. The next apply only confirms."
            : "Look into the guest's kernel log (dmesg): something may keep the drive."),
      );
    }
    case "unconfirmed": {
      const { devices, seconds, error } = problem;
      return errorDiagnostic(
        `The guest of virtual machine ${virtualMachine} doesn't show ` +
          `${devices.map(({ address }) => address).join(", ")} after ${seconds} s`,
        `On the virtual machine ${devices.length > 1 ? "they are" : "it is"} attached` +
          `${error === undefined ? "" : `; the guest could not be asked: ${described(error)}`}. Nothing was changed. ` +
          `Look into the guest's kernel log (dmesg), or set guest.rescan. ${WAY_OUT}`,
      );
    }
    case "lingering": {
      const { drives, seconds, error } = problem;
      const which = drives.map((one) => firstOf(one.drives.map(nameOf)).join(" or ")).join("; ");
      return errorDiagnostic(
        `The guest of virtual machine ${virtualMachine} still shows the drive that has left ` +
          `${drives.map(({ address }) => address).join(", ")}, after ${seconds} s`,
        `It is ${which} there, and no longer on the virtual machine` +
          `${error === undefined ? "" : `; the guest could not be asked again: ${described(error)}`}. Nothing was ` +
          "changed for it. Look into the guest's kernel log (dmesg): something may keep the drive. A restart of the " +
          `guest is rid of it. ${WAY_OUT}`,
      );
    }
  }
}

/** Another drive than the one that was known is at an address: of two of one model nothing else tells. */
export function changedDrive(
  virtualMachine: string,
  { address, before, now }: { address: string; before: string; now: string },
): Diagnostic {
  return warningDiagnostic(
    `Another drive is at ${address} of virtual machine ${virtualMachine}: serial number ${now} instead of ${before}`,
    `Its data is not what was at ${address} before. The new serial number is remembered.`,
  );
}

export function guestSkipped(virtualMachine: string): Diagnostic {
  return warningDiagnostic(
    `The guest of virtual machine ${virtualMachine} was not asked`,
    `${SKIP_GUEST} is set: nothing was confirmed in the guest, and nobody looked who holds a drive.`,
    ["guest"],
  );
}

function described(error: unknown): string {
  if (error instanceof GuestError) return `${error.message}. ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

/** The first of what may be a long list, and how many more there are. */
function firstOf(texts: readonly string[]): string[] {
  const more = texts.length - MOST_NAMED;
  return more > 0 ? [...texts.slice(0, MOST_NAMED), `${more} more`] : [...texts];
}

function nameOf({ address, serialNumber, blockDevices }: GuestDrive): string {
  const serial = serialNumber === undefined ? "" : `, serial number ${serialNumber}`;
  return `${blockDevices.length > 0 ? blockDevices.join(", ") : "a drive without a disk"} (${address}${serial})`;
}

function shownText(drives: readonly GuestDrive[]): string {
  return drives.length === 0
    ? "The guest shows no NVMe drive."
    : `The guest shows ${firstOf(drives.map(nameOf)).join("; ")}.`;
}
