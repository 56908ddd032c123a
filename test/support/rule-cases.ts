import type { DeviceFacts, Facts, HostFacts, VirtualMachineFacts } from "../../lib/hotplug/facts";
import { pciAddress } from "../../lib/hotplug/pci-address";
import type { RuleId, Violation } from "../../lib/hotplug/violation";
import { SAMSUNG } from "./model-vcenter";

export const address = pciAddress("0000:3b:00.0");
const nvme = { ...SAMSUNG, address, vendorName: "Samsung", deviceName: "PM1733" };
export const vm = (facts: Partial<VirtualMachineFacts>): Facts => ({ virtualMachine: { title: "db (vm-42)", ...facts } });
export const host = (facts: Partial<HostFacts>): Facts => ({ host: { title: "esx01 (host-12)", ...facts } });
const device = (facts: Partial<DeviceFacts>): Facts => ({ host: { title: "esx01 (host-12)" }, devices: [{ address, ...facts }] });

/** Facts that break a rule, beside facts that keep it. */
export interface RuleCase {
  rule: RuleId;
  what: string;
  broken: Facts;
  /** Facts of the same kind that keep the rule. */
  kept: Facts[];
  /** What is not known, and so breaks nothing. */
  unknown: Facts;
  weight: Violation["weight"];
  /** The summary says what and where. */
  says: RegExp;
  /** The remedy names the way out. */
  wayOut: RegExp;
  /** One bad device doesn't hold up the others. */
  onlyDevice?: true;
  /** Another rule that the same facts break. */
  beside?: RuleId;
}

