import type { DataObject } from "../../value";
import type { HostSystem } from "../host/host-system";

/** What the standard devices tell of their virtual machine. */
interface Chassis {
  readonly uuid: string;
  readonly directory: string;
  readonly powerState: string;
  readonly host: HostSystem;
}

/** The devices that every virtual machine has. */
export function standardDevices({ uuid, directory, powerState, host }: Chassis): DataObject[] {
  const described = (label: string): DataObject => ({ label, summary: label });
  const datastore = host.datastores[0];
  const mac = `00:50:56:${uuid.slice(-6).replace(/(..)(?=.)/g, "$1:")}`;
  return [
    { $type: "VirtualIDEController", key: 200, deviceInfo: described("IDE 0"), busNumber: 0 },
    {
      $type: "VirtualPS2Controller",
      key: 300,
      deviceInfo: described("PS2 controller 0"),
      busNumber: 0,
      device: [600, 700],
    },
    {
      $type: "VirtualPCIController",
      key: 100,
      deviceInfo: described("PCI controller 0"),
      busNumber: 0,
      device: [500, 1000, 4000],
    },
    { $type: "VirtualSIOController", key: 400, deviceInfo: described("SIO controller 0"), busNumber: 0 },
    { $type: "VirtualKeyboard", key: 600, deviceInfo: described("Keyboard"), controllerKey: 300, unitNumber: 0 },
    {
      $type: "VirtualPointingDevice",
      key: 700,
      deviceInfo: described("Pointing device"),
      backing: { $type: "VirtualDeviceDeviceBackingInfo", deviceName: "pointing" },
      controllerKey: 300,
      unitNumber: 1,
    },
    {
      $type: "VirtualMachineVideoCard",
      key: 500,
      deviceInfo: described("Video card"),
      controllerKey: 100,
      unitNumber: 0,
      videoRamSizeInKB: 8192,
      numDisplays: 1,
    },
    {
      $type: "ParaVirtualSCSIController",
      key: 1000,
      deviceInfo: described("SCSI controller 0"),
      controllerKey: 100,
      unitNumber: 3,
      busNumber: 0,
      device: [2000],
      hotAddRemove: true,
      sharedBus: "noSharing",
      scsiCtlrUnitNumber: 7,
    },
    {
      $type: "VirtualDisk",
      key: 2000,
      deviceInfo: { label: "Hard disk 1", summary: "41,943,040 KB" },
      backing: {
        $type: "VirtualDiskFlatVer2BackingInfo",
        fileName: `[${datastore?.name ?? ""}] ${directory}/${directory}.vmdk`,
        datastore: datastore?.ref,
        diskMode: "persistent",
        thinProvisioned: true,
      },
      controllerKey: 1000,
      unitNumber: 0,
      capacityInKB: 41_943_040,
      capacityInBytes: 42_949_672_960,
    },
    {
      $type: "VirtualVmxnet3",
      key: 4000,
      deviceInfo: { label: "Network adapter 1", summary: "VM Network" },
      backing: {
        $type: "VirtualEthernetCardNetworkBackingInfo",
        deviceName: "VM Network",
        network: host.networks[0]?.ref,
      },
      connectable: {
        startConnected: true,
        allowGuestControl: true,
        connected: powerState === "poweredOn",
        status: "ok",
      },
      slotInfo: { $type: "VirtualDevicePciBusSlotInfo", pciSlotNumber: 192 },
      controllerKey: 100,
      unitNumber: 7,
      addressType: "assigned",
      macAddress: mac,
      wakeOnLanEnabled: true,
    },
  ];
}
