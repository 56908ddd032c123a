import type { CallLogEntry } from "../../lib/simulator/call-log";

/** One hot-add or hot-remove, as the embedded vCenter's call log tells it. */
export interface DeviceCall {
  startedAt: string;
  virtualMachine: string;
  operation: "hot-add" | "hot-remove" | "cold-add" | "cold-remove";
  /** The host's PCI address. */
  device: string;
  task: string;
  durationMs: number;
  succeeded: boolean;
  /**
   * Whether the virtual machine's devices were read after the task had ended, or a wait told that they had changed,
   * before the next call of the same client.
   */
  verified: boolean;
  /** Device changes in the call, and fields beside them other than `changeVersion`. */
  deviceChanges: number;
  fieldsBeside: string[];
}

interface DeviceChange {
  operation: string;
  device: { key: number; backing?: { id?: string } };
}

const DEVICE_PATHS = /^config(\.hardware(\.device.*)?)?$/;

/**
 * The device calls of a log, in order. A removal may name its device by key alone: `addresses` has what was attached
 * before.
 */
export function deviceCalls(log: readonly CallLogEntry[], addresses: ReadonlyMap<number, string>): DeviceCall[] {
  const calls = log
    .filter(({ operation }) => operation === "ReconfigVM_Task")
    .filter((call) => changesOf(call).length > 0);
  return calls.map((call, index) => {
    const changes = changesOf(call);
    const [{ operation, device }] = changes as [DeviceChange];
    const next = calls.slice(index + 1).find(({ client }) => client === call.client);
    const ended = Date.parse(call.task?.completedAt ?? call.startedAt);
    return {
      startedAt: call.startedAt,
      virtualMachine: call.target?.name ?? call.target?.value ?? "",
      operation:
        `${call.virtualMachinePowerState === "poweredOn" ? "hot" : "cold"}-${operation}` as DeviceCall["operation"],
      device: device.backing?.id ?? addresses.get(device.key) ?? `device ${device.key}`,
      task: call.task?.id ?? call.outcome ?? "",
      durationMs: ended - Date.parse(call.startedAt),
      succeeded: call.task?.state === "success",
      verified: log.some((read) => isVerification(read, call, ended) && (!next || read.sequence < next.sequence)),
      deviceChanges: changes.length,
      fieldsBeside: Object.keys(specOf(call)).filter(
        (field) => field !== "deviceChange" && field !== "changeVersion" && !/^[$@_]/.test(field),
      ),
    };
  });
}

function specOf(call: CallLogEntry): { deviceChange?: DeviceChange | DeviceChange[] } {
  return (call.arguments as { spec?: object }).spec ?? {};
}

function changesOf(call: CallLogEntry): DeviceChange[] {
  return [specOf(call).deviceChange ?? []].flat();
}

function isVerification(read: CallLogEntry, call: CallLogEntry, taskEndedAt: number): boolean {
  return (
    read.client === call.client &&
    read.sequence > call.sequence &&
    (read.operation === "WaitForUpdatesEx" || Date.parse(read.startedAt) + (read.durationMs ?? 0) >= taskEndedAt) &&
    read.read.some(({ value, paths }) => value === call.target?.value && paths.some((path) => DEVICE_PATHS.test(path)))
  );
}

/** One line a call: time, virtual machine, operation, device, task, duration, verified. */
export function renderTimeline(calls: readonly DeviceCall[]): string[] {
  const rows = calls.map((call) => [
    call.startedAt.slice(11, 23),
    call.virtualMachine,
    call.operation,
    call.device,
    call.task,
    `${call.durationMs} ms`,
    call.verified ? "verified" : call.succeeded ? "NOT VERIFIED" : "FAILED",
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join("  ")
      .trimEnd(),
  );
}
