import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hotplugProvider } from "../../lib/provider/provider";
import type { VimClient } from "../../lib/vim/session/client";
import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { readKernelSettings, setKernelSetting } from "../../lib/vim/host/kernel-setting";
import { findHosts, findVirtualMachines } from "../../lib/vim/find";
import { readHosts } from "../../lib/vim/host/host";
import { restartHost } from "../../lib/vim/host/maintenance";
import { readInventory } from "../../lib/vim/inventory";
import type { ManagedObjectReference } from "../../lib/vim/wire/managed-object-reference";
import { addPassthroughDevice, removePassthroughDevice } from "../../lib/vim/virtual-machine/passthrough-reconfigure";
import { refreshPciDevices } from "../../lib/vim/host/pci-passthru-system";
import { powerOff, powerOn } from "../../lib/vim/virtual-machine/power";
import { readVirtualMachines, type VirtualMachine } from "../../lib/vim/virtual-machine/virtual-machine";
import { PluginClient, type Config, type Outcome, type State } from "../support/plugin-client";
import { report, versions } from "./support/toolbox";
import { Vcsim } from "./support/vcsim";

const path = "/DC0/vm/DC0_H0_VM0";
const limits = { taskTimeoutSeconds: 20, timeoutSeconds: 20 };

describe(`Our client on the simulator of ${versions.govmomi}, as it comes`, () => {
  let vcsim: Vcsim;
  let client: VimClient;
  let vm: ManagedObjectReference;
  let host: ManagedObjectReference;

  beforeAll(async () => {
    vcsim = await Vcsim.start();
    report(`Server run: the simulator of ${versions.govmomi}, for our client and provider`);
  });
  afterAll(() => vcsim.stop());

  beforeEach(async () => {
    client = vcsim.client();
    [vm] = (await findVirtualMachines(client, path)) as [ManagedObjectReference];
    [host] = (await findHosts(client, "DC0_H0")) as [ManagedObjectReference];
  });
  afterEach(() => client.close());

  async function read(): Promise<VirtualMachine> {
    return (await readVirtualMachines(client, [vm]))[0]!;
  }

  test("trusts the certificate that it is told to, and no other", async () => {
    expect((await client.about()).apiType).toBe("VirtualCenter");
    const untold = vcsim.client({ ca: "" });
    await expect(untold.about()).rejects.toMatchObject({ name: "VimConnectionError", kind: "untrusted_certificate" });
    await untold.close();
  });

  test("is told by its type that a password is wrong", async () => {
    const stranger = vcsim.client({ password: "wrong" });
    await expect(findHosts(stranger, "DC0_H0")).rejects.toMatchObject({ name: "VimFault", type: "InvalidLogin" });
    await stranger.close();
  });

  test("finds a virtual machine by its path, both its UUIDs and its id", async () => {
    const { biosUuid, instanceUuid } = await read();
    for (const name of [biosUuid, instanceUuid, vm.value, path])
      expect(await findVirtualMachines(client, name)).toEqual([vm]);
    expect(await findVirtualMachines(client, "/DC0/vm/nobody")).toEqual([]);
  });

  test("reads the whole inventory through views and traversals", async () => {
    const { hosts, virtualMachines } = await readInventory(client);
    expect(hosts.map(({ name }) => name)).toEqual(["DC0_H0", "DC0_C0_H0", "DC0_C0_H1", "DC0_C0_H2"]);
    expect(virtualMachines.map(({ name }) => name).sort()).toEqual([
      "DC0_C0_RP0_VM0",
      "DC0_C0_RP0_VM1",
      "DC0_H0_VM0",
      "DC0_H0_VM1",
    ]);
  });

  test("takes what an old server doesn't tell for unknown, not for no", async () => {
    expect(await read()).toMatchObject({
      fixedPassthruHotPlugEnabled: undefined,
      motherboardLayout: undefined,
      memoryReservationLockedToMax: undefined,
      vvtdEnabled: undefined,
    });
    const [{ fptHotplugSupported, pciDevices }] = (await readHosts(client, [host])) as [
      Awaited<ReturnType<typeof readHosts>>[number],
    ];
    expect(fptHotplugSupported).toBeUndefined();
    expect((await readKernelSettings(client, host)).get("maxIntrCookies")).toBeUndefined();
    expect(pciDevices.length).toBeGreaterThan(10);
  });

  test("hot-adds a device and hot-removes it by its key", async () => {
    const device = {
      address: "0000:5e:00.0",
      vendorId: 0x8086,
      deviceId: 0xa824,
      deviceName: "NVMe",
      systemId: "a-system",
    };
    await addPassthroughDevice(client, vm, { device, changeVersion: (await read()).changeVersion }, limits);
    const { passthroughDevices, changeVersion } = await read();
    expect(passthroughDevices).toEqual([expect.objectContaining(device)]);
    await removePassthroughDevice(client, vm, { key: passthroughDevices[0]!.key, changeVersion }, limits);
    expect((await read()).passthroughDevices).toEqual([]);
  });

  test("waits for tasks side by side, and gets a failed one's fault", async () => {
    await powerOff(client, vm, limits);
    const [again, off] = await Promise.allSettled([
      powerOff(client, vm, limits),
      powerOff(client, { ...vm, value: "vm-65" }, limits),
    ]);
    expect(again).toMatchObject({ status: "rejected", reason: { name: "VimFault", type: "InvalidPowerState" } });
    expect(off.status).toBe("fulfilled");
    await powerOn(client, vm, limits);
    expect((await read()).powerState).toBe("poweredOn");
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      "the host's passthrough",
      () => refreshPciDevices(client, host),
      {
        name: "VimFault",
        type: "ManagedObjectNotFound",
        message: expect.stringContaining("HostPciPassthruSystem") as string,
      },
    ],
    [
      "the kernel's settings",
      () => setKernelSetting(client, host, "maxIntrCookies", { value: "4096" }),
      { name: "VimFault", type: "CLIFault", message: expect.stringContaining("system settings kernel set") as string },
    ],
    [
      "a host's restart",
      () => restartHost(client, host, limits),
      { name: "VimFault", type: "MethodNotFound", message: expect.stringContaining("RebootHost_Task") as string },
    ],
  ])("gets an error that names what the server lacks: %s", async (_, ask, error) => {
    await expect(ask()).rejects.toMatchObject(error);
    expect((await read()).name).toBe("DC0_H0_VM0");
  });

  test("is offered no devices where the server offers none", async () => {
    expect(await queryPassthroughTargets(client, (await read()).environmentBrowser, host)).toEqual([]);
  });

  test("logs in again when its session has expired", async () => {
    await vcsim.tell("expire");
    expect((await Promise.all([read(), read(), read()])).map(({ name }) => name)).toEqual([
      "DC0_H0_VM0",
      "DC0_H0_VM0",
      "DC0_H0_VM0",
    ]);
  });

  test("goes on with a server that restarted", async () => {
    await vcsim.tell("restart");
    const name = await read()
      .catch(read)
      .then((machine) => machine.name);
    expect(name).toBe("DC0_H0_VM0");
  });

  test("leaves no session behind", async () => {
    await client.close();
    const next = vcsim.client();
    const { sessionManager } = await next.content();
    expect(await sessionsOf(next, sessionManager!)).toBe(1);
    await next.close();
  });
});

