import type { DataObject } from "../value";

/** What the embedded vCenter holds at its start: the content of an inventory file. */
export interface Inventory {
  readonly vcenter?: {
    /** "8.0.3"; the API version follows from it. @default "8.0.3" */
    readonly version?: string;
    readonly build?: string;
    readonly instanceUuid?: string;
    /** "HostAgent" for a single ESXi. @default "VirtualCenter" */
    readonly apiType?: "VirtualCenter" | "HostAgent";
  };
  /** @default "DC0" */
  readonly datacenter?: string;
  readonly hosts: readonly InventoryHost[];
  /** Each host is on all of them. @default one, "VM Network" */
  readonly networks?: readonly { readonly name: string; readonly id?: string }[];
  /** Folders of virtual machines: "team/databases". Those that a machine's `folder` names need not be here. */
  readonly folders?: readonly { readonly path: string; readonly id: string }[];
  readonly virtualMachines?: readonly InventoryVirtualMachine[];
  /** What clusters do by themselves; those that hosts name and this doesn't have DRS. */
  readonly clusters?: readonly { readonly name: string; readonly drs?: boolean }[];
  readonly resourcePools?: readonly InventoryResourcePool[];
  readonly tagCategories?: readonly InventoryTagCategory[];
  /** Roles by name: the privilege ids of each. "Admin" and "ReadOnly" are there already. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Who may log in. Without it, anyone may, as administrator. */
  readonly users?: readonly InventoryUser[];
  /** How many of each were numbered so far, in an inventory that was kept: no number is given twice. */
  readonly numbers?: Readonly<Partial<Record<KeptSeries, number>>>;
}

/** A resource pool within another one. */
export interface InventoryResourcePool {
  /** "resgroup-1001" */
  readonly id: string;
  readonly name: string;
  /** The id of the pool that it is in, or the name of the cluster or the host by itself that it belongs to. */
  readonly parent: string;
  /** As the API has them. @default unlimited */
  readonly cpuAllocation?: DataObject;
  readonly memoryAllocation?: DataObject;
}

/** A category of tags. */
export interface InventoryTagCategory {
  readonly name: string;
  /** "urn:vmomi:InventoryServiceCategory:…:GLOBAL"; made from its name where absent. */
  readonly id?: string;
  readonly description?: string;
  /** Whether an object may have several of its tags. @default "SINGLE" */
  readonly cardinality?: "SINGLE" | "MULTIPLE";
  /** The types of objects that its tags are for. @default all */
  readonly associableTypes?: readonly string[];
  readonly tags?: readonly InventoryTag[];
}

interface InventoryTag {
  readonly name: string;
  /** "urn:vmomi:InventoryServiceTag:…:GLOBAL"; made from its name and its category's where absent. */
  readonly id?: string;
  readonly description?: string;
  /** Objects by type and id: "VirtualMachine:vm-42". */
  readonly attachedTo?: readonly string[];
}

/** What is numbered while the embedded vCenter runs, and must not come again after a restart. */
export const KEPT_SERIES = ["change", "mac", "snapshot", "task", "vm"] as const;
type KeptSeries = (typeof KEPT_SERIES)[number];

/** What holds from the next start on, and what holds since the last; both at once where only a value is given. */
export interface BootSetting<T> {
  readonly configured: T;
  readonly running: T;
}

export interface InventoryUser {
  readonly name: string;
  readonly password: string;
  /** @default "Admin" */
  readonly role?: string;
  /** Ids or names of hosts and virtual machines that this user may not see into. */
  readonly noAccess?: readonly string[];
}

