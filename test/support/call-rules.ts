import type { CallLogEntry } from "../../lib/simulator/call-log";

const OUR_CLIENT = "cdktf-vsphere-hotplug/";

/** What our client must never do, to a running virtual machine above all, as sentences; empty for a good log. */
export function brokenCallRules(log: readonly CallLogEntry[]): string[] {
  const ours = log.filter(({ client }) => client.startsWith(OUR_CLIENT));
  return [...ours.flatMap(notOneDevice), ...ours.flatMap(notVim), ...twoInFlight(ours)];
}

/** The calls that the rules above are about. */
export function hotPlugCalls(log: readonly CallLogEntry[]): CallLogEntry[] {
  return log.filter((call) => call.client.startsWith(OUR_CLIENT) && deviceChanges(call).length > 0);
}

function deviceChanges({ operation, arguments: args }: CallLogEntry): unknown[] {
  if (operation !== "ReconfigVM_Task") return [];
  const changes = (args as { spec?: { deviceChange?: unknown } }).spec?.deviceChange;
  return changes === undefined ? [] : [changes].flat();
}

function notOneDevice(call: CallLogEntry): string[] {
  if (call.virtualMachinePowerState !== "poweredOn") return [];
  const changes = deviceChanges(call);
  if (changes.length === 0) return [];
  const { deviceChange: _, changeVersion: __, ...beside } = (call.arguments as { spec: Record<string, unknown> }).spec;
  const others = Object.keys(beside).filter((key) => !/^[$@_]/.test(key) && beside[key] !== undefined);
  return [
    ...(changes.length > 1 ? [`${title(call)} carries ${changes.length} device changes`] : []),
    ...(others.length > 0 ? [`${title(call)} carries ${others.join(", ")} beside a device change`] : []),
  ];
}

/** The privileges that docs/privileges.md tells are those of vim25: REST and the storage policies need others. */
function notVim(call: CallLogEntry): string[] {
  return /^[A-Z]+ \/|^Pbm/.test(call.operation) ? [`${title(call)} is none of vim25`] : [];
}

/** A call is in flight until its task ends; one that vCenter refused never was. */
function twoInFlight(calls: readonly CallLogEntry[]): string[] {
  const busyUntil = new Map<string, { call: CallLogEntry; end: number }>();
  return calls.flatMap((call) => {
    if (!call.task || call.target?.type !== "VirtualMachine" || call.outcome !== "ok") return [];
    const key = `${call.client} ${call.target.value}`;
    const earlier = busyUntil.get(key);
    const start = Date.parse(call.startedAt);
    busyUntil.set(key, { call, end: call.task.completedAt ? Date.parse(call.task.completedAt) : Infinity });
    return earlier && start < earlier.end ? [`${title(call)} began while ${title(earlier.call)} was in flight`] : [];
  });
}

function title({ sequence, operation, target, client }: CallLogEntry): string {
  return `Call ${sequence} (${operation} on ${target?.value ?? "no object"} by ${client})`;
}
