import type { Fault } from "../../../fault";
import type { DataObject } from "../../../value";
import type { DeviceOwner } from "./device-owner";

/** A place for a device on a controller: the key that it then has, and its number there. */
export interface Place {
  readonly key: number;
  readonly unitNumber: number;
}

/** What a family needs to know to make a device whole. */
export interface DeviceContext {
  readonly owner: DeviceOwner;
  /** All devices as they are so far. */
  readonly devices: readonly DataObject[];
  readonly operation: "add" | "edit";
  readonly fileOperation?: string;
  /** The device before an edit. */
  readonly former?: DataObject;
  /** The fault that refuses the change: it says which. */
  refuse(type: string, why: string, fields?: DataObject): Fault;
}

/** One kind of virtual devices: where its devices go, what they are called, and what makes one whole. */
export interface DeviceFamily {
  readonly types: readonly string[];
  /** The controllers that carry its devices, by type or base type, each with the places that it has, in order. */
  readonly carriers: Readonly<Record<string, (controller: DataObject) => Place[]>>;
  /** The key of the controller where a request names none. */
  readonly defaultController?: number;
  /** Every virtual machine has them from the start: they are changed, but none is added or removed. */
  readonly builtIn?: boolean;
  /** Comes and goes while the virtual machine runs; on some controllers only, where it is a function. */
  readonly hotPlug: boolean | ((controller: DataObject) => boolean);
  /** Its label, "Hard disk 1"; `index` counts from 0. */
  label(index: number, device: DataObject): string;
  summary(device: DataObject): string;
  /** Throws what is wrong with it; fills in what the request left open. It has its key and place already. */
  complete?(device: DataObject, context: DeviceContext): DataObject;
}
