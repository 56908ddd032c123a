import type { Operations, Properties } from "../../core/operation";
import { extensible, ManagedObject } from "../managed-object";
import { bootDisk, diagnosticPartition, fileSystemVolume, storageDevice, vsanConfig } from "./host-storage";
import type { HostSystem } from "./host-system";

class StorageSystem extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "HostStorageSystem", `storageSystem-${host.number}`);
  }

  override readonly properties: Properties = {
    ...extensible,
    storageDeviceInfo: () => storageDevice(this.host),
    fileSystemVolumeInfo: () => fileSystemVolume(this.host),
  };

  override readonly operations: Operations = {
    RescanAllHba: { privilege: "Host.Config.Storage", run: () => undefined },
    RefreshStorageSystem: { privilege: "Host.Config.Storage", run: () => undefined },
  };
}

class VsanSystem extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "HostVsanSystem", `vsanSystem-${host.number}`);
  }

  override readonly properties: Properties = { config: () => vsanConfig(this.host) };
}

class DiagnosticSystem extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "HostDiagnosticSystem", `diagnosticSystem-${host.number}`);
  }

  override readonly properties: Properties = { activePartition: () => diagnosticPartition(this.host) };
}

class BootDeviceSystem extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "HostBootDeviceSystem", `bootDeviceSystem-${host.number}`);
  }

  override readonly operations: Operations = {
    QueryBootDevices: {
      privilege: "Host.Config.Settings",
      run: () => {
        const drive = bootDisk(this.host);
        return (
          drive && {
            bootDevices: [{ key: drive.canonicalName, description: `/vmfs/devices/disks/${drive.canonicalName}` }],
            currentBootDeviceKey: drive.canonicalName,
          }
        );
      },
    },
  };
}

/** The host's systems that deal with storage, as its configManager names them. */
export const storageSystems = (host: HostSystem): Record<string, ManagedObject> => ({
  storageSystem: host.world.add(new StorageSystem(host)),
  vsanSystem: host.world.add(new VsanSystem(host)),
  diagnosticSystem: host.world.add(new DiagnosticSystem(host)),
  bootDeviceSystem: host.world.add(new BootDeviceSystem(host)),
});
