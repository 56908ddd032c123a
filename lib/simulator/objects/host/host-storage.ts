import { type HostDevice, isNvme } from "../../core/host-device";
import { stableUuid } from "../../core/random";
import type { DataObject } from "../../value";
import type { HostSystem } from "./host-system";

/** A drive that the host itself uses: its adapter, its disk, and what lies on it. */
interface UsedDrive {
  readonly device: HostDevice;
  readonly adapter: string;
  readonly canonicalName: string;
  readonly lunKey: string;
}

const BLOCKS = 7_501_476_528;

/** The drives that the host holds itself: every NVMe device that isn't passed through has an adapter and a disk. */
function drives(host: HostSystem): UsedDrive[] {
  return host.knownDevices
    .filter((device) => !device.active && isNvme(device))
    .map((device, index) => {
      const canonicalName = `t10.NVMe____${stableUuid(`${host.name} ${device.description.address}`).slice(0, 8)}`;
      return { device, adapter: `vmhba${index + 2}`, canonicalName, lunKey: `key-vim.host.ScsiDisk-${canonicalName}` };
    });
}

const adapterKey = ({ adapter }: UsedDrive): string => `key-vim.host.PcieHba-${adapter}`;

function disk({ device, canonicalName, lunKey }: UsedDrive): DataObject {
  return {
    $type: "HostScsiDisk",
    deviceName: `/vmfs/devices/disks/${canonicalName}`,
    deviceType: "disk",
    key: lunKey,
    uuid: stableUuid(canonicalName).replace(/-/g, ""),
    canonicalName,
    displayName: `Local NVMe Disk (${canonicalName})`,
    lunType: "disk",
    vendor: "NVMe",
    model: device.description.name ?? "",
    operationalState: ["ok"],
    capacity: { blockSize: 512, block: BLOCKS },
    devicePath: `/vmfs/devices/disks/${canonicalName}`,
    ssd: true,
    localDisk: true,
  };
}

/** HostStorageDeviceInfo: adapters by PCI address, disks, and which disk is behind which adapter. */
export const storageDevice = (host: HostSystem): DataObject => ({
  hostBusAdapter: drives(host).map((drive) => ({
    $type: "HostPcieHba",
    key: adapterKey(drive),
    device: drive.adapter,
    bus: Number.parseInt(drive.device.description.address.slice(5, 7), 16),
    status: "online",
    model: drive.device.description.name ?? "",
    driver: "nvme_pcie",
    pci: drive.device.description.address,
    storageProtocol: "nvme",
  })),
  scsiLun: drives(host).map(disk),
  scsiTopology: {
    adapter: drives(host).map((drive) => ({
      key: `key-vim.host.ScsiTopology.Interface-${drive.adapter}`,
      adapter: adapterKey(drive),
      target: [
        {
          key: `key-vim.host.ScsiTopology.Target-${drive.adapter}:0:0`,
          target: 0,
          lun: [{ key: `key-vim.host.ScsiTopology.Lun-${drive.lunKey}`, lun: 0, scsiLun: drive.lunKey }],
          transport: { $type: "HostPcieTargetTransport" },
        },
      ],
    })),
  },
  softwareInternetScsiEnabled: false,
});

/** The drive that an inventory entry puts to a use of the host. */
const usedFor = (host: HostSystem, use: string): UsedDrive[] =>
  drives(host).filter(({ device }) => device.description.usedFor === use);

/** HostFileSystemVolumeInfo: the datastores, and on which disk each lies. */
export const fileSystemVolume = (host: HostSystem): DataObject => ({
  volumeTypeList: ["VMFS", "OTHER"],
  mountInfo: host.datastores.map((datastore) => {
    const drive = drives(host).find(({ device: { description } }) => {
      const declared = host.description.datastores?.find(({ name }) => name === datastore.name)?.device;
      return (
        description.address === declared ||
        (typeof description.usedFor === "object" && description.usedFor.datastore === datastore.name)
      );
    });
    return {
      mountInfo: {
        path: datastore.url.replace(/^ds:\/\//, ""),
        accessMode: "readWrite",
        mounted: true,
        accessible: true,
      },
      volume: {
        $type: "HostVmfsVolume",
        type: "VMFS",
        name: datastore.name,
        capacity: 4 * 2 ** 40,
        blockSizeMb: 1,
        maxBlocks: 2 ** 26,
        majorVersion: 6,
        version: "6.82",
        uuid: stableUuid(datastore.ref.id),
        vmfsUpgradable: false,
        extent: [
          {
            diskName: drive?.canonicalName ?? `naa.6000${stableUuid(datastore.name).replace(/-/g, "").slice(0, 28)}`,
            partition: 1,
          },
        ],
      },
    };
  }),
});

/** The coredump partition, if it is on one of the drives. */
export function diagnosticPartition(host: HostSystem): DataObject | undefined {
  const [drive] = usedFor(host, "coredump");
  return (
    drive && {
      storageType: "directAttached",
      diagnosticType: "singleHost",
      slots: 1,
      id: { diskName: drive.canonicalName, partition: 7 },
    }
  );
}

/** vSAN's disks. */
export function vsanConfig(host: HostSystem): DataObject {
  const [cache, ...capacity] = usedFor(host, "vsan");
  return {
    enabled: cache !== undefined,
    hostSystem: host.ref,
    ...(cache
      ? { storageInfo: { autoClaimStorage: false, diskMapping: [{ ssd: disk(cache), nonSsd: capacity.map(disk) }] } }
      : {}),
  };
}

/** The disk that the host booted from. */
export const bootDisk = (host: HostSystem): UsedDrive | undefined => usedFor(host, "boot")[0];

/** The host's own disks, and which one it booted from. */
export const hostDisks = (host: HostSystem): { name: string; boot: boolean }[] =>
  drives(host).map((drive) => ({ name: drive.canonicalName, boot: drive.device.description.usedFor === "boot" }));

/** What the host itself does with a device, in words; undefined for nothing. */
export function hostUse({ description }: HostDevice, host: HostSystem): string | undefined {
  const datastore = host.description.datastores?.find(({ device }) => device === description.address)?.name;
  if (datastore !== undefined) return `the datastore ${datastore}`;
  const use = description.usedFor;
  return typeof use === "object" ? `the datastore ${use.datastore}` : use;
}
