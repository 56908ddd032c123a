/**
 * A host, a virtual machine from nothing and one cloned from a template, each with two of the host's drives:
 * vmware/vsphere makes the virtual machines, this provider makes them ready and attaches the drives. What it is called
 * in your vCenter is told by the environment; without it the names are the embedded vCenter's.
 */
import { DataVsphereDatacenter } from "@cdktf/provider-vsphere/lib/data-vsphere-datacenter";
import { DataVsphereDatastore } from "@cdktf/provider-vsphere/lib/data-vsphere-datastore";
import { DataVsphereHost } from "@cdktf/provider-vsphere/lib/data-vsphere-host";
import { DataVsphereNetwork } from "@cdktf/provider-vsphere/lib/data-vsphere-network";
import { DataVsphereVirtualMachine } from "@cdktf/provider-vsphere/lib/data-vsphere-virtual-machine";
import { VsphereProvider, type VsphereProviderConfig } from "@cdktf/provider-vsphere/lib/provider";
import { App, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";

const setting = (name: string, otherwise: string): string => process.env[name] ?? otherwise;
const list = (name: string, otherwise: string): string[] => setting(name, otherwise).split(",");

const app = new App();
const stack = new TerraformStack(app, "whole-stack");

// Both take server, user and password from VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD, though the types of
// @cdktf/provider-vsphere want them here.
new VsphereProvider(stack, "vsphere", {} as VsphereProviderConfig);
new HotplugProvider(stack, "hotplug");

const { id: datacenterId } = new DataVsphereDatacenter(stack, "datacenter", { name: setting("DATACENTER", "DC0") });
const esx = new DataVsphereHost(stack, "esx", { name: setting("HOST", "esx01.example.test"), datacenterId });
const datastore = new DataVsphereDatastore(stack, "datastore", {
  name: setting("DATASTORE", "datastore-esx01"),
  datacenterId,
});
const network = new DataVsphereNetwork(stack, "network", { name: setting("NETWORK", "VM Network"), datacenterId });
// Any virtual machine that is off will do, such as this one of the embedded vCenter.
const template = new DataVsphereVirtualMachine(stack, "template", { name: setting("TEMPLATE", "spare"), datacenterId });

const ordersDevices = list("ORDERS_DEVICES", "0000:3b:00.0,0000:3c:00.0");
const reportsDevices = list("REPORTS_DEVICES", "0000:3d:00.0,0000:3e:00.0");
const host = new PassthroughHost(stack, "host", { hostId: esx.id, devices: [...ordersDevices, ...reportsDevices] });
const place = { resourcePoolId: esx.resourcePoolId, datastoreId: datastore.id };

new HotplugReadyVm(stack, "orders", {
  host,
  devices: ordersDevices,
  virtualMachine: {
    ...place,
    name: "orders-db",
    guestId: "rhel9_64Guest",
    numCpus: Number(setting("ORDERS_CPUS", "4")),
    memory: 8192,
    networkInterface: [{ networkId: network.id }],
    disk: [{ label: "system", size: 64 }],
    // It has no guest yet that could tell of a network.
    waitForGuestNetTimeout: 0,
  },
});
new HotplugReadyVm(stack, "reports", {
  host,
  devices: reportsDevices,
  virtualMachine: {
    ...place,
    name: "reports-db",
    guestId: template.guestId,
    numCpus: 4,
    memory: 8192,
    networkInterface: [{ networkId: network.id }],
    disk: [
      { label: "system", size: template.disks.get(0).size, thinProvisioned: template.disks.get(0).thinProvisioned },
    ],
    clone: { templateUuid: template.id },
  },
});

app.synth();
