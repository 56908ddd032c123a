import { isNvme, type HostDevice, type ReadinessFacts } from "../facts";
import type { RuleOfState } from "./rule";
import { checkRules } from "./rules";
import { RULE_NUMBERS, RULES, type RuleNumber } from "./table";
import type { Violation } from "./violation";

/** The rules that a readiness report answers. */
type CheckedRule = { [Id in RuleNumber]: (typeof RULES)[Id] extends { holds: string } ? Id : never }[RuleNumber];

export interface ReadinessCheck {
  rule: CheckedRule;
  /** `by_hand`: no API tells, or vCenter didn't. It is never passed for fulfilled. */
  status: "ok" | "failed" | "by_hand";
  /** What is the matter, in one sentence. */
  sentence: string;
  /** The way out, or how to check by hand; undefined where nothing is to be done. */
  remedy?: string;
  /** vCenter tells it, and not here: to another account, or with the declared set beside it. */
  isOpen: boolean;
}

/** The same, in the order in which it answers them. */
export const CHECKED_RULES = RULE_NUMBERS.filter((id): id is CheckedRule => "holds" in RULES[id]);

/**
 * Judges what is known by every rule that a readiness report answers. A host alone is judged by the rules about hosts;
 * a virtual machine by those about its host, too, which nobody can answer where that isn't seen.
 * What is wrong and the way out are said in the words of the rules themselves.
 */
export function checkReadiness(facts: ReadinessFacts): ReadinessCheck[] {
  const violations = [...checkRules(facts), ...hostDeviceViolations(facts)];
  const asked = CHECKED_RULES.map((rule): [CheckedRule, RuleOfState] => [rule, RULES[rule]]).filter(
    ([, { about }]) => about === "endpoint" || facts[about] !== undefined || facts.virtualMachine !== undefined,
  );
  const hostIsUnseen = facts.virtualMachine !== undefined && facts.host === undefined;
  return asked.map(([rule, row]): ReadinessCheck => {
    const { about, holds, isKnown, isBeyondApis, proviso, byHand } = row;
    const isOfHost = about !== "virtualMachine";
    const broken = violations.filter((violation) => violation.rule === rule);
    const [first] = broken;
    if (first) {
      const more = broken.length > 1 ? ` (and ${broken.length - 1} more)` : "";
      return { rule, status: "failed", sentence: `${first.summary}${more}.`, remedy: first.remedy, isOpen: false };
    }
    if (isKnown?.(facts) && !(hostIsUnseen && isOfHost))
      return {
        rule,
        status: "ok",
        sentence: [holds, proviso?.(facts)].filter(Boolean).join("; ") + ".",
        isOpen: false,
      };
    return {
      rule,
      status: "by_hand",
      sentence: `To be checked by hand: ${lowerFirst(holds)}.`,
      isOpen: isKnown !== undefined && !isBeyondApis?.(facts),
      remedy:
        (hostIsUnseen && isOfHost ? HOST_IS_UNSEEN : undefined) ??
        byHand?.(facts) ??
        "vCenter doesn't tell: check that the account may read the object, and that vCenter and the host are " +
          "8.0 Update 1 or later.",
    };
  });
}

const HOST_IS_UNSEEN =
  "The virtual machine's host can't be seen: give the account a role that may read it, and check that the virtual " +
  "machine is on one.";

/** H4 and H5 of a host as a whole: some NVMe device can be hot-added, and none that the host needs is given away. */
function hostDeviceViolations({ host: on, hostDevices }: ReadinessFacts): Violation[] {
  if (!on || !hostDevices) return [];
  const ask = (devices: readonly HostDevice[]) =>
    checkRules({ devices: devices.map((onHost) => ({ address: onHost.address, onHost })), host: { title: on.title } });
  const nvme = hostDevices.filter(isNvme);
  const candidates = nvme.filter(({ usedByHost }) => !usedByHost?.length);
  const pending = ask(
    candidates.filter(({ passthroughEnabled, passthroughActive }) => passthroughEnabled && passthroughActive === false),
  );
  const unusable = candidates.some(({ passthroughActive }) => passthroughActive)
    ? []
    : ask(candidates.filter(({ passthroughActive }) => passthroughActive === false));
  const given = ask(nvme.filter(({ passthroughEnabled, usedByHost }) => passthroughEnabled && usedByHost?.length));
  return [...(pending.length > 0 ? pending : unusable), ...given];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
