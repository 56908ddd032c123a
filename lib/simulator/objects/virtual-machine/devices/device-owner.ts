import type { World } from "../../../core/world";
import type { DataObject } from "../../../value";
import type { Datastore } from "../../datacenter/datastore";
import type { HostSystem } from "../../host/host-system";

/** What its devices know of a virtual machine. */
export interface DeviceOwner {
  readonly world: World;
  readonly name: string;
  readonly uuid: string;
  readonly host: HostSystem;
  readonly powerState: "poweredOn" | "poweredOff" | "suspended";
  /** Where its own files are; its host may have no datastore. */
  readonly home?: Datastore;
  readonly directory: string;
  /** Its devices but those that are passed through. */
  readonly hardware: readonly DataObject[];
}

/** What its devices know of it, apart from it. */
export const deviceOwner = ({
  world,
  name,
  uuid,
  host,
  powerState,
  home,
  directory,
  hardware,
}: DeviceOwner): DeviceOwner => ({ world, name, uuid, host, powerState, home, directory, hardware });
