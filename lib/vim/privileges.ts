import type { Abortable, Session } from "./session/session";
import type { ManagedObjectReference } from "./wire/managed-object-reference";
import type { MethodName } from "./wire/methods";

/**
 * The privilege that each method needs on its target. From VMware's API reference; where that names none, the method
 * asks only for what the properties read through it ask for. `assumed`: the reference doesn't know the method.
 */
export const methodPrivileges: Readonly<Record<MethodName, string>> = {
  RetrieveServiceContent: "System.Anonymous",
  Login: "System.Anonymous",
  Logout: "System.View",
  RetrievePropertiesEx: "System.Read",
  ContinueRetrievePropertiesEx: "System.View",
  CreateFilter: "System.Read",
  DestroyPropertyFilter: "System.View",
  WaitForUpdatesEx: "System.View",
  CancelWaitForUpdates: "System.View",
  CreateCollectorForTasks: "System.View",
  FindAllByUuid: "System.View",
  FindByInventoryPath: "System.View",
  QueryConfigTarget: "System.View",
  QueryConfigOptionEx: "System.View",
  // By what the specification changes: see the reconfigure privileges below.
  ReconfigVM_Task: "VirtualMachine.Config.AddRemoveDevice",
  UpgradeVM_Task: "VirtualMachine.Config.UpgradeVirtualHardware",
  PowerOnVM_Task: "VirtualMachine.Interact.PowerOn",
  PowerOffVM_Task: "VirtualMachine.Interact.PowerOff",
  ShutdownGuest: "VirtualMachine.Interact.PowerOff",
  Refresh: "Host.Config.Settings",
  UpdatePassthruConfig: "Host.Config.PciPassthru",
  EnterMaintenanceMode_Task: "Host.Config.Maintenance",
  ExitMaintenanceMode_Task: "Host.Config.Maintenance",
  RebootHost_Task: "Host.Config.Maintenance",
  CancelTask: "Global.CancelTask",
  RetrieveManagedMethodExecuter: "Host.Config.Settings", // assumed
  ExecuteSoap: "Host.Config.Settings", // assumed
  QueryEvents: "System.View",
  HasPrivilegeOnEntities: "System.View",
};

/** What ReconfigVM_Task needs for the fields that this client sends. Which group the newer two belong to is assumed. */
export const reconfigurePrivileges = {
  deviceChange: "VirtualMachine.Config.AddRemoveDevice",
  memoryReservationLockedToMax: "VirtualMachine.Config.Resource",
  motherboardLayout: "VirtualMachine.Config.Settings",
  fixedPassthruHotPlugEnabled: "VirtualMachine.Config.Settings",
} as const;

const read = ["System.Anonymous", "System.View", "System.Read"];

/** The least role for each use, on the VMs or the hosts concerned. Every role has the first three. */
export const leastRoles = {
  doctorAndPlan: read,
  attach: [...read, reconfigurePrivileges.deviceChange],
  prepareVirtualMachine: [
    ...read,
    reconfigurePrivileges.memoryReservationLockedToMax,
    reconfigurePrivileges.motherboardLayout,
    methodPrivileges.UpgradeVM_Task,
    methodPrivileges.PowerOnVM_Task,
    methodPrivileges.PowerOffVM_Task,
  ],
  prepareHost: [
    ...read,
    methodPrivileges.ExecuteSoap,
    methodPrivileges.UpdatePassthruConfig,
    methodPrivileges.RebootHost_Task,
    methodPrivileges.CancelTask,
  ],
} as const;

/** Which of `privileges` the session's user has on each of `entities`, by managed object id: one request for all. */
export async function grantedPrivileges(
  session: Session,
  entities: readonly ManagedObjectReference[],
  { privileges, signal }: Abortable & { privileges: readonly string[] },
): Promise<Map<string, Set<string>>> {
  if (entities.length === 0) return new Map();
  const { authorizationManager } = await session.content(signal);
  const sessionId = await session.sessionKey(signal);
  const args = { entity: [...entities], sessionId, privId: [...privileges] };
  const answer = await session.call("HasPrivilegeOnEntities", authorizationManager!, args, { signal });
  return new Map(
    answer.map(({ entity, privAvailability }) => [
      entity.value,
      new Set(privAvailability.filter(({ isGranted }) => isGranted).map(({ privId }) => privId)),
    ]),
  );
}
