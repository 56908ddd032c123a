/** A host and a new virtual machine with one of its drives; vmware/vsphere makes the virtual machine. */
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";

const app = new App();
const stack = new TerraformStack(app, "new-vm");
const variable = (name: string, description: string): string =>
  new TerraformVariable(stack, name, { type: "string", description }).stringValue;

new HotplugProvider(stack, "hotplug");
const host = new PassthroughHost(stack, "esx01", { hostId: "host-12", devices: ["0000:3b:00.0", "0000:5e:00.0"] });
const networkInterface = [
  { networkId: variable("network_id", "The network, as vmware/vsphere's data source tells its id.") },
];
new HotplugReadyVm(stack, "db", {
  host,
  devices: ["0000:3b:00.0"],
  virtualMachine: {
    name: "orders-db",
    resourcePoolId: variable("resource_pool_id", "The resource pool of the host's cluster."),
    datastoreId: variable("datastore_id", "Where its own disks are."),
    numCpus: 4,
    memory: 16384,
    guestId: "rhel9_64Guest",
    networkInterface,
    disk: [{ label: "system", size: 64 }],
    // It has no guest yet that could tell of a network.
    waitForGuestNetTimeout: 0,
  },
});

app.synth();
