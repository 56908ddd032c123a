import { type HostDevice, isNvme } from "../../core/host-device";
import { stableUuid } from "../../core/random";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
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
      const canonicalName = nameOf(host, device.description.address);
      return { device, adapter: `vmhba${index + 2}`, canonicalName, lunKey: `key-vim.host.ScsiDisk-${canonicalName}` };
    });
}

const nameOf = (host: HostSystem, address: string): string =>
  `t10.NVMe____${stableUuid(`${host.name} ${address}`).slice(0, 8)}`;
const uuidOf = (canonicalName: string): string => stableUuid(canonicalName).replace(/-/g, "");

const adapterKey = ({ adapter }: UsedDrive): string => `key-vim.host.PcieHba-${adapter}`;

function disk({ device, canonicalName, lunKey }: UsedDrive): DataObject {
  const isEsa = device.description.usedFor === "vsanEsa";
  return {
    $type: "HostScsiDisk",
    deviceName: `/vmfs/devices/disks/${canonicalName}`,
    deviceType: "disk",
    key: lunKey,
    uuid: uuidOf(canonicalName),
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
    ...(isEsa && { vsanDiskInfo: { vsanUuid: stableUuid(`vsan ${canonicalName}`), formatVersion: 17 } }),
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

/** The virtual flash resource, if one of the drives is its own. */
export function flashConfig(host: HostSystem): DataObject | undefined {
  const [drive] = usedFor(host, "flash");
  const vffs = drive && {
    type: "VFFS",
    name: `vffs-${host.name}`,
    capacity: BLOCKS * 512,
    majorVersion: 1,
    version: "1.0",
    uuid: stableUuid(`vffs ${host.name}`),
    extent: [{ diskName: drive.canonicalName, partition: 1 }],
  };
  return vffs && { vFlashResourceConfigInfo: { vffs, capacity: vffs.capacity } };
}

/** A disk of a virtual machine that is a drive of its host, while that is in the host's hands. */
export function rawDisk(
  { directory, host }: { directory: string; host: HostSystem },
  { device: address, mode = "virtual" }: NonNullable<InventoryVirtualMachine["rawDisks"]>[number],
  index: number,
): DataObject {
  const key = 2001 + index;
  const lunUuid = uuidOf(nameOf(host, address));
  return {
    $type: "VirtualDisk",
    key,
    deviceInfo: { label: `Hard disk ${index + 2}`, summary: "Raw device mapping" },
    backing: {
      $type: "VirtualDiskRawDiskMappingVer1BackingInfo",
      fileName: `[${host.datastores[0]?.name ?? ""}] ${directory}/${directory}_${key}.vmdk`,
      lunUuid,
      deviceName: `vml.${lunUuid}`,
      compatibilityMode: `${mode}Mode`,
      diskMode: mode === "physical" ? "independent_persistent" : "persistent",
    },
    controllerKey: 1000,
    unitNumber: key - 2000,
    capacityInKB: (BLOCKS * 512) / 1024,
  };
}

/** The drives that hold a datastore, with what else is on it. */
const datastoreDrives = (host: HostSystem) =>
  drives(host).flatMap(({ device: { description } }) => {
    const { usedFor: use } = description;
    const datastore = typeof use === "object" && host.datastores.find(({ name }) => name === use.datastore);
    return typeof use === "object" && datastore ? [{ ...use, datastore }] : [];
  });

/** The host cache, by datastore. */
export const hostCache = (host: HostSystem): DataObject[] =>
  datastoreDrives(host).flatMap(({ datastore, hostCacheMB = 0 }) =>
    hostCacheMB > 0 ? [{ key: datastore.ref, swapSize: hostCacheMB }] : [],
  );

/** The advanced options that speak of storage. */
export const storageOptions = (host: HostSystem): DataObject[] =>
  datastoreDrives(host)
    .filter(({ scratch }) => scratch)
    .map(({ datastore }) => ({
      key: "ScratchConfig.ConfiguredScratchLocation",
      value: { $type: "string", value: `${datastore.url.replace(/^ds:\/\//, "").replace(/\/?$/, "/")}.locker` },
    }));

/** vSAN's disks. */
export function vsanConfig(host: HostSystem): DataObject {
  const [cache, ...capacity] = usedFor(host, "vsan");
  const isEsa = usedFor(host, "vsanEsa").length > 0;
  return {
    enabled: cache !== undefined || isEsa,
    hostSystem: host.ref,
    ...(isEsa && { vsanEsaEnabled: true }),
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
  const uuid = uuidOf(nameOf(host, description.address));
  const user = host.virtualMachines.find(({ mappedDisks }) => mappedDisks.includes(uuid));
  if (user) return `a raw device mapping of ${user.name}`;
  const use = description.usedFor;
  return typeof use === "object" ? `the datastore ${use.datastore}` : use;
}