/** How many sessions the server has. */
async function sessionsOf(client: VimClient, sessionManager: ManagedObjectReference): Promise<number> {
  const { propertyCollector } = await client.content();
  const specSet = [
    { objectSet: [{ obj: sessionManager }], propSet: [{ type: "SessionManager", pathSet: ["sessionList"] }] },
  ];
  const answer = await client.call("RetrievePropertiesEx", propertyCollector, { specSet, options: {} });
  return (answer!.objects[0]!.propSet[0]!.val as unknown[]).length;
}

describe(`Our provider on the simulator of ${versions.govmomi}, with drives in its hosts`, () => {
  let vcsim: Vcsim;
  let folder: string;

  beforeAll(async () => {
    vcsim = await Vcsim.start("seeded");
    folder = await mkdtemp(join(tmpdir(), "hotplug-vcsim-"));
    await writeFile(join(folder, "ca.pem"), vcsim.about.ca);
  });
  afterAll(async () => {
    await vcsim.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a process of the provider does for one command. */
  async function command<T>(work: (client: PluginClient) => Promise<T>): Promise<T> {
    const { server, user, password } = vcsim.about;
    const environment = {
      VSPHERE_SERVER: server,
      VSPHERE_USER: user,
      VSPHERE_PASSWORD: password,
      VSPHERE_CA_FILE: join(folder, "ca.pem"),
    };
    const client = await PluginClient.inProcess(hotplugProvider({ environment }));
    try {
      await client.configure();
      return await work(client);
    } finally {
      await client.close();
    }
  }

  async function apply(config: Config | null, state: State | null = null): Promise<Outcome & { steps: unknown }> {
    const plan = await command((client) => client.plan("hotplug_passthrough_devices", { prior: state, config }));
    expect(plan.diagnostics).toEqual([]);
    return { ...(await command((client) => client.apply(plan))), steps: plan.planned?.["steps"] };
  }

  async function attached(): Promise<string[]> {
    const client = vcsim.client();
    try {
      const [machine] = await readVirtualMachines(client, await findVirtualMachines(client, path));
      return machine!.passthroughDevices.map(({ address }) => address);
    } finally {
      await client.close();
    }
  }

  test("the whole resource: create, change, destroy, one device a step", async () => {
    const created = await apply({ virtual_machine_id: path, devices: ["0000:3b:00.0", "0000:3c:00.0"] });
    expect(created).toMatchObject({ diagnostics: [], steps: ["add 0000:3b:00.0", "add 0000:3c:00.0"] });
    expect(await attached()).toEqual(["0000:3b:00.0", "0000:3c:00.0"]);
    const changed = await apply({ virtual_machine_id: path, devices: ["0000:3c:00.0", "0000:5e:00.0"] }, created.state);
    expect(changed).toMatchObject({ diagnostics: [], steps: ["remove 0000:3b:00.0", "add 0000:5e:00.0"] });
    expect(await attached()).toEqual(["0000:3c:00.0", "0000:5e:00.0"]);
    expect(await apply(null, changed.state)).toMatchObject({ state: null, diagnostics: [] });
    expect(await attached()).toEqual([]);
  });
});
