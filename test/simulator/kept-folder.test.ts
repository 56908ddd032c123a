import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "../../lib/simulator/embedded-vcenter";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { Vcenter } from "../../lib/simulator/vcenter";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { SoapRequests } from "../support/soap-requests";

const VM = "VirtualMachine:vm-42";
const A = "0000:3b:00.0";

let folder: string;
const running = new Set<EmbeddedVcenter>();
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "hotplug-kept-"))));
afterEach(async () => {
  for (const vcenter of running) await vcenter.stop();
  running.clear();
  await rm(folder, { recursive: true });
});

async function start(options: EmbeddedVcenterOptions = {}): Promise<EmbeddedVcenter> {
  const vcenter = await EmbeddedVcenter.start({
    keep: join(folder, "kept"),
    timings: { queueMs: 0, reconfigureMs: 0, publishMs: 0, powerMs: 0 },
    ...options,
  });
  running.add(vcenter);
  return vcenter;
}

async function stop(vcenter: EmbeddedVcenter): Promise<void> {
  running.delete(vcenter);
  await vcenter.stop();
}

async function client(vcenter: EmbeddedVcenter): Promise<SoapRequests> {
  const soap = new SoapRequests(async (envelope, headers) => {
    const answer = await vcenter.handle(envelope, headers);
    if (answer.dropped) throw new Error("no answer");
    return answer;
  });
  await soap.login();
  return soap;
}

const file = (name: string): string => join(folder, "kept", name);
const kept = async (): Promise<Inventory> => JSON.parse(await readFile(file("inventory.json"), "utf8")) as Inventory;
const machine = async (): Promise<NonNullable<Inventory["virtualMachines"]>[number]> =>
  (await kept()).virtualMachines!.find(({ id }) => id === "vm-42")!;

describe("a folder that is kept", () => {
  it("lets the next one go on from it, with the same certificate", async () => {
    const first = await start();
    await (await client(first)).reconfigure("vm-42", "<annotation>tonight</annotation>");
    first.pullDevice("host-12", A);
    await stop(first);
    const second = await start();
    expect(await (await client(second)).text(VM, "config.annotation")).toBe("tonight");
    expect(() => second.pullDevice("host-12", A)).toThrow(/no device in the slot/);
    expect(second.caPem).toBe(first.caPem);
    expect(second.caFile).toBe(file("certificate.pem"));
    expect(second.calls().map(({ operation }) => operation)).not.toContain("ReconfigVM_Task");
  });

  it(
    "holds a change before anything tells of it: a call's, a task's, a guest's, a host's and one by " + "hand",
    async () => {
      const vcenter = await start({
        timings: {
          queueMs: 0,
          reconfigureMs: 0,
          publishMs: 0,
          powerMs: 0,
          guestShutdownMs: 0,
          maintenanceMs: 0,
          hostRebootMs: 0,
        },
      });
      const soap = await client(vcenter);
      await soap.call(
        "UpdatePassthruConfig",
        "HostPciPassthruSystem:pciPassthruSystem-13",
        "<config><id>0000:5e:00.0</id><passthruEnabled>true</passthruEnabled></config>",
      );
      expect((await kept()).hosts[1]!.devices!.find(({ address }) => address === "0000:5e:00.0")!.passthrough).toBe(
        "active",
      );
      await soap.task("PowerOffVM_Task", VM);
      expect((await machine()).powerState).toBe("poweredOff");
      await soap.call("ShutdownGuest", "VirtualMachine:vm-43");
      while ((await soap.text("VirtualMachine:vm-43", "runtime.powerState")) === "poweredOn")
        await new Promise(setImmediate);
      expect((await kept()).virtualMachines!.find(({ id }) => id === "vm-43")).toMatchObject({
        powerState: "poweredOff",
      });
      await soap.task("RebootHost_Task", "HostSystem:host-13", "<force>true</force>");
      while ((await soap.text("HostSystem:host-13", "runtime.connectionState")) !== "connected")
        await new Promise(setImmediate);
      expect((await kept()).hosts[1]).toMatchObject({ connectionState: "connected", restarting: false });
      vcenter.pullDevice("host-12", A);
      expect((await kept()).hosts[0]!.devices!.find(({ address }) => address === A)).toMatchObject({ pulled: true });
    },
  );

  it("is not written where nothing changed, and replaced whole where something did", async () => {
    const soap = await client(await start());
    const before = await open(file("inventory.json"));
    try {
      const { ino } = await before.stat();
      const text = await before.readFile("utf8");
      await soap.read(VM, "config", "runtime");
      expect((await stat(file("inventory.json"))).ino).toBe(ino);
      await soap.reconfigure("vm-42", "<annotation>else</annotation>");
      expect((await stat(file("inventory.json"))).ino).not.toBe(ino);
      expect(
        (await before.read({ position: 0, buffer: Buffer.alloc(2 * text.length) })).buffer.toString(
          "utf8",
          0,
          text.length,
        ),
      ).toBe(text);
    } finally {
      await before.close();
    }
    expect((await readdir(join(folder, "kept"))).sort()).toEqual([
      "certificate.pem",
      expect.stringMatching(/^in-use-by-/),
      "inventory.json",
      "private-key.pem",
    ]);
  });

  it("is its owner's alone", async () => {
    await start();
    const modes = await Promise.all(
      ["", "inventory.json", "private-key.pem"].map(async (name) => (await stat(file(name))).mode & 0o077),
    );
    expect(modes).toEqual([0, 0, 0]);
  });

  it("goes on after a half-written successor of its inventory", async () => {
    await stop(await start());
    await writeFile(file("inventory.json.new"), "{ half");
    await start();
    expect((await kept()).hosts).toHaveLength(2);
  });

  it("gets a new certificate where the old one serves nobody: expired, or of another address", async () => {
    const first = await start();
    await stop(first);
    const second = await start({ listen: { host: "127.0.0.2", port: 0 } });
    expect(second.caPem).not.toBe(first.caPem);
    await stop(second);
    const old = selfSignedCertificate({
      commonName: "localhost",
      ipAddresses: ["127.0.0.1"],
      notBefore: new Date("2020-01-01"),
      notAfter: new Date("2021-01-01"),
    });
    await writeFile(file("certificate.pem"), old.certificatePem);
    await writeFile(file("private-key.pem"), old.privateKeyPem);
    const third = await start();
    expect(third.caPem).not.toBe(old.certificatePem);
    expect(await readFile(file("certificate.pem"), "utf8")).toBe(third.caPem);
  });

  it("that can't be written any more is the fault of the next call, until it can", async () => {
    const vcenter = await start();
    const soap = await client(vcenter);
    await rm(join(folder, "kept"), { recursive: true });
    await expect(soap.call("ReconfigVM_Task", VM, "<spec><annotation>lost</annotation></spec>")).rejects.toThrow(
      /inventory\.json can't be written: ENOENT/,
    );
    await mkdir(join(folder, "kept"));
    while ((await soap.text(VM, "config.annotation")) !== "lost") await new Promise(setImmediate);
    expect((await machine()).annotation).toBe("lost");
  });
});

