import type { Call, Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { DataObject, Reference } from "../../value";
import { HostSystem } from "../host/host-system";
import type { VirtualMachine } from "./virtual-machine";

/** To another host. */
export const moveOperations = (vm: VirtualMachine): Operations => ({
  RelocateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ spec }, call) => moveTask(vm, call, (spec as DataObject)["host"] as Reference | undefined),
  },
  MigrateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ host }, call) => moveTask(vm, call, host as Reference | undefined),
  },
});

/** A passthrough device ties a running virtual machine to the host it is on (N7). */
function moveTask(vm: VirtualMachine, call: Call, to = vm.host.ref): Reference {
  vm.requireReachable();
  const host = vm.world.get(to);
  if (!(host instanceof HostSystem)) throw new Fault("InvalidArgument", "This is no host", { invalidProperty: "host" });
  return vm.startTask({
    descriptionId: "VirtualMachine.migrate",
    call,
    durationMs: vm.world.timings.powerMs,
    work: () => {
      if (!host.available) throw new Fault("InvalidHostState", `${host.name} is not available`, { host: host.ref });
      if (vm.powerState !== "poweredOff" && !vm.canMove)
        throw new Fault("MigrationFault", `${vm.name} has passthrough devices and can't move while it runs`);
      vm.moveTo(host);
    },
  });
}
