import type { DataObject } from "../../../value";
import type { DeviceChange } from "../device-change";
import { builtInDevices } from "./built-in-devices";
import { changedDevices } from "./change-devices";
import { type DeviceOwner, deviceOwner } from "./device-owner";

const GIB_IN_KIB = 2 ** 20;

/** The devices of a virtual machine whose inventory lists none: a disk and a network adapter. */
export function defaultHardware(owner: DeviceOwner): readonly DataObject[] {
  // They are there before it runs or is suspended.
  const powerState = owner.powerState === "suspended" ? "poweredOff" : owner.powerState;
  const bare = { ...deviceOwner(owner), powerState, hardware: builtInDevices(owner.uuid) };
  const mac = `00:50:56:${owner.uuid.slice(-6).replace(/(..)(?=.)/g, "$1:")}`;
  const add = (device: DataObject, fileOperation?: string): DeviceChange => ({
    index: 0,
    operation: "add",
    fileOperation,
    device,
  });
  const [network] = owner.host.networks;
  return changedDevices(bare, [
    add({ $type: "ParaVirtualSCSIController", key: -1, busNumber: 0, sharedBus: "noSharing" }),
    ...(owner.home
      ? [
          add(
            {
              $type: "VirtualDisk",
              key: -2,
              controllerKey: -1,
              capacityInKB: 40 * GIB_IN_KIB,
              backing: {
                $type: "VirtualDiskFlatVer2BackingInfo",
                fileName: "",
                diskMode: "persistent",
                thinProvisioned: true,
              },
            },
            "create",
          ),
        ]
      : []),
    ...(network
      ? [
          add({
            $type: "VirtualVmxnet3",
            key: -3,
            backing: {
              $type: "VirtualEthernetCardNetworkBackingInfo",
              deviceName: network.name,
              network: network.ref,
            },
          }),
        ]
      : []),
  ]).map((device) => ("macAddress" in device ? { ...device, macAddress: mac } : device));
}