describe("at the start, it is an error that", () => {
  it.each<[string, () => Promise<unknown>, EmbeddedVcenterOptions, RegExp]>([
    [
      "another inventory is given beside the kept one",
      async () => undefined,
      { inventory: defaultInventory },
      /kept holds an inventory already: start without another one, or keep it in another folder/,
    ],
    [
      "the inventory is no JSON",
      () => writeFile(file("inventory.json"), '{ "hosts": ['),
      {},
      /without \S+inventory\.json the embedded vCenter begins anew: \S+inventory\.json: this is not JSON/,
    ],
    [
      "the inventory is damaged",
      () => writeFile(file("inventory.json"), '{ "hosts": [{}] }'),
      {},
      /inventory\.json\.hosts\[0\]: "name" is missing/,
    ],
    [
      "the certificate is damaged",
      () => writeFile(file("certificate.pem"), "?"),
      {},
      /certificate\.pem and private-key\.pem beside it can't be used; without them new ones are made: /,
    ],
    [
      "the key is another's",
      () => writeFile(file("private-key.pem"), selfSignedCertificate({ commonName: "other" }).privateKeyPem),
      {},
      /they don't belong together/,
    ],
    [
      "a seed would give the first start's identifiers again",
      async () => undefined,
      { seed: "s" },
      /keep and seed don't go together/,
    ],
  ])("%s", async (_, damage, options, message) => {
    await stop(await start());
    await damage();
    await expect(start(options)).rejects.toThrow(message);
  });

  it("the folder is a file", async () => {
    await writeFile(join(folder, "kept"), "");
    await expect(start()).rejects.toThrow(/kept can't keep the embedded vCenter: EEXIST/);
  });

  it("the folder can't be written", async () => {
    await stop(await start());
    // A folder in the file's place stops root, too.
    await rm(file("inventory.json"));
    spawnSync("mkdir", ["-p", file("inventory.json.new/x")]);
    await expect(start()).rejects.toThrow(/inventory\.json can't be written: EISDIR/);
  });
});

it("without a folder, nothing is kept: the control", async () => {
  const first = await start({ keep: undefined });
  await (await client(first)).reconfigure("vm-42", "<annotation>tonight</annotation>");
  await stop(first);
  const second = await start({ keep: undefined });
  const { world } = (second as unknown as { core: Vcenter }).core;
  expect(world.all(VirtualMachine)[0]!.settings.annotation).toBe("");
  expect(second.caFile).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});
