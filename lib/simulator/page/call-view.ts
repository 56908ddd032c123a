import type { CallView } from "../../page/view";
import type { CallLogEntry } from "../call-log";
import type { World } from "../core/world";
import { asFixed } from "../core/passthrough";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import type { Value } from "../value";

/** A device that a call adds to a virtual machine, or removes. */
export interface DeviceChange {
  readonly operation: "add" | "remove";
  readonly address: string;
}

/** What became known of a call after vCenter had done it. */
export interface Afterwards {
  isVerified: boolean;
  /** A wait has told its client that the devices changed. */
  isTold?: boolean;
  /** By the address on the host: the address in the guest, or empty where the drive has left it. */
  readonly confirmed: Map<string, string>;
}

export function callView(
  entry: CallLogEntry,
  { changes, afterwards }: { changes: readonly DeviceChange[]; afterwards: Afterwards },
): CallView {
  const { sequence, startedAt, durationMs, client, operation, target, outcome, task } = entry;
  const lasted = task?.completedAt && Date.parse(task.completedAt) - Date.parse(startedAt);
  const reason = task?.error ?? (outcome === "ok" ? undefined : { type: outcome, message: entry.message });
  return {
    sequence,
    startedAt,
    durationMs,
    client,
    operation,
    // Of an object of one session the id tells nobody anything.
    target: target && (target.name ?? (target.value.startsWith("session[") ? target.type : target.value)),
    changes: changes.length > 0 ? changes.map((one) => `${one.operation} ${one.address}`) : passthroughChanges(entry),
    stage: stageOf(entry, changes, afterwards),
    outcome,
    reason: reason?.type && [reason.type, reason.message].filter(Boolean).join(": "),
    task: task && { id: task.id, state: task.state, durationMs: lasted === undefined ? undefined : Number(lasted) },
    guestAddresses: [...afterwards.confirmed.values()].filter(Boolean),
  };
}

function stageOf(
  { outcome, task }: CallLogEntry,
  changes: readonly DeviceChange[],
  { isVerified, confirmed }: Afterwards,
): CallView["stage"] {
  if (task?.error) return "refused";
  if (outcome === "no answer") return "unanswered";
  if (outcome !== undefined && outcome !== "ok") return "refused";
  if (outcome === undefined || (task && !task.completedAt)) return "running";
  if (changes.length > 0 && changes.every(({ address }) => confirmed.has(address))) return "confirmed";
  return isVerified ? "verified" : "done";
}

/** The passthrough devices that a ReconfigVM_Task is about, looked up when it comes: a removal may tell a key alone. */
export function deviceChangesOf({ operation, target, arguments: args }: CallLogEntry, world: World): DeviceChange[] {
  if (operation !== "ReconfigVM_Task" || !target) return [];
  const vm = world.all(VirtualMachine).find(({ ref }) => ref.id === target.value);
  const list = (args as { spec?: { deviceChange?: unknown } } | undefined)?.spec?.deviceChange;
  return (Array.isArray(list) ? (list as Record<string, unknown>[]) : []).flatMap((change) => {
    const device = change["device"] as { key?: number; backing?: Value } | undefined;
    const kind = change["operation"];
    if (kind !== "add" && kind !== "remove") return [];
    const known = vm?.attached.find(({ key }) => key === device?.key)?.backing;
    const backing = asFixed(device?.backing) ?? (kind === "remove" ? asFixed(known) : undefined);
    return backing ? [{ operation: kind, address: backing.id }] : [];
  });
}

/** What an UpdatePassthruConfig asks for. */
function passthroughChanges({ operation, arguments: args }: CallLogEntry): string[] {
  const list = (args as { config?: unknown } | undefined)?.config;
  if (operation !== "UpdatePassthruConfig" || !Array.isArray(list)) return [];
  return (list as { id?: string; passthruEnabled?: boolean }[]).map(
    ({ id, passthruEnabled }) => `${passthruEnabled ? "enable" : "disable"} passthrough of ${id}`,
  );
}

/** Whether a call that was answered well has read a virtual machine's devices at that time or later. */
export function hasReadDevices(entry: CallLogEntry, virtualMachine: string, since: string): boolean {
  if (entry.outcome !== "ok" || Date.parse(entry.startedAt) + (entry.durationMs ?? 0) < Date.parse(since)) return false;
  return entry.read.some(
    ({ value, paths }) =>
      value === virtualMachine && paths.some((path) => /^config(\.hardware(\.device)?)?$/.test(path)),
  );
}
