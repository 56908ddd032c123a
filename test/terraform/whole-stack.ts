import { trustFolder } from "../../lib/simulator/trusted-folder";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { Vcenter } from "../../lib/simulator/vcenter";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { dirname } from "node:path";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { bothProviders, VSPHERE_VERSION } from "../support/vsphere-provider";

/** An embedded vCenter, and a workspace in which vmware/vsphere and our provider work on it. */
export class WholeStack {
  private constructor(
    readonly site: TestVcenter,
    readonly workspace: TerraformWorkspace,
  ) {}

  static async start(engine: string, inventory?: Inventory): Promise<WholeStack> {
    const site = await startTestVcenter({ ...(inventory && { inventory }) });
    const trust = trustFolder(dirname(site.environment["VSPHERE_CA_FILE"]!), {});
    return new WholeStack(site, await bothProviders({ engine, environment: { ...site.environment, ...trust } }));
  }

  async stop(): Promise<void> {
    await this.workspace.dispose();
    await this.site.stop();
  }

  /** Deploys a stack as it is written, and expects that a second plan finds nothing to do. */
  async deploy(stack: object, ...args: string[]): Promise<string> {
    await this.workspace.write("cdk.tf.json", stack);
    const initialised = await this.workspace.run(["init", "-no-color"]);
    if (initialised.status !== 0) throw new Error(initialised.stdout + initialised.stderr);
    const { status, stdout, stderr } = await this.workspace.run(["apply", "-no-color", "-auto-approve", ...args]);
    if (status !== 0) throw new Error(`apply ended with ${status}:\n${stdout}${stderr}`);
    const { changed, text } = await this.workspace.plan();
    if (changed) throw new Error(`the second plan isn't empty:\n${text}`);
    return stdout + stderr;
  }

  machine(name: string): VirtualMachine | undefined {
    const { world } = (this.site.vcenter as unknown as { core: Vcenter }).core;
    return world.all(VirtualMachine).find((machine) => machine.name === name);
  }

  /** The addresses of the passthrough devices that a virtual machine has. */
  devices(name: string): string[] | undefined {
    const machine = this.machine(name);
    return machine && [...machine.passthroughAddresses].sort();
  }

  /** Calls that change a virtual machine of that name, by client, as they came. */
  calls(name: string): string[] {
    return this.site.vcenter
      .calls()
      .filter(({ operation, target }) => target?.name === name && /_Task$|^Shutdown/.test(operation))
      .map(
        ({ client, operation }) => `${client.startsWith("cdktf-vsphere-hotplug/") ? "ours" : "theirs"} ${operation}`,
      );
  }
}

const SOURCES = {
  vsphere: { source: "vmware/vsphere", version: VSPHERE_VERSION },
  hotplug: { source: "registry.terraform.io/vsphere-hotplug/hotplug" },
};

/** What the default inventory has, as vmware/vsphere looks it up. */
const DATA = {
  vsphere_datacenter: { dc: { name: "DC0" } },
  vsphere_host: { esx: { name: "esx01.example.test", datacenter_id: "${data.vsphere_datacenter.dc.id}" } },
  vsphere_datastore: { ds: { name: "datastore-esx01", datacenter_id: "${data.vsphere_datacenter.dc.id}" } },
  vsphere_network: { net: { name: "VM Network", datacenter_id: "${data.vsphere_datacenter.dc.id}" } },
};

/** A stack of these resources, beside what vmware/vsphere looks up of the default inventory. */
export function bothStack(resource: object, more: { hosts?: object; virtualMachines?: object } = {}): object {
  return {
    terraform: { required_providers: SOURCES },
    provider: { vsphere: {}, hotplug: {} },
    data: {
      ...DATA,
      vsphere_host: { ...DATA.vsphere_host, ...more.hosts },
      ...(more.virtualMachines && { vsphere_virtual_machine: more.virtualMachines }),
    },
    resource,
  };
}

/** The arguments of a virtual machine that is fit for hot plug; what is given as null is left out. */
export function machineArguments(name: string, more: Record<string, unknown> = {}): object {
  const all = {
    name,
    resource_pool_id: "${data.vsphere_host.esx.resource_pool_id}",
    host_system_id: "${data.vsphere_host.esx.id}",
    datastore_id: "${data.vsphere_datastore.ds.id}",
    guest_id: "rhel9_64Guest",
    num_cpus: 2,
    memory: 2048,
    memory_reservation: 2048,
    memory_reservation_locked_to_max: true,
    firmware: "efi",
    hardware_version: 20,
    wait_for_guest_net_timeout: 0,
    network_interface: [{ network_id: "${data.vsphere_network.net.id}" }],
    disk: [{ label: "system", size: 8 }],
    lifecycle: { ignore_changes: ["pci_device_id"] },
    ...more,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
