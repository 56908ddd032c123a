import { filled } from "../../core/defaults";
import type { DataObject, Reference } from "../../value";

/** The guest operating systems that the embedded vCenter knows: id, name, family, hot plug of PCI devices. */
const GUESTS: readonly [string, string, string, boolean][] = [
  ["rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)", "linuxGuest", true],
  ["ubuntu64Guest", "Ubuntu Linux (64-bit)", "linuxGuest", true],
  ["sles15_64Guest", "SUSE Linux Enterprise 15 (64-bit)", "linuxGuest", true],
  ["otherLinux64Guest", "Other Linux (64-bit)", "linuxGuest", true],
  ["windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)", "windowsGuest", true],
  ["dosGuest", "Microsoft MS-DOS", "otherGuest", false],
];

export const guestFullName = (id: string): string => GUESTS.find(([known]) => known === id)?.[1] ?? "Other (64-bit)";

/** The GuestOsDescriptors, of all known systems or of some. */
export const guestOsDescriptors = (ids: readonly string[]): DataObject[] =>
  GUESTS.filter(([id]) => ids.length === 0 || ids.includes(id)).map(([id, fullName, family, supportsHotPlugPCI]) =>
    filled("GuestOsDescriptor", {
      id,
      fullName,
      family,
      supportsHotPlugPCI,
      supportedMaxCPUs: 768,
      numSupportedPhysicalSockets: 128,
      numSupportedCoresPerSocket: 64,
      supportedMinMemMB: 4,
      supportedMaxMemMB: 25_165_824,
      recommendedMemMB: 2048,
      supportedDiskControllerList: ["ParaVirtualSCSIController", "VirtualNVMEController"],
      recommendedDiskController: "ParaVirtualSCSIController",
      supportedNumDisks: 256,
      recommendedDiskSizeMB: 16384,
      recommendedCdromController: "VirtualAHCIController",
      supportedEthernetCard: ["VirtualVmxnet3"],
      recommendedEthernetCard: "VirtualVmxnet3",
      supportedFirmware: ["bios", "efi"],
      recommendedFirmware: "efi",
      supportLevel: "supported",
      supportedForCreate: true,
      vRAMSizeInKB: { valueIsReadonly: false, min: 0, max: 262_144, defaultValue: 8192 },
    }),
  );

const OLDEST = 13;
const NEWEST = 21;

/** The virtual hardware versions that hosts offer. */
export const configOptionDescriptors = (host: Reference[]): DataObject[] =>
  Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => OLDEST + index)
    .filter((version) => version !== 16) // there was none
    .map((version) => ({
      key: `vmx-${version}`,
      description: `Hardware version ${version}`,
      host,
      createSupported: true,
      defaultConfigOption: version === NEWEST,
      runSupported: true,
      upgradeSupported: true,
    }));
