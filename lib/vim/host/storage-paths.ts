import type { FromVim } from "../wire/types";

// How a host's adapters, disks and PCI devices hang together.

type Adapter = FromVim<"HostHostBusAdapter">;
type Disk = FromVim<"ScsiLun">;

/** What of a host's storage says which adapter leads to which disk. */
interface StorageTopology {
  "config.storageDevice.scsiLun": readonly Disk[];
  "config.storageDevice.multipathInfo.lun": readonly FromVim<"HostMultipathInfoLogicalUnit">[];
  "config.storageDevice.scsiTopology.adapter": readonly FromVim<"HostScsiTopologyInterface">[];
  "config.storageDevice.nvmeTopology.adapter": readonly FromVim<"HostNvmeTopologyInterface">[];
}

const SLOT = /^(?:([0-9a-f]+):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/;

/**
 * The ids of the host's PCI devices that an adapter's `pci` means, in lower case. Without a domain it can mean one in
 * each; none where it is absent or names no device of the host.
 */
export function addressesOf(pci: string | undefined, devices: readonly { id: string }[]): string[] {
  const named = parse(pci);
  if (!named) return [];
  const meant = devices
    .map(({ id }) => id.toLowerCase())
    .filter((id) => {
      const device = parse(id);
      return device?.slot === named.slot && (named.domain ?? device.domain ?? 0) === (device.domain ?? 0);
    });
  // Domains of more than four digits lie behind a controller (Intel VMD), which may be all that the host shows.
  return meant.length === 0 && (named.domain ?? 0) > 0xffff ? [pci!.toLowerCase()] : meant;
}

function parse(text = ""): { domain?: number; slot: string } | undefined {
  const [, domain, slot] = SLOT.exec(text.trim().toLowerCase()) ?? [];
  return slot === undefined
    ? undefined
    : { slot, ...(domain !== undefined && { domain: Number.parseInt(domain, 16) }) };
}

/** The canonical names of the disks that an adapter leads to, by whichever of the topologies names them. */
export function disksBehind({ key: adapterKey }: Adapter, storage: StorageTopology): ReadonlySet<string> {
  if (adapterKey === undefined) return new Set();
  const names = new Map(storage["config.storageDevice.scsiLun"].map((lun) => [lun.key, canonicalName(lun)]));
  const keys = [
    ...storage["config.storageDevice.multipathInfo.lun"]
      .filter(({ path }) => path.some(({ adapter }) => adapter === adapterKey))
      .map(({ lun }) => lun),
    ...storage["config.storageDevice.scsiTopology.adapter"]
      .filter(({ adapter }) => adapter === adapterKey)
      .flatMap(({ target }) => target.flatMap(({ lun }) => lun.map(({ scsiLun }) => scsiLun))),
  ];
  const namespaces = storage["config.storageDevice.nvmeTopology.adapter"]
    .filter(({ adapter }) => adapter === adapterKey)
    .flatMap(({ connectedController }) =>
      connectedController.flatMap(({ attachedNamespace }) => attachedNamespace.flatMap(({ name }) => name ?? [])),
    );
  return new Set([...keys.flatMap((key) => names.get(key) ?? []), ...namespaces]);
}

/**
 * Adapters of these types lead over a network: a software one has no PCI device, and none has a drive of the host
 * behind it.
 */
const FABRICS: readonly string[] = [
  "HostInternetScsiHba",
  "HostFibreChannelHba",
  "HostFibreChannelOverEthernetHba",
  "HostTcpHba",
  "HostRdmaHba",
];

export function isFabric({ $type }: Adapter): boolean {
  return FABRICS.includes($type);
}

/**
 * ESXi names an NVMe disk `t10.NVMe…` or `eui.…` (vSphere Storage, "NVMe Devices with NGUID Device Identifiers"); these
 * names are those of SCSI, SATA and USB disks.
 */
const NOT_NVME = /^(naa\.|mpx\.|t10\.(?!NVMe))/i;

/** Whether a disk can be an NVMe drive in the host, as far as its name and what the host says of it tell. */
export function mayBeLocalNvme(name: string, disks: readonly Disk[]): boolean {
  const disk = disks.find((one) => canonicalName(one) === name) as Partial<FromVim<"HostScsiDisk">> | undefined;
  return disk?.localDisk !== false && !NOT_NVME.test(name);
}

export function canonicalName({ canonicalName: name, uuid }: Disk): string {
  return name ?? uuid;
}