export interface InventoryHost {
  /** "host-12"; numbered where absent. */
  readonly id?: string;
  readonly name: string;
  /** @default "8.0.3" */
  readonly version?: string;
  readonly build?: string;
  /** The cluster it belongs to; standalone where absent. */
  readonly cluster?: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly biosVersion?: string;
  /** The BIOS UUID of the server. */
  readonly uuid?: string;
  /** @default 256 */
  readonly memoryGiB?: number;
  /** @default 64 */
  readonly cpuThreads?: number;
  /** @default "connected" */
  readonly connectionState?: "connected" | "disconnected" | "notResponding";
  /** @default false */
  readonly maintenanceMode?: boolean;
  /** Booted from a stateless cache; null where the host doesn't say. @default false */
  readonly bootedFromStatelessCache?: boolean | null;
  /** HostCapability.fptHotplugSupported. @default true from 8.0.1 on */
  readonly hotPlugSupported?: boolean;
  /** Passthrough can be switched without a restart. @default true */
  readonly rebindWithoutReboot?: boolean;
  /** The VMkernel's boot setting maxIntrCookies. @default 1024 below 8.0.3, 4096 from there on */
  readonly maxIntrCookies?: number | BootSetting<number>;
  /** Likewise enablePCIEHotplug: without it the host finds what is put in or pulled out at its start. @default true */
  readonly enablePCIEHotplug?: boolean | BootSetting<boolean>;
  /** ISO 8601. @default a day ago */
  readonly bootTime?: string;
  /** It is away, and comes back by itself. @default false */
  readonly restarting?: boolean;
  readonly devices?: readonly InventoryHostDevice[];
  /** @default one VMFS datastore "datastore-NAME" on no listed device */
  readonly datastores?: readonly InventoryDatastore[];
}

export interface InventoryDatastore {
  readonly name: string;
  readonly id?: string;
  /** The address of the device that it is on. */
  readonly device?: string;
  /** Disks that no virtual machine has, by their paths below it: "db/db_1.vmdk". */
  readonly disks?: readonly { readonly path: string; readonly capacityKiB: number }[];
}

/** A PCI device in a host. */
export interface InventoryDevice {
  /** "0000:3b:00.0" */
  readonly address: string;
  /** The PCI class, four hex digits; "0108" is NVMe. @default "0108" */
  readonly class?: string;
  /** Four hex digits each. */
  readonly vendor: string;
  readonly device: string;
  readonly subsystemVendor?: string;
  readonly subsystemDevice?: string;
  /** The drive's, as guests tell it. @default made from host and address */
  readonly serialNumber?: string;
  readonly vendorName?: string;
  readonly name?: string;
  /** The physical slot's number. */
  readonly slot?: number;
  /** `enabled` is set but waits for a restart, `disabledAfterRestart` is active until then. @default "active" */
  readonly passthrough?: "active" | "enabled" | "disabled" | "disabledAfterRestart" | "unsupported";
  /** The device that is always passed through with this one. @default itself */
  readonly dependentDevice?: string;
  /** What the host itself does with it. */
  readonly usedFor?: "boot" | "coredump" | "vsan" | "vsanEsa" | "flash" | UsedForDatastore;
}

interface UsedForDatastore {
  readonly datastore: string;
  /** The host's scratch location is on it. @default false */
  readonly scratch?: boolean;
  /** How much of it is the host cache, in MB. @default none */
  readonly hostCacheMB?: number;
}

/** A PCI device as its host has it. */
export interface InventoryHostDevice extends InventoryDevice {
  /** It was pulled out of its slot, and can be put back. @default false */
  readonly pulled?: boolean;
  /** The host shows it; one that was plugged in may wait for a refresh. @default true unless it was pulled out */
  readonly known?: boolean;
}

