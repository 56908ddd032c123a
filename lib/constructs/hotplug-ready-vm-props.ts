import type { IResolvable, TerraformProvider } from "cdktf";
import type { VirtualMachine, VirtualMachineConfig } from "@cdktf/provider-vsphere/lib/virtual-machine";
import type { Order } from "../hotplug/devices/plan";
import type { PowerCyclePolicy } from "../hotplug/facts";
import type { PassthroughDevicesGuest, PassthroughDevicesTimeouts } from "./bindings/passthrough-devices";
import type { PassthroughHost } from "./passthrough-host";

/** What every virtual machine is told, new or not. */
export interface HotplugProps {
  /**
   * The host's PCI addresses of all NVMe passthrough devices that the virtual machine is to have, such as
   * `0000:3b:00.0`; at most 32, and none is fine. What is not listed is taken off; other devices than NVMe are never
   * touched.
   */
  readonly devices: string[];
  /**
   * Which calls come first when a change both adds and removes. With `"add_first"` the count may not pass 32 on the
   * way.
   *
   * @default "remove_first"
   */
  readonly order?: Order;
  /**
   * How long a deploy waits for a declared device that the host doesn't show yet, as a duration such as `"10m"`.
   *
   * @default it doesn't wait: all other devices are attached, and then the deploy fails on this one
   */
  readonly waitForDevice?: string;
  /**
   * Accept another model of drive at an address that is known already, for one deploy. Another model may mean other
   * data, so it is refused otherwise.
   *
   * @default false
   */
  readonly allowDeviceChange?: boolean | IResolvable;
  /**
   * Confirm each operation inside the Linux guest, by SSH: `lspci` shows a device that was added, and no longer shows
   * one that was removed, before the next call begins; a drive that something in the guest holds is not removed. How
   * guests are logged in to is the provider's `guestSsh`.
   *
   * @default the guest is not asked
   */
  readonly guest?: PassthroughDevicesGuest;
  /**
   * Limits as durations: `create`, `update` and `delete` for the whole change of devices, `operation` for one call.
   *
   * @default the provider's own
   */
  readonly timeouts?: PassthroughDevicesTimeouts;
  /**
   * Whether a running virtual machine may be shut down and powered on again, once, for settings that can be changed
   * only while it is off.
   *
   * - `"never"`: a deploy that needs it fails before it changes anything.
   * - `"on_create"`: only in the deploy that takes the virtual machine under this construct.
   * - `"if_needed"`: in any deploy.
   *
   * @default "on_create" for a new virtual machine, "never" for one that exists
   */
  readonly powerCycle?: PowerCyclePolicy;
  /**
   * How long the guest may take to shut down, as a duration.
   *
   * @default "5m"
   */
  readonly guestShutdownTimeout?: string;
  /**
   * Switch a guest off hard that can't be asked to shut down, or doesn't go down in time: what it hasn't written is
   * lost.
   *
   * @default false: such a guest is left running, and that is an error. Only under `powerCycle` `"on_create"`, in the
   * deploy that creates it, a guest in which VMware Tools were never installed is switched off hard all the same:
   * nobody can ask it to shut down.
   */
  readonly forcePowerOff?: boolean | IResolvable;
  /** @default the stack's only HotplugProvider */
  readonly provider?: TerraformProvider;
}

/**
 * The props of `@cdktf/provider-vsphere`'s VirtualMachine. Where they are left out, `firmware` is `efi`,
 * `hardwareVersion` is 20, `memoryReservation` equals `memory` and `hostSystemId` is the host's.
 *
 * vmware/vsphere powers a new virtual machine on and then waits `waitForGuestNetTimeout` minutes (5 by default) for its
 * guest's network: set that to 0 for one without VMware Tools, or its creation fails.
 */
export type NewVirtualMachineProps = Omit<VirtualMachineConfig, "pciDeviceId" | "count" | "forEach">;

/** A virtual machine to be created. */
export interface HotplugReadyVmProps extends HotplugProps {
  /** The host that it is placed on, and whose devices it gets. */
  readonly host: PassthroughHost;
  readonly virtualMachine: NewVirtualMachineProps;
}

/** A virtual machine that the same stack manages by a construct of its own. */
export interface StackVirtualMachineProps extends HotplugProps {
  /** The host that it is on. */
  readonly host: PassthroughHost;
  /** Its `pci_device_id` is put under `ignore_changes`; nothing else of it is changed. */
  readonly virtualMachine: VirtualMachine;
}

/** A virtual machine that exists already, and that somebody else manages. */
export interface ExistingVirtualMachineProps extends HotplugProps {
  /** Its BIOS UUID, its instance UUID or its managed object id (`vm-42`). */
  readonly virtualMachineId: string;
  /**
   * The host that it is on, where this stack prepares it.
   *
   * @default the host is as it is: passthrough has to be enabled for the devices already
   */
  readonly host?: PassthroughHost;
  /**
   * The host that the addresses are of, where no `host` is given: its managed object id or its name. With the virtual
   * machine on another one, nothing is changed.
   *
   * @default the host that it is on
   */
  readonly hostId?: string;
  /**
   * The hardware version to have at least; an older one is upgraded while the virtual machine is off, and there is no
   * way back.
   *
   * @default 20
   */
  readonly hardwareVersion?: number;
}
