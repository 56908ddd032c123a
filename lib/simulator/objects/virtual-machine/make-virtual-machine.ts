import type { World } from "../../core/world";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
import { EnvironmentBrowser } from "../compute-resource/environment-browser";
import type { HostSystem } from "../host/host-system";
import { cloneOperations } from "./clone";
import { carryOutGuestRequest, guestOperations } from "./guest-requests";
import { moveOperations } from "./move";
import { powerOperations } from "./power";
import { reconfigureOperations } from "./reconfigure";
import { registrationOperations } from "./registration";
import { makeSnapshot, snapshotOperations } from "./snapshot-operations";
import { templateOperations } from "./template";
import { upgradeOperations } from "./upgrade";
import { VirtualMachine } from "./virtual-machine";
import { virtualMachineProperties } from "./virtual-machine-properties";

/** What clients can do to a virtual machine, a file each. */
const OPERATIONS = [
  powerOperations,
  guestOperations,
  reconfigureOperations,
  snapshotOperations,
  moveOperations,
  upgradeOperations,
  templateOperations,
  registrationOperations,
];

/** A virtual machine in the world, with all that clients can read of it and do to it. */
export function makeVirtualMachine(
  world: World,
  id: string,
  description: InventoryVirtualMachine,
  host: HostSystem,
): VirtualMachine {
  const vm = world.add(new VirtualMachine(world, id, description, host));
  const environmentBrowser = world.add(
    new EnvironmentBrowser(world, `envbrowser-${id}`, {
      hosts: () => [vm.host],
      version: () => vm.hardwareVersion,
    }),
  );
  vm.onEnd = () => environmentBrowser.discard();
  vm.offer({ properties: virtualMachineProperties(vm, { environmentBrowser }) });
  for (const operations of OPERATIONS) vm.offer({ operations: operations(vm) });
  vm.offer({ operations: cloneOperations(vm, makeVirtualMachine) });
  const { snapshot, snapshots = [], guestRequest } = description;
  if (snapshot !== undefined) makeSnapshot(vm, { name: snapshot, description: "" });
  for (const one of snapshots) makeSnapshot(vm, one);
  if (guestRequest) carryOutGuestRequest(vm, guestRequest);
  return vm;
}