/** Every way to break a rule, by its number. The page of the rules in the documentation is made from it, too. */
export const RULE_CASES: RuleCase[] = [
  { rule: "L4", what: "33 devices declared", broken: { declaredCount: 33 }, kept: [{ declaredCount: 32 }], unknown: {}, weight: "fixed", says: /33 devices/, wayOut: /Take 1 of them out of devices/ },
  { rule: "L4", what: "33 devices on the way", broken: { declaredCount: 32, peakCount: 33 }, kept: [{ peakCount: 32 }], unknown: {}, weight: "fixed", says: /pass through 33/, wayOut: /order = "remove_first"/ },
  { rule: "V1", what: "an old vCenter", broken: { endpoint: { apiType: "VirtualCenter", apiVersion: "8.0.0.3" } }, kept: ["8.0.1.0", "8.0.10.0", "8.1", "9.0.0.0"].map((apiVersion) => ({ endpoint: { apiVersion } })), unknown: { endpoint: {} }, weight: "fixed", says: /vCenter is too old.*8\.0\.0\.3/, wayOut: /Upgrade vCenter/ },
  { rule: "V1", what: "an old host", broken: host({ version: "7.0.3" }), kept: [host({ version: "8.0.1" }), host({ version: "8.0.3", fptHotplugSupported: true })], unknown: host({}), weight: "fixed", says: /Host esx01 \(host-12\) is too old.*7\.0\.3/, wayOut: /Upgrade the host/ },
  { rule: "V1", what: "a host without the capability", broken: host({ version: "8.0.3", fptHotplugSupported: false }), kept: [host({ fptHotplugSupported: true })], unknown: host({ version: "8.0.3" }), weight: "fixed", says: /esx01.*does not offer hot plug/, wayOut: /Use a host whose server and ESXi support it/ },
  { rule: "V2", what: "a device of another class", broken: device({ onHost: { ...nvme, classId: 0x0302 } }), kept: [device({ onHost: nvme })], unknown: device({}), weight: "fixed", says: /0000:3b:00\.0.*is not an NVMe device/, wayOut: /Take it out of devices/ },
  { rule: "V3", what: "a malformed address", broken: { devices: [{ address: "3B:00.0" }] }, kept: [{ devices: [{ address }] }], unknown: { devices: [] }, weight: "fixed", says: /"3B:00\.0" is not a PCI address/, wayOut: /Write it as "0000:3b:00\.0"/ },
  { rule: "V3", what: "an address that can't be guessed", broken: { devices: [{ address: "nvme0" }] }, kept: [{ devices: [{ address }] }], unknown: { devices: [] }, weight: "fixed", says: /"nvme0"/, wayOut: /Write it like "0000:3b:00\.0"/ },
  { rule: "V3", what: "a device that another virtual machine has", broken: device({ onHost: nvme, heldBy: "web (vm-7)" }), kept: [device({ onHost: nvme })], unknown: device({ heldBy: "web (vm-7)" }), weight: "changeable", says: /0000:3b:00\.0.*used by virtual machine web \(vm-7\)/, wayOut: /depends_on/ },
  { rule: "V6", what: "a device that the host doesn't show", broken: device({ onHost: null }), kept: [device({ onHost: nvme })], unknown: device({}), weight: "changeable", says: /esx01.*shows no device at 0000:3b:00\.0/, wayOut: /Mend the address \(vsphere-hotplug devices .*take it out of devices, or put a drive into its slot.*wait_for_device/, onlyDevice: true },
  { rule: "V6", what: "a drive that was pulled", broken: device({ onHost: null, remembered: SAMSUNG }), kept: [device({ onHost: nvme, remembered: SAMSUNG })], unknown: device({ remembered: SAMSUNG }), weight: "changeable", says: /144d:a824 before/, wayOut: /put a drive back/, onlyDevice: true },
  { rule: "V8", what: "another model at the address", broken: device({ onHost: { ...nvme, vendorId: 0x8086, deviceId: 0x0b60 }, remembered: SAMSUNG }), kept: [device({ onHost: nvme, remembered: SAMSUNG }), device({ onHost: { ...nvme, deviceId: 0x0b60 }, remembered: SAMSUNG, allowDeviceChange: true })], unknown: device({ onHost: { ...nvme, deviceId: 0x0b60 } }), weight: "changeable", says: /8086:0b60, before 144d:a824/, wayOut: /allow_device_change = true/, onlyDevice: true },
  { rule: "V8", what: "another subsystem, which is another product", broken: device({ onHost: { ...nvme, subVendorId: 0x1028, subDeviceId: 2 }, remembered: { ...SAMSUNG, subVendorId: 0x1028, subDeviceId: 1 } }), kept: [device({ onHost: { ...nvme, subVendorId: 0x1028, subDeviceId: 1 }, remembered: { ...SAMSUNG, subVendorId: 0x1028, subDeviceId: 1 } })], unknown: device({ onHost: { ...nvme, subVendorId: 0x1028, subDeviceId: 2 }, remembered: SAMSUNG }), weight: "changeable", says: /1028:0002.*1028:0001/, wayOut: /allow_device_change/, onlyDevice: true },
  { rule: "V8", what: "a device of unknown kind left behind at the address", broken: device({ onHost: nvme, leftBehind: "PCI device 2" }), kept: [device({ onHost: nvme })], unknown: {}, weight: "changeable", says: /still has another device at 0000:3b:00\.0 \(PCI device 2\)/, wayOut: /Take PCI device 2 off the virtual machine by hand/, onlyDevice: true },
  { rule: "V8", what: "the virtual machine on another host than host_id", broken: host({ expectedHost: { title: "esx02 (host-13)", configured: true } }), kept: [host({})], unknown: {}, weight: "changeable", says: /esx01 \(host-12\).*esx02 \(host-13\)/, wayOut: /Move the virtual machine back.*host_id/ },
  { rule: "V8", what: "the virtual machine on another host than before", broken: host({ expectedHost: { title: "esx02 (host-13)", configured: false } }), kept: [host({})], unknown: {}, weight: "changeable", says: /esx01 \(host-12\).*esx02 \(host-13\)/, wayOut: /allow_device_change = true/ },
  { rule: "N1", what: "an IOMMU in the guest", broken: vm({ vvtdEnabled: true }), kept: [vm({ vvtdEnabled: false })], unknown: vm({}), weight: "changeable", says: /db \(vm-42\)/, wayOut: /vvtd_enabled = false/ },
  { rule: "N2", what: "CPU hot add", broken: vm({ cpuHotAddEnabled: true }), kept: [vm({ cpuHotAddEnabled: false, cpuHotRemoveEnabled: false })], unknown: vm({}), weight: "changeable", says: /CPU hot plug/, wayOut: /cpu_hot_add_enabled = false/ },
  { rule: "N2", what: "CPU hot remove", broken: vm({ cpuHotRemoveEnabled: true }), kept: [vm({ cpuHotRemoveEnabled: false })], unknown: vm({}), weight: "changeable", says: /CPU hot plug/, wayOut: /cpu_hot_remove_enabled = false/ },
  { rule: "N3", what: "memory hot add", broken: vm({ memoryHotAddEnabled: true }), kept: [vm({ memoryHotAddEnabled: false })], unknown: vm({}), weight: "changeable", says: /memory hot plug/, wayOut: /memory_hot_add_enabled = false/ },
  { rule: "N4", what: "a Dynamic DirectPath I/O device", broken: vm({ dynamicPassthroughDevices: ["PCI device 1"] }), kept: [vm({ dynamicPassthroughDevices: [] })], unknown: vm({}), weight: "changeable", says: /Dynamic DirectPath I\/O devices: PCI device 1/, wayOut: /Take these devices off/ },
  { rule: "N5", what: "129 virtual CPUs", broken: vm({ numCpus: 129 }), kept: [vm({ numCpus: 128 })], unknown: vm({}), weight: "changeable", says: /129 virtual CPUs/, wayOut: /at most 128 \(num_cpus\)/ },
  { rule: "N7", what: "a template", broken: vm({ template: true }), kept: [vm({ template: false })], unknown: vm({}), weight: "fixed", says: /db \(vm-42\) is a template/, wayOut: /Convert it to a virtual machine/ },
  { rule: "N7", what: "a suspended virtual machine", broken: vm({ powerState: "suspended" }), kept: [vm({ powerState: "poweredOn" }), vm({ powerState: "poweredOff" })], unknown: vm({}), weight: "fixed", says: /suspended/, wayOut: /Power it on, or off/ },
  { rule: "N7", what: "a snapshot", broken: vm({ hasSnapshot: true }), kept: [vm({ hasSnapshot: false })], unknown: vm({}), weight: "changeable", says: /snapshot/, wayOut: /Delete the virtual machine's snapshots/ },
  { rule: "H0", what: "a single ESXi", broken: { endpoint: { apiType: "HostAgent", apiVersion: "8.0.3.0" } }, kept: [{ endpoint: { apiType: "VirtualCenter" } }], unknown: { endpoint: {} }, weight: "fixed", says: /not a vCenter.*HostAgent/, wayOut: /vsphere_server/ },
  { rule: "H0", what: "a disconnected host", broken: host({ connected: false }), kept: [host({ connected: true })], unknown: host({}), weight: "changeable", says: /esx01.*not connected/, wayOut: /Reconnect the host/ },
  { rule: "H0", what: "a stateless host", broken: host({ bootedFromStatelessCache: true }), kept: [host({ bootedFromStatelessCache: false })], unknown: host({}), weight: "fixed", says: /stateless/, wayOut: /Install ESXi on the host's own boot disk/ },
  { rule: "H0", what: "an orphaned virtual machine", broken: vm({ connected: false }), kept: [vm({ connected: true })], unknown: vm({}), weight: "changeable", says: /not reachable/, wayOut: /Bring the virtual machine and its host back/ },
  { rule: "H2", what: "too few interrupt cookies", broken: host({ runningIntrCookies: 1024 }), kept: [host({ runningIntrCookies: 4096 }), host({ runningIntrCookies: 8192 })], unknown: host({}), weight: "changeable", says: /maxIntrCookies 1024/, wayOut: /min_intr_cookies.*esxcli system settings kernel set -s maxIntrCookies -v 4096/ },
  { rule: "H4", what: "a device that isn't capable", broken: device({ onHost: { ...nvme, passthroughCapable: false, passthroughEnabled: false } }), kept: [device({ onHost: { ...nvme, passthroughCapable: true } })], unknown: device({ onHost: nvme }), weight: "fixed", says: /can't be passed through/, wayOut: /Take it out of devices/ },
  { rule: "H4", what: "passthrough not enabled", broken: device({ onHost: { ...nvme, passthroughEnabled: false, passthroughActive: false } }), kept: [device({ onHost: { ...nvme, passthroughEnabled: true, passthroughActive: true } })], unknown: device({ onHost: nvme }), weight: "changeable", says: /not enabled/, wayOut: /hotplug_host resource \(passthrough_devices\)/ },
  { rule: "H4", what: "passthrough enabled and not active", broken: device({ onHost: { ...nvme, passthroughEnabled: true, passthroughActive: false } }), kept: [device({ onHost: { ...nvme, passthroughActive: true } })], unknown: device({ onHost: { ...nvme, passthroughEnabled: true } }), weight: "changeable", says: /not active/, wayOut: /reboot = "if_needed"/ },
  { rule: "H5", what: "a drive that the host uses", broken: device({ onHost: { ...nvme, usedByHost: ["datastore nvme-01"] } }), kept: [device({ onHost: { ...nvme, usedByHost: [] } })], unknown: device({ onHost: nvme }), weight: "fixed", says: /used by host esx01.*datastore nvme-01/, wayOut: /Take it out of devices, or free it first/ },
  { rule: "H5", what: "a device that takes others along", broken: device({ onHost: nvme, takesAlong: ["0000:3b:00.1 (Samsung PM1733)"] }), kept: [device({ onHost: nvme, takesAlong: [] })], unknown: device({ onHost: nvme }), weight: "fixed", says: /0000:3b:00\.1.*would go with it/, wayOut: /Name all of them/ },
  { rule: "V2", what: "a host without any NVMe device", broken: host({ nvmeCount: 0 }), kept: [host({ nvmeCount: 1 })], unknown: host({}), weight: "changeable", says: /Host esx01 \(host-12\) shows no NVMe device/, wayOut: /Put an NVMe drive into the host/ },
  { rule: "C3", what: "a device that only the virtual machine still shows", broken: device({ onHost: null, attachedAs: "PCI device 0" }), kept: [device({ onHost: nvme, attachedAs: "PCI device 0" })], unknown: device({ attachedAs: "PCI device 0" }), weight: "changeable", says: /still has 0000:3b:00\.0 \(PCI device 0\).*esx01/, wayOut: /Take 0000:3b:00\.0 out of devices/, onlyDevice: true, beside: "V6" },
  { rule: "G4", what: "a guest without hot plug of PCI devices", broken: vm({ guestId: "otherGuest", guestSupportsHotPlugPci: false }), kept: [vm({ guestSupportsHotPlugPci: true })], unknown: vm({ guestId: "otherGuest" }), weight: "advice", says: /otherGuest/, wayOut: /Use a guest that supports hot plug/ },
  { rule: "M1", what: "BIOS firmware", broken: vm({ firmware: "bios" }), kept: [vm({ firmware: "efi" })], unknown: vm({}), weight: "fixed", says: /bios firmware/, wayOut: /firmware = "efi"/ },
  { rule: "M2", what: "memory not locked", broken: vm({ memoryReservationLockedToMax: false }), kept: [vm({ memoryReservationLockedToMax: true })], unknown: vm({}), weight: "changeable", says: /memory/, wayOut: /memoryReservationLockedToMax.*hotplug_virtual_machine_settings/ },
  { rule: "M3", what: "hardware version 19", broken: vm({ hardwareVersion: 19 }), kept: [vm({ hardwareVersion: 20 }), vm({ hardwareVersion: 21 })], unknown: vm({}), weight: "changeable", says: /hardware version 19/, wayOut: /vmx-20.*hotplug_virtual_machine_settings/ },
  { rule: "M4", what: "the i440bx layout", broken: vm({ motherboardLayout: "i440bxHostBridge" }), kept: [vm({ motherboardLayout: "acpiHostBridges" })], unknown: vm({}), weight: "changeable", says: /i440bxHostBridge/, wayOut: /motherboardLayout to acpiHostBridges.*hotplug_virtual_machine_settings/ },
  { rule: "M5", what: "hot plug not in force on a running virtual machine", broken: vm({ powerState: "poweredOn", fixedPassthruHotPlugEnabled: false }), kept: [vm({ powerState: "poweredOn", fixedPassthruHotPlugEnabled: true })], unknown: vm({ powerState: "poweredOn" }), weight: "changeable", says: /switched off/, wayOut: /fixedPassthruHotPlugEnabled while it is powered off.*hotplug_virtual_machine_settings/ },
  { rule: "M5", what: "hot plug not set on one that is off, which takes devices all the same", broken: vm({ powerState: "poweredOff", fixedPassthruHotPlugEnabled: false }), kept: [vm({ powerState: "poweredOff", fixedPassthruHotPlugEnabled: true })], unknown: vm({ powerState: "poweredOff" }), weight: "advice", says: /switched off/, wayOut: /fixedPassthruHotPlugEnabled/ },
  { rule: "M7", what: "a power cycle that the policy rules out", broken: vm({ powerCycleDeniedBy: "never" }), kept: [vm({})], unknown: vm({}), weight: "changeable", says: /needs a power cycle, and power_cycle = "never"/, wayOut: /Power it off yourself.*power_cycle = "if_needed"/ },
  { rule: "M7", what: "a power cycle after the resource was created", broken: vm({ powerCycleDeniedBy: "on_create" }), kept: [vm({})], unknown: vm({}), weight: "changeable", says: /power_cycle = "on_create"/, wayOut: /only while the resource is being created/ },
  { rule: "H3", what: "a restart that the policy rules out", broken: host({ restart: { reasons: ["passthrough of 0000:3b:00.0 is enabled and not active"], denied: true } }), kept: [host({ restart: { reasons: ["it is due"], denied: false } })], unknown: host({}), weight: "advice", says: /has to be restarted, and reboot = "never"/, wayOut: /Restart the host yourself.*reboot = "if_needed"/ },
  { rule: "H3", what: "a restart that running virtual machines stand in the way of", broken: host({ restart: { reasons: ["it is due"], denied: false, blockedBy: ["db (vm-42), which has passthrough devices"] } }), kept: [host({ restart: { reasons: ["it is due"], denied: false, blockedBy: [] } })], unknown: host({}), weight: "changeable", says: /can't leave it: db \(vm-42\)/, wayOut: /Power them off or move them/ },
  { rule: "H5", what: "a restart that would take a drive from the host", broken: host({ restart: { reasons: ["it is due"], denied: false, takes: ["0000:3b:00.0 (boot disk)"] } }), kept: [host({ restart: { reasons: ["it is due"], denied: false, takes: [] } })], unknown: host({}), weight: "fixed", says: /A restart of host esx01.*0000:3b:00\.0/, wayOut: /Disable their passthrough/ },
  { rule: "M3", what: "an upgrade that the host can't run", broken: vm({ upgradeBeyondHost: { hardwareVersion: 22, host: "esx01 (host-12)", hostVersion: "8.0.3", neededHostVersion: "9.0.0" } }), kept: [vm({ hardwareVersion: 20 })], unknown: vm({}), weight: "changeable", says: /can't have hardware version 22 on host esx01 \(host-12\)/, wayOut: /Lower hardware_version/ },
];
