import { backingFault } from "../attachment";
import { isNvme, type DeviceFacts, type Facts } from "../facts";
import { isPciAddress } from "../pci-address";
import type { Judged, Rule, Way } from "./rule";
import { RULES } from "./table";
import type { RuleId, Violation } from "./violation";

const ROWS = Object.entries(RULES) as [RuleId, Rule][];

/**
 * Every broken rule that the facts tell of. The same function is asked by a stack at synth, by a plan and by an apply,
 * each with what it knows.
 */
export function checkRules(facts: Facts): Violation[] {
  const { endpoint, host, virtualMachine, devices = [] } = facts;
  return [
    ...judge("change", facts),
    ...judge("endpoint", endpoint),
    ...judge("host", host),
    ...judge("virtualMachine", virtualMachine),
    // What another host than the one that was meant has at these addresses says nothing.
    ...(host?.expectedHost ? [] : devices.flatMap((device) => judgeDevice(device, host?.title ?? "its host"))),
  ];
}

function judgeDevice(facts: DeviceFacts, hostTitle: string): Violation[] {
  const { address, onHost, leftBehind, backing } = facts;
  if (!isPciAddress(address)) return judge("malformedAddress", address);
  if (onHost === null) return judge("missingDevice", { ...facts, hostTitle });
  if (onHost === undefined) return [];
  const title = `${address} (${onHost.vendorName} ${onHost.deviceName})`;
  const device = { ...facts, onHost, title, hostTitle };
  // What is attached is not what is there: of that drive nothing is said.
  const isAnother = backing !== undefined && backingFault(backing, onHost) === "model";
  const isDrive = isNvme(onHost) && leftBehind === undefined && !isAnother;
  return [...judge("device", device), ...judge("drive", isDrive ? device : undefined)];
}

/** All that is wrong with one thing, row by row. */
function judge<Kind extends keyof Judged>(kind: Kind, subject: Judged[Kind] | undefined): Violation[] {
  if (subject === undefined) return [];
  return ROWS.flatMap(([rule, row]) =>
    [row.broken?.[kind] ?? []].flat().flatMap((way) => {
      const broken = (way as Way<Judged[Kind]>)(subject);
      return broken ? [{ rule, ...broken }] : [];
    }),
  );
}
