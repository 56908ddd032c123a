/**
 * A host and a new virtual machine with one of its drives; vmware/vsphere makes the virtual machine. The names are the
 * embedded vCenter's.
 */
import { DataVsphereDatacenter } from "@cdktf/provider-vsphere/lib/data-vsphere-datacenter";
import { DataVsphereDatastore } from "@cdktf/provider-vsphere/lib/data-vsphere-datastore";
import { DataVsphereHost } from "@cdktf/provider-vsphere/lib/data-vsphere-host";
import { DataVsphereNetwork } from "@cdktf/provider-vsphere/lib/data-vsphere-network";
import { App, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "new-vm");

// vmware/vsphere's own provider is added: both take what they need from the environment, VSPHERE_SERVER and so on.
new HotplugProvider(stack, "hotplug");

const { id: datacenterId } = new DataVsphereDatacenter(stack, "datacenter", { name: "DC0" });
const { id: datastoreId } = new DataVsphereDatastore(stack, "datastore", { name: "datastore-esx01", datacenterId });
const { id: networkId } = new DataVsphereNetwork(stack, "network", { name: "VM Network", datacenterId });
const esx = new DataVsphereHost(stack, "esx", { name: "esx01.example.test", datacenterId });

const host = new PassthroughHost(stack, "esx01", { hostId: esx.id, devices: ["0000:3b:00.0", "0000:5e:00.0"] });
new HotplugReadyVm(stack, "db", {
  host,
  devices: ["0000:3b:00.0"],
  virtualMachine: {
    name: "orders-db",
    resourcePoolId: esx.resourcePoolId,
    datastoreId,
    numCpus: 4,
    memory: 16384,
    guestId: "rhel9_64Guest",
    networkInterface: [{ networkId }],
    disk: [{ label: "system", size: 64 }],
    // It has no guest yet that could tell of a network.
    waitForGuestNetTimeout: 0,
  },
});

app.synth();
