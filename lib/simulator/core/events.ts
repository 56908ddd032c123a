import type { DataObject } from "../value";
import type { TaskEntity } from "./tasks";

/** What happened to a virtual machine, for vCenter's events. */
export interface HappenedToVirtualMachine {
  readonly $type: string;
  /** Who asked for it; nobody where it happened by itself. */
  readonly userName?: string;
  readonly vm: TaskEntity & { readonly template: boolean; readonly host: TaskEntity };
  readonly message: string;
  readonly fields: DataObject;
}

/** vCenter's events. */
export interface Events {
  post(happened: HappenedToVirtualMachine): void;
}
