import { formatId } from "../../hotplug/facts";
import { printable } from "../../printable";
import type { Change } from "./changes";

const WORDS: Record<Change["change"], string> = {
  attached: "attached",
  removed: "removed by API",
  pulled_out: "PULLED OUT",
  plugged_in: "plugged in",
  passthrough_enabled: "passthrough enabled",
  passthrough_disabled: "passthrough disabled",
  passthrough_active: "passthrough active",
  passthrough_inactive: "passthrough inactive",
  power: "power",
  moved: "moved",
  connection: "connection",
  appeared: "appeared",
  gone: "gone",
};

/** A change as a person reads it. */
export function sentenceOf({ change, virtualMachine, host, address, device, from, to }: Change): string {
  const titled = ({ name, id }: { name: string; id: string }): string => `${printable(name)} (${id})`;
  return [
    WORDS[change],
    ...(address && device
      ? [`${printable(address)} (${formatId(device.vendorId)}:${formatId(device.deviceId)} ${printable(device.name)})`]
      : []),
    ...(virtualMachine ? [`virtual machine ${titled(virtualMachine)}`] : []),
    ...(host ? [`host ${titled(host)}`] : []),
    ...(to !== undefined ? [`from ${printable(from ?? "")} to ${printable(to)}`] : []),
  ].join("  ");
}
