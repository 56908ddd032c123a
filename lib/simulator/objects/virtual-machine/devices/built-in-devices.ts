import { stableUuid } from "../../../core/random";
import type { DataObject } from "../../../value";
import type { DeviceFamily } from "./device-family";

const described = (label: string, summary = label): DataObject => ({ label, summary });

/** What every virtual machine is made with. */
export const builtInDevices = (uuid: string): DataObject[] => [
  { $type: "VirtualIDEController", key: 200, deviceInfo: described("IDE 0"), busNumber: 0 },
  { $type: "VirtualIDEController", key: 201, deviceInfo: described("IDE 1"), busNumber: 1 },
  { $type: "VirtualPS2Controller", key: 300, deviceInfo: described("PS2 controller 0"), busNumber: 0 },
  { $type: "VirtualPCIController", key: 100, deviceInfo: described("PCI controller 0"), busNumber: 0 },
  { $type: "VirtualSIOController", key: 400, deviceInfo: described("SIO controller 0"), busNumber: 0 },
  { $type: "VirtualKeyboard", key: 600, deviceInfo: described("Keyboard"), controllerKey: 300, unitNumber: 0 },
  {
    $type: "VirtualPointingDevice",
    key: 700,
    deviceInfo: described("Pointing device", "Pointing device; Device"),
    backing: {
      $type: "VirtualPointingDeviceDeviceBackingInfo",
      deviceName: "",
      useAutoDetect: false,
      hostPointingDevice: "autodetect",
    },
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
    useAutoDetect: false,
    enable3DSupport: false,
    use3dRenderer: "automatic",
    graphicsMemorySizeInKB: 262_144,
  },
  {
    $type: "VirtualMachineVMCIDevice",
    key: 12000,
    deviceInfo: described("VMCI device", "Device on the virtual machine PCI bus that provides support for the VMCI"),
    slotInfo: { $type: "VirtualDevicePciBusSlotInfo", pciSlotNumber: 32 },
    controllerKey: 100,
    unitNumber: 17,
    id: Number.parseInt(stableUuid(`vmci ${uuid}`).slice(0, 8), 16) | 0,
    allowUnrestrictedCommunication: false,
    filterEnable: true,
  },
];

const builtIn = (...types: string[]): DeviceFamily => ({
  types,
  carriers: {},
  builtIn: true,
  hotPlug: false,
  label: (_, device) => (device["deviceInfo"] as DataObject)["label"] as string,
  summary: (device) => (device["deviceInfo"] as DataObject)["summary"] as string,
});

export const builtInFamilies: readonly DeviceFamily[] = [
  builtIn("VirtualIDEController"),
  builtIn("VirtualPS2Controller"),
  builtIn("VirtualPCIController"),
  builtIn("VirtualSIOController"),
  builtIn("VirtualKeyboard"),
  builtIn("VirtualPointingDevice"),
  builtIn("VirtualMachineVideoCard"),
  builtIn("VirtualMachineVMCIDevice"),
];
