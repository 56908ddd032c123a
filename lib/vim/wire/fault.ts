import type { ManagedObjectReference } from "./managed-object-reference";

/** Base types of the faults that anyone here asks about; vCenter sends only the concrete name. */
const bases: Readonly<Record<string, string>> = {
  NoPermission: "SecurityError",
  NotAuthenticated: "NoPermission",
  InvalidLogin: "VimFault",
  TaskInProgress: "InvalidState",
  InvalidPowerState: "InvalidState",
  InvalidState: "VimFault",
  ConcurrentAccess: "VimFault",
  InvalidVmConfig: "VmConfigFault",
  VmConfigFault: "VimFault",
  InvalidDeviceSpec: "InvalidVmConfig",
  InvalidDeviceOperation: "InvalidDeviceSpec",
  DeviceHotPlugNotSupported: "InvalidDeviceSpec",
  DeviceNotFound: "InvalidDeviceSpec",
  ManagedObjectNotFound: "RuntimeFault",
  InvalidProperty: "MethodFault",
  NotSupported: "RuntimeFault",
  MethodNotFound: "InvalidRequest",
  InvalidType: "InvalidRequest",
  InvalidRequest: "RuntimeFault",
  InvalidArgument: "RuntimeFault",
  RequestCanceled: "RuntimeFault",
  SystemError: "RuntimeFault",
  SecurityError: "RuntimeFault",
  RuntimeFault: "MethodFault",
  VimFault: "MethodFault",
};

interface VimFaultDetails {
  /** The concrete type's name, such as `TaskInProgress`. */
  type: string;
  message: string;
  properties?: Readonly<Record<string, unknown>>;
  /** The task that ended with this fault. */
  taskId?: string;
}

/** A fault that vCenter answered or that a task ended with. Ask for its type by `is`, never by its message. */
export class VimFault extends Error {
  override readonly name = "VimFault";
  readonly type: string;
  /** The type and its bases as far as they are known here, the concrete one first. */
  readonly types: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly taskId?: string;

  constructor({ type, message, properties = {}, taskId }: VimFaultDetails) {
    super(message || type);
    this.type = type;
    this.types = lineage(type);
    this.properties = properties;
    if (taskId) this.taskId = taskId;
  }

  /** Whether this is a fault of `type` or of one derived from it. */
  is(type: string): boolean {
    return this.types.includes(type);
  }

  /** What the fault was made of. */
  get details(): VimFaultDetails {
    const { type, message, properties } = this;
    return { type, message, properties };
  }

  /** The privilege that a NoPermission misses. */
  get privilegeId(): string | undefined {
    return typeof this.properties.privilegeId === "string" ? this.properties.privilegeId : undefined;
  }

  /** The object that a NoPermission or a ManagedObjectNotFound is about. */
  get object(): ManagedObjectReference | undefined {
    const reference = (this.properties.object ?? this.properties.obj) as ManagedObjectReference | undefined;
    return typeof reference?.value === "string" ? reference : undefined;
  }
}

/** Whether a name is one of a fault's type that is known here. */
export function isKnownFault(type: string): boolean {
  return Object.hasOwn(bases, type);
}

export function isFault(error: unknown, type: string): error is VimFault {
  return error instanceof VimFault && error.is(type);
}

interface ReceivedFault {
  fault: { $type: string };
  localizedMessage?: string;
}

/** Makes an error of a LocalizedMethodFault that was read as a value: a task's, or a missing property's. */
export function faultFrom({ fault, localizedMessage }: ReceivedFault, taskId?: string): VimFault {
  const { $type: type, ...properties } = fault;
  const object = properties as { object?: ManagedObjectReference; privilegeId?: string };
  const lacking =
    object.privilegeId && `Missing privilege ${object.privilegeId} on ${object.object?.type} ${object.object?.value}.`;
  return new VimFault({ type, message: lacking || localizedMessage || type, properties, ...(taskId && { taskId }) });
}

function lineage(type: string): string[] {
  const base = bases[type];
  return base ? [type, ...lineage(base)] : [type];
}
