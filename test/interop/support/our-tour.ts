import { readKernelSettings, setKernelSetting } from "../../../lib/vim/host/kernel-setting";
import { evacuatesByItself } from "../../../lib/vim/host/evacuation";
import { findHosts, findVirtualMachines } from "../../../lib/vim/find";
import { guestSupportsHotPlugPci, queryPassthroughTargets } from "../../../lib/vim/virtual-machine/environment-browser";
import { hostDevicesInUse } from "../../../lib/vim/host/devices-in-use";
import { enterMaintenanceMode, exitMaintenanceMode, restartHost } from "../../../lib/vim/host/maintenance";
import { readInventory } from "../../../lib/vim/inventory";
import type { ManagedObjectReference } from "../../../lib/vim/wire/managed-object-reference";
import {
  addPassthroughDevice,
  removePassthroughDevice,
} from "../../../lib/vim/virtual-machine/passthrough-reconfigure";
import { refreshPciDevices, updatePassthrough } from "../../../lib/vim/host/pci-passthru-system";
import { powerOff, powerOn, shutdownGuest } from "../../../lib/vim/virtual-machine/power";
import { grantedPrivileges } from "../../../lib/vim/privileges";
import { VimClient } from "../../../lib/vim/session/client";
import { hostPlaces, virtualMachinePlaces } from "../../../lib/vim/places";
import { readSurpriseRemovals } from "../../../lib/vim/surprise-removals";
import { readUntil } from "../../../lib/vim/session/read-until";
import { systemClock } from "../../../lib/clock";
import { VirtualMachineLooks } from "../../../lib/vim/virtual-machine/looks";
import { readVirtualMachines, type VirtualMachine } from "../../../lib/vim/virtual-machine/virtual-machine";
import { reconfigureSettings, upgradeHardware } from "../../../lib/vim/virtual-machine/settings";
import type { RecordedVcenter } from "./recorded-vcenter";

const limits = { taskTimeoutSeconds: 20, timeoutSeconds: 20 };
const db = { type: "VirtualMachine", value: "vm-42" };
const cache = { type: "VirtualMachine", value: "vm-43" };
const old = { type: "VirtualMachine", value: "vm-45" };
const host = { type: "HostSystem", value: "host-12" };
const otherHost = { type: "HostSystem", value: "host-13" };

/** Our own client carries out all that it can do, on the embedded vCenter's default inventory. */
export async function ourTour(vcenter: RecordedVcenter): Promise<void> {
  await withClient(vcenter, async (client) => {
    await find(client);
    await hotPlug(client);
    await prepareVirtualMachine(client);
    await prepareHost(client);
    await onlyInTrouble(client);
  });
}

/** Our own client reads all that it can read and changes nothing. */
export async function readEverything(vcenter: RecordedVcenter): Promise<void> {
  await withClient(vcenter, async (client) => {
    await find(client);
    await new VirtualMachineLooks(client, systemClock).look(db);
    await hostDevicesInUse(client, otherHost);
  });
}

async function withClient(
  { server, user, password, caPem }: RecordedVcenter,
  work: (client: VimClient) => Promise<void>,
): Promise<void> {
  const client = new VimClient({
    server,
    user,
    password,
    ca: caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/interop",
  });
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

async function find(client: VimClient): Promise<void> {
  for (const name of ["42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042", "/DC0/vm/db", db.value])
    await findVirtualMachines(client, name);
  for (const name of ["esx01.example.test", host.value]) await findHosts(client, name);
  await readInventory(client);
  await virtualMachinePlaces(client);
  await hostPlaces(client);
  await readSurpriseRemovals(client, host, { since: new Date(0).toISOString() });
  await grantedPrivileges(client, [db], { privileges: ["VirtualMachine.Config.AddRemoveDevice"] });
}

/** On two virtual machines side by side: both tasks are waited for in one loop. */
async function hotPlug(client: VimClient): Promise<void> {
  const looks = new VirtualMachineLooks(client, systemClock);
  const { virtualMachine } = await looks.look(db);
  await looks.follow(cache, {});
  const targets = await queryPassthroughTargets(client, virtualMachine.environmentBrowser, host);
  await guestSupportsHotPlugPci(client, virtualMachine.environmentBrowser, {
    guestId: "rhel9_64Guest",
    host,
    hardwareVersion: 20,
  });
  const add = async (vm: ManagedObjectReference, address: string): Promise<void> => {
    const { changeVersion } = await read(client, vm);
    await addPassthroughDevice(
      client,
      vm,
      { device: targets.find((target) => target.address === address)!, changeVersion },
      limits,
    );
  };
  await Promise.all([add(db, "0000:5e:00.0"), add(cache, "0000:3b:00.0")]);
  const { changeVersion, passthroughDevices } = await read(client, db);
  await removePassthroughDevice(client, db, { key: passthroughDevices[0]!.key, changeVersion }, limits);
}

async function prepareVirtualMachine(client: VimClient): Promise<void> {
  await shutdownGuest(client, db);
  await readUntil(client, db, {
    ...limits,
    properties: { "runtime.powerState": "string" },
    done: (read) => read["runtime.powerState"] === "poweredOff",
  });
  await powerOn(client, db, limits);
  await powerOn(client, old, limits);
  await powerOff(client, old, limits);
  await upgradeHardware(client, old, 20, limits);
  const { changeVersion } = await read(client, old);
  await reconfigureSettings(
    client,
    old,
    {
      memoryReservationLockedToMax: true,
      motherboardLayout: "acpiHostBridges",
      fixedPassthruHotPlugEnabled: true,
      changeVersion,
    },
    limits,
  );
}

async function prepareHost(client: VimClient): Promise<void> {
  await hostDevicesInUse(client, otherHost);
  await evacuatesByItself(client, otherHost);
  await refreshPciDevices(client, otherHost);
  await updatePassthrough(client, otherHost, [{ address: "0000:5e:00.0", enabled: true, applyNow: true }]);
  await readKernelSettings(client, otherHost);
  await setKernelSetting(client, otherHost, "maxIntrCookies", { value: "4096" });
  await enterMaintenanceMode(client, otherHost, limits);
  await restartHost(client, otherHost, limits);
  await exitMaintenanceMode(client, otherHost, limits);
}

/** What is asked for only when something goes wrong, or is long. */
async function onlyInTrouble(client: VimClient): Promise<void> {
  const { propertyCollector } = await client.content();
  await client.call("CancelWaitForUpdates", propertyCollector, {});
  await Promise.allSettled([
    client.call("CancelTask", { type: "Task", value: "task-1" }, {}),
    client.call("ContinueRetrievePropertiesEx", propertyCollector, { token: "none" }),
    client.call("DestroyPropertyFilter", { type: "PropertyFilter", value: "none" }, {}),
  ]);
}

async function read(client: VimClient, vm: ManagedObjectReference): Promise<VirtualMachine> {
  return (await readVirtualMachines(client, [vm]))[0]!;
}