export interface InventoryVirtualMachine {
  /** "vm-42"; numbered where absent. */
  readonly id?: string;
  readonly name: string;
  /** The host's name or id. */
  readonly host: string;
  /** A path below the datacenter's folder of virtual machines: "team/databases". */
  readonly folder?: string;
  /** The id of the resource pool that it is in. @default the root pool of its compute resource */
  readonly resourcePool?: string;
  /** What its directory and files on the datastore are called. @default its name */
  readonly directory?: string;
  readonly uuid?: string;
  readonly instanceUuid?: string;
  /** @default "poweredOn" */
  readonly powerState?: "poweredOn" | "poweredOff" | "suspended";
  /** @default "connected" */
  readonly connectionState?: "connected" | "disconnected" | "orphaned" | "inaccessible" | "invalid";
  readonly template?: boolean;
  /** The name of a snapshot that it has. */
  readonly snapshot?: string;
  /** All of its snapshots. */
  readonly snapshots?: readonly InventorySnapshot[];
  readonly annotation?: string;
  /** @default 4 */
  readonly numCpus?: number;
  /** @default 1 */
  readonly coresPerSocket?: number;
  /** @default 16384 */
  readonly memoryMiB?: number;
  /** @default all memory where it is locked, else 0 */
  readonly memoryReservationMiB?: number;
  /** @default 20 */
  readonly hardwareVersion?: number;
  /** @default "efi" */
  readonly firmware?: "efi" | "bios";
  /** @default "acpiHostBridges" */
  readonly motherboardLayout?: "acpiHostBridges" | "i440bxHostBridge";
  /** @default true */
  readonly memoryReservationLockedToMax?: boolean;
  /** @default true */
  readonly fixedPassthruHotPlugEnabled?: boolean;
  readonly vvtdEnabled?: boolean;
  readonly cpuHotAddEnabled?: boolean;
  readonly cpuHotRemoveEnabled?: boolean;
  readonly memoryHotAddEnabled?: boolean;
  /** Hardware virtualization for the guest. */
  readonly nestedHVEnabled?: boolean;
  /** A passthrough device of the dynamic kind, by vendor and device id. */
  readonly dynamicDevice?: { readonly vendor: string; readonly device: string };
  /** Disks that are drives of the host as they are: raw device mappings, by the drive's address. @default virtual */
  readonly rawDisks?: readonly { readonly device: string; readonly mode?: "virtual" | "physical" }[];
  /** The passthrough devices that it has: addresses of the host's devices, or each with its key. */
  readonly devices?: readonly (string | AttachedDevice)[];
  /** The key and the slot before the next device's, in an inventory that was kept: no key is given twice. */
  readonly lastDevice?: { readonly key: number; readonly slot: number };
  /** Its other devices, as the API has them: controllers, disks, … @default what all have, a disk and an adapter */
  readonly hardware?: readonly DataObject[];
  /** More of its configuration, as a VirtualMachineConfigSpec has it: tools, flags, bootOptions, … */
  readonly config?: DataObject;
  /** What its Tools tell of its first network adapter while it runs. @default one of 198.18.0.0/15 */
  readonly ipAddress?: string;
  /** The name of the datastore that holds its own files. @default its host's first */
  readonly datastore?: string;
  readonly extraConfig?: readonly { readonly key: string; readonly value: string }[];
  /** @default "rhel9_64Guest" */
  readonly guestId?: string;
  /** VMware Tools in the guest. @default "running" */
  readonly tools?: "running" | "notRunning" | "notInstalled";
  /** The guest takes a shutdown request and stays up. */
  readonly ignoresShutdown?: boolean;
  /** What the guest was asked to do and is about to. */
  readonly guestRequest?: "shutdown" | "reboot";
  /** ISO 8601, where it runs. @default an hour ago */
  readonly bootTime?: string;
  /** When its configuration changed last, ISO 8601, and what its changeVersion is since. @default now, and a new one */
  readonly modified?: string;
  readonly changeVersion?: string;
}

/** A passthrough device of a virtual machine. */
export interface AttachedDevice {
  readonly key: number;
  /** In its label, "PCI device 0". */
  readonly ordinal: number;
  readonly backing: DataObject;
  /** In the guest; a device that was attached while the machine was off has none. */
  readonly slot?: number;
}

export interface InventorySnapshot {
  /** "snapshot-1001" */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** ISO 8601. */
  readonly created: string;
}
