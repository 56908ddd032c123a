import type { Received, ReceivedFields, SentFields } from "./schema";
import type { Vim25Types } from "./types";

/** What a method takes and answers. One that `writes` is never repeated when its answer is lost. */
export interface Method {
  args: Readonly<Record<string, string>>;
  returns?: string;
  writes?: true;
}

/** The methods of vim25 that this client calls, with their arguments in the schema's order. */
export const vim25Methods = {
  RetrieveServiceContent: { args: {}, returns: "ServiceContent" },
  Login: { args: { userName: "string", password: "string", locale: "string?" }, returns: "UserSession" },
  Logout: { args: {} },

  RetrievePropertiesEx: {
    args: { specSet: "PropertyFilterSpec[]", options: "RetrieveOptions" },
    returns: "RetrieveResult?",
  },
  ContinueRetrievePropertiesEx: { args: { token: "string" }, returns: "RetrieveResult" },
  CreateFilter: { args: { spec: "PropertyFilterSpec", partialUpdates: "boolean" }, returns: "ManagedObjectReference" },
  DestroyPropertyFilter: { args: {} },
  WaitForUpdatesEx: { args: { version: "string?", options: "WaitOptions?" }, returns: "UpdateSet?" },
  CancelWaitForUpdates: { args: {} },
  CreateCollectorForTasks: { args: { filter: "TaskFilterSpec" }, returns: "ManagedObjectReference" },

  FindAllByUuid: {
    args: { datacenter: "ManagedObjectReference?", uuid: "string", vmSearch: "boolean", instanceUuid: "boolean?" },
    returns: "ManagedObjectReference[]",
  },
  FindByInventoryPath: { args: { inventoryPath: "string" }, returns: "ManagedObjectReference?" },

  QueryConfigTarget: { args: { host: "ManagedObjectReference?" }, returns: "ConfigTarget?" },
  QueryConfigOptionEx: {
    args: { spec: "EnvironmentBrowserConfigOptionQuerySpec?" },
    returns: "VirtualMachineConfigOption?",
  },
  ReconfigVM_Task: { args: { spec: "VirtualMachineConfigSpec" }, returns: "ManagedObjectReference", writes: true },
  UpgradeVM_Task: { args: { version: "string?" }, returns: "ManagedObjectReference", writes: true },
  PowerOnVM_Task: { args: { host: "ManagedObjectReference?" }, returns: "ManagedObjectReference", writes: true },
  PowerOffVM_Task: { args: {}, returns: "ManagedObjectReference", writes: true },
  ShutdownGuest: { args: {}, writes: true },

  Refresh: { args: {}, writes: true },
  UpdatePassthruConfig: { args: { config: "HostPciPassthruConfig[]" }, writes: true },
  EnterMaintenanceMode_Task: {
    args: { timeout: "int", evacuatePoweredOffVms: "boolean?" },
    returns: "ManagedObjectReference",
    writes: true,
  },
  ExitMaintenanceMode_Task: { args: { timeout: "int" }, returns: "ManagedObjectReference", writes: true },
  RebootHost_Task: { args: { force: "boolean" }, returns: "ManagedObjectReference", writes: true },
  CancelTask: { args: {}, writes: true },
  RetrieveManagedMethodExecuter: { args: {}, returns: "ManagedObjectReference" },
  ExecuteSoap: {
    args: {
      moid: "string",
      version: "string",
      method: "string",
      argument: "ReflectManagedMethodExecuterSoapArgument[]?",
    },
    returns: "ReflectManagedMethodExecuterSoapResult?",
  },

  QueryEvents: { args: { filter: "EventFilterSpec" }, returns: "Event[]?" },

  HasPrivilegeOnEntities: {
    args: { entity: "ManagedObjectReference[]", sessionId: "string", privId: "string[]?" },
    returns: "EntityPrivilege[]?",
  },
} as const satisfies Record<string, Method>;

type Vim25Methods = typeof vim25Methods;
export type MethodName = keyof Vim25Methods;
export type MethodArguments<M extends MethodName> = SentFields<Vim25Types, Vim25Methods[M]["args"]>;
/** A method's answer; void for one that returns nothing. */
export type MethodResult<M extends MethodName> = Vim25Methods[M] extends { returns: infer R extends string }
  ? ReceivedFields<Vim25Types, { value: R }> extends { value?: infer V }
    ? V
    : never
  : void;
export type AboutInfo = Received<Vim25Types, "AboutInfo">;
