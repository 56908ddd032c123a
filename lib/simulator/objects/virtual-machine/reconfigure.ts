import type { Call, Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { DataObject, Reference } from "../../value";
import { applySettings, checkSettings, reconfigurePrivileges } from "./config-spec";
import { deviceChanges } from "./device-change";
import { changedHardware, changeHardware } from "./hardware-change";
import { tellOfReconfiguration } from "./events";
import { checkHotPlug } from "./hot-plug";
import { applyPassthrough, checkPassthrough, isPassthrough } from "./passthrough-change";
import type { VirtualMachine } from "./virtual-machine";

/** ReconfigVM_Task: what it may not do is refused, the rest becomes a task. */
export const reconfigureOperations = (vm: VirtualMachine): Operations => ({
  ReconfigVM_Task: {
    privilege: ({ spec }) => reconfigurePrivileges(spec as DataObject),
    run: ({ spec }, call) => reconfigure(vm, spec as DataObject, call),
  },
});

function reconfigure(vm: VirtualMachine, spec: DataObject, call: Call): Reference {
  vm.requireReachable();
  const start = (fault?: Fault, hot = false): Reference => {
    if (fault && vm.world.assumptions.reconfigureFaultsAt === "call") throw fault;
    const { hotPlugMs, reconfigureMs } = vm.world.timings;
    return vm.startTask({
      descriptionId: "VirtualMachine.reconfigure",
      call,
      durationMs: fault ? 0 : hot ? hotPlugMs : reconfigureMs,
      work: () => {
        if (fault) throw fault;
        // What held when the call came may hold no longer.
        check(vm, spec);
        const before = vm.devices;
        apply(vm, spec);
        const userName = call.session?.userName;
        tellOfReconfiguration(vm, { configSpec: spec, userName, before, after: vm.devices });
      },
    });
  };
  try {
    return start(undefined, check(vm, spec));
  } catch (error) {
    if (!(error instanceof Fault) || error.type === "TaskInProgress") throw error;
    return start(error);
  }
}

/** Throws the fault that vCenter gives; answers whether this is a hot plug of a passthrough device. */
export function check(vm: VirtualMachine, spec: DataObject, creating = false): boolean {
  if (spec["changeVersion"] !== undefined && spec["changeVersion"] !== vm.changeVersion) {
    throw new Fault(
      "ConcurrentAccess",
      `The configuration of ${vm.name} has changed since ${String(spec["changeVersion"])}`,
    );
  }
  const changes = deviceChanges(spec);
  const passthrough = changes.filter(isPassthrough);
  const hot = vm.powerState === "poweredOn" && passthrough.length > 0;
  if (vm.powerState === "suspended" && passthrough.length > 0) throw vm.wrongPowerState("poweredOff");
  if (vm.template && passthrough.length > 0) throw new Fault("NotSupported", `${vm.name} is a template`);
  if (hot) checkHotPlug(vm, spec, passthrough);
  changedHardware(vm, changes, creating);
  checkPassthrough(vm, passthrough);
  checkSettings(vm, spec);
  return hot;
}

/** Carries out what check let pass. */
export function apply(vm: VirtualMachine, spec: DataObject, creating = false): void {
  changeHardware(vm, deviceChanges(spec), creating);
  for (const change of deviceChanges(spec).filter(isPassthrough)) applyPassthrough(vm, change);
  applySettings(vm, spec);
  vm.touch();
}
