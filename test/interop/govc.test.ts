import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { startRecordedVcenter, type RecordedVcenter } from "./support/recorded-vcenter";
import { report, run, toolbox, versions, type Finished } from "./support/toolbox";

describe(`govc of ${versions.govmomi}, unchanged, on the embedded vCenter`, () => {
  let vcenter: RecordedVcenter;
  let home: string;
  const commands = new Set<string>();

  beforeAll(async () => {
    const hosts = [...defaultInventory.hosts, { name: "esx03.example.test", cluster: "prod" }];
    vcenter = await startRecordedVcenter({ inventory: { ...defaultInventory, hosts } });
    home = await mkdtemp(join(tmpdir(), "hotplug-govc-"));
  });

  afterAll(async () => {
    report(`Client run: govc of ${versions.govmomi}: ${[...commands].join(", ")}; ${vcenter.requests.length} requests`);
    await vcenter.stop();
    await rm(home, { recursive: true, force: true });
  });

  /** Runs one command; sessions persist in its home, as they do for a person. */
  function govc(...args: string[]): Promise<Finished> {
    commands.add(args[0]!);
    return run([toolbox.govc, ...args], {
      environment: { HOME: home, GOVC_URL: vcenter.url, GOVC_TLS_CA_CERTS: vcenter.caFile },
    });
  }

  /** The name of the virtual machine's passthrough device, as govc calls it. */
  async function attached(): Promise<string[]> {
    return (await govc("device.ls", "-vm", "db")).stdout.match(/pcipassthrough-\d+/g) ?? [];
  }

  test.each<[string[], string[]]>([
    [["about"], ["VMware vCenter Server 8.0.3", "VirtualCenter", "8.0.3.0"]],
    [["ls"], ["/DC0/vm", "/DC0/host", "/DC0/datastore", "/DC0/network"]],
    [["ls", "-l", "/DC0/vm"], ["/DC0/vm/db (VirtualMachine)"]],
    [
      ["find", "/"],
      ["/DC0/vm/cache", "/DC0/host/esx02.example.test/esx02.example.test"],
    ],
    [
      ["vm.info", "db"],
      ["/DC0/vm/db", "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042", "16384MB", "poweredOn", "esx01.example.test"],
    ],
    [
      ["vm.info", "-json", "db"],
      ['"fixedPassthruHotPlugEnabled": true', '"motherboardLayout": "acpiHostBridges"'],
    ],
    [
      ["device.ls", "-vm", "db"],
      ["VirtualPCIController", "VirtualVmxnet3"],
    ],
    [
      ["device.info", "-vm", "db"],
      ["Network adapter 1", "Hard disk 1"],
    ],
    [
      ["device.pci.ls", "-vm", "db"],
      ["0000:3b:00.0", "0000:5e:00.0", "Samsung Electronics Co Ltd"],
    ],
    [
      ["host.info", "-host", "esx01.example.test"],
      ["Dell Inc.", "262144MB", "connected"],
    ],
    [
      ["host.esxcli", "-host", "esx01.example.test", "system", "settings", "kernel", "list", "-o", "maxIntrCookies"],
      ["maxIntrCookies", "uint32", "4096"],
    ],
  ])("%j", async (args, texts) => {
    const { status, stdout, stderr } = await govc(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const text of texts) expect(stdout).toContain(text);
  });

  test("device.pci.add adds one, device.pci.remove takes it off", async () => {
    expect(await govc("device.pci.add", "-vm", "db", "0000:5e:00.0")).toEqual({ status: 0, stdout: "", stderr: "" });
    const names = await attached();
    expect(names).toHaveLength(1);
    expect((await govc("device.info", "-vm", "db", names[0]!)).stdout).toContain("VirtualPCIPassthrough");
    expect(await govc("device.pci.remove", "-vm", "db", names[0]!)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await attached()).toEqual([]);
  });

  test("device.pci.add of two devices, which govc puts into one call, is refused", async () => {
    const { status, stderr } = await govc("device.pci.add", "-vm", "db", "0000:5f:00.0", "0000:60:00.0");
    expect(status).toBe(1);
    expect(stderr).toContain("one passthrough device a call");
    expect(await attached()).toEqual([]);
  });

  test("vm.power and vm.change: off, changed while off, on again", async () => {
    expect((await govc("vm.power", "-off", "db")).stdout).toContain("OK");
    expect((await govc("vm.change", "-vm", "db", "-memory-pin=true", "-c", "8")).status).toBe(0);
    expect((await govc("vm.power", "-on", "db")).stdout).toContain("OK");
    expect((await govc("vm.info", "db")).stdout).toMatch(/8 vCPU[\s\S]*poweredOn/);
  });

  /** Runs commands one after the other, all to succeed; answers what they print. */
  async function all(...commandLines: string[]): Promise<string> {
    let printed = "";
    for (const line of commandLines) {
      const { status, stdout, stderr } = await govc(...line.split(" "));
      expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: "" });
      printed += stdout;
    }
    return printed;
  }

  test("tags: made, attached, listed, changed, taken away", async () => {
    const made = await all(
      "tags.category.create -m -t VirtualMachine team",
      "tags.create -c team red",
      "tags.update -d bright red",
      "tags.attach red /DC0/vm/db",
    );
    expect(made).toMatch(/urn:vmomi:InventoryServiceCategory:\S+:GLOBAL\s+urn:vmomi:InventoryServiceTag:\S+:GLOBAL/);
    expect(await all("tags.category.ls", "tags.ls")).toMatch(/^team\nred\s+team/);
    expect(await all("tags.attached.ls red", "tags.attached.ls -r /DC0/vm/db")).toBe("VirtualMachine:vm-42\nred\n");
    expect(await all("tags.info red")).toMatch(/Description:\s+bright/);
    const { status, stderr } = await govc("tags.attach", "red", "/DC0/vm");
    expect([status, stderr]).toEqual([1, expect.stringContaining("com.vmware.vapi.std.errors.invalid_argument")]);
    await all("tags.detach red /DC0/vm/db", "tags.rm red", "tags.category.rm team");
    expect(await all("tags.ls", "tags.category.ls")).toBe("");
  });

  test("folders and resource pools: made, renamed, moved into, destroyed", async () => {
    const pools = "/DC0/host/esx01.example.test/Resources";
    await all("folder.create /DC0/vm/team", `pool.create ${pools}/fast`, `pool.change -cpu.shares high ${pools}/fast`);
    await all("object.mv /DC0/vm/spare /DC0/vm/team", "object.rename /DC0/vm/team teams");
    expect(await all("ls /DC0/vm/teams", "folder.info /DC0/vm/teams")).toMatch(
      /^\/DC0\/vm\/teams\/spare[^]*Children: +1/,
    );
    expect(await all(`pool.info ${pools}/fast`)).toMatch(/CPU Shares: +high/);
    await all("object.mv /DC0/vm/teams/spare /DC0/vm", "object.destroy /DC0/vm/teams", `pool.destroy ${pools}/fast`);
    expect(await all("find / -type f -name teams", "find / -type p -name fast")).toBe("");
  });

  test("storage policies are listed, and what a cluster has", async () => {
    expect(await all("storage.policy.ls")).toContain("VM Encryption Policy");
    expect(await all("cluster.usage prod", "find / -type c")).toMatch(/Memory capacity: +256[^]*\/DC0\/host\/prod\n$/);
  });

  test("a virtual machine is made, cloned and changed with its disks, adapters and drives", async () => {
    const pool = ["-pool", "esx01.example.test/Resources"];
    const steps: string[][] = [
      ["vm.create", "-on=false", "-disk", "5GB", "-ds", "datastore-esx01", ...pool, "made"],
      ["vm.create", "-on=false", "-disk", "5GB", "-disk.controller", "nvme", "-ds", "datastore-esx01", ...pool, "nvme"],
      ["vm.change", "-vm", "made", "-e", "a.b=c", "-annotation", "hello", "-nested-hv-enabled=true"],
      ["vm.disk.create", "-vm", "made", "-name", "made/data", "-size", "2G", "-ds", "datastore-esx01"],
      ["vm.network.add", "-vm", "made", "-net", "VM Network", "-net.adapter", "e1000e"],
      ["device.cdrom.add", "-vm", "made"],
      ["vm.clone", "-vm", "made", "-on=false", "-c", "4", "-ds", "datastore-esx01", ...pool, "copy"],
    ];
    for (const step of steps) expect({ step, status: (await govc(...step)).status }).toEqual({ step, status: 0 });
    const { stdout } = await govc("device.info", "-vm", "copy");
    for (const text of ["Hard disk 2", "VirtualE1000e", "CD/DVD drive 1", "[datastore-esx01] copy/copy.vmdk"])
      expect(stdout).toContain(text);
    expect((await govc("vm.info", "-e", "copy")).stdout).toMatch(/4 vCPU[\s\S]*a\.b: +c/);
    expect((await govc("device.remove", "-vm", "copy", "disk-1000-1")).status).toBe(0);
  });

  test("tasks lists what was done, failures with their message", async () => {
    const { stdout } = await govc("tasks");
    expect(stdout).toMatch(/ReconfigVM +db .* success/);
    expect(stdout).toMatch(/ReconfigVM +db .* error .*one passthrough device a call/);
    expect(stdout).toMatch(/PowerOnVM +db .* success/);
  });

  test("session.logout ends the session that was kept", async () => {
    expect((await govc("session.logout")).status).toBe(0);
    expect(vcenter.vcenter.calls().at(-1)).toMatchObject({ operation: "Logout", outcome: "ok" });
  });
});
