import { CallError, type CallErrorKind } from "../hotplug/call-error";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../vim/session/task-error";
import { VimConnectionError } from "../vim/wire/connection-error";
import { isFault, VimFault } from "../vim/wire/fault";

/** Awaits a call that adds or removes a device; it fails with the core's CallError. */
export function deviceCall(call: Promise<void>): Promise<void> {
  return withCallErrors(call, (error) => {
    if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError) return "unknown";
    if (error instanceof VimConnectionError) return error.outcomeUnknown ? "unknown" : "refused";
    if (isFault(error, "TaskInProgress")) return "busy";
    if (isFault(error, "ConcurrentAccess")) return "changed";
    return "refused";
  });
}

/** The same of a call that prepares a host or a virtual machine: after anything but a fault, only looking tells. */
export function preparationCall(call: Promise<void>): Promise<void> {
  return withCallErrors(call, (error) => {
    if (!(error instanceof VimFault)) return "unknown";
    return error.is("InvalidPowerState") ? "wrong_power_state" : "refused";
  });
}

async function withCallErrors(call: Promise<void>, kindOf: (error: unknown) => CallErrorKind): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError(kindOf(error), error instanceof Error ? error.message : String(error), { cause: error });
  }
}
