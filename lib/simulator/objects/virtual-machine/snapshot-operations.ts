import type { Call, Operations, Result } from "../../core/operation";
import { Fault } from "../../fault";
import type { Reference } from "../../value";
import { Snapshot, type SnapshotDescription } from "./snapshot";
import type { VirtualMachine } from "./virtual-machine";

/** Snapshots of a virtual machine. */
export const snapshotOperations = (vm: VirtualMachine): Operations => ({
  CreateSnapshot_Task: {
    privilege: "VirtualMachine.State.CreateSnapshot",
    run: ({ name, description = "" }, call) =>
      snapshotTask(vm, call, "createSnapshot", () => {
        if (vm.powerState === "poweredOn" && vm.passthroughAddresses.length > 0)
          throw new Fault("SnapshotFault", `${vm.name} runs with passthrough devices: no snapshot can be taken`);
        return makeSnapshot(vm, { name: name as string, description: description as string }).ref;
      }),
  },
  RemoveAllSnapshots_Task: {
    privilege: "VirtualMachine.State.RemoveSnapshot",
    run: (_args, call) => snapshotTask(vm, call, "removeAllSnapshots", () => vm.removeSnapshots(vm.snapshots)),
  },
});

/** A snapshot in the world, with all that clients can read of it and do to it. */
export function makeSnapshot(vm: VirtualMachine, description: SnapshotDescription): Snapshot {
  const snapshot = new Snapshot(vm.world, description).offer({
    properties: { config: () => vm.properties["config"]!(), childSnapshot: () => [], vm: () => vm.ref },
    operations: {
      RemoveSnapshot_Task: {
        privilege: "VirtualMachine.State.RemoveSnapshot",
        run: (_args, call) => snapshotTask(vm, call, "removeSnapshot", () => vm.removeSnapshots([snapshot])),
      },
    },
  });
  vm.addSnapshot(snapshot);
  return snapshot;
}

const snapshotTask = (vm: VirtualMachine, call: Call, name: string, work: () => Result): Reference =>
  vm.startTask({ descriptionId: `VirtualMachine.${name}`, call, durationMs: vm.world.timings.reconfigureMs, work });
