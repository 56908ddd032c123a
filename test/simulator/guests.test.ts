import { Guest } from "../../lib/guest/guest";
import { parseHostKey } from "../../lib/guest/host-key";
import { SshConnection } from "../../lib/guest/ssh-connection";
import { systemClock } from "../../lib/clock";
import { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";

const [DRIVE, TWIN] = ["0000:3b:00.0", "0000:3c:00.0"];
const inventory = {
  hosts: [
    {
      id: "host-12",
      name: "esx01",
      devices: [DRIVE, TWIN].map((address) => ({ address, vendor: "8086", device: "0a54", name: "P4510" })),
    },
  ],
  virtualMachines: [
    { id: "vm-1", name: "db", host: "esx01", devices: [DRIVE] },
    { id: "vm-2", name: "cold", host: "esx01", powerState: "poweredOff" as const },
    { id: "vm-3", name: "web", host: "esx01" },
  ],
};

let vcenter: EmbeddedVcenter;
let passedMs = 0;
const guests: Guest[] = [];

beforeEach(async () => {
  const clock = { ...systemClock, now: () => Date.now() + passedMs };
  vcenter = await EmbeddedVcenter.start({ inventory, guests: true, clock });
});

afterEach(async () => {
  for (const guest of guests.splice(0)) guest.close();
  await vcenter.stop();
});

function access(id = "vm-1"): ConstructorParameters<typeof Guest>[0] {
  const { host, port, hostKey } = vcenter.guests!.endpoints.find(({ virtualMachine }) => virtualMachine === id)!;
  return {
    server: { host, port, user: "root", keys: { accepted: [parseHostKey(hostKey)!], revoked: [] } },
    credentials: { privateKey: vcenter.guests!.clientKey },
  };
}

function guest(id = "vm-1"): Guest {
  const made = new Guest(access(id));
  guests.push(made);
  return made;
}

async function ssh(command: string): Promise<string> {
  const { server, credentials } = access();
  const connection = await SshConnection.open(server, { credentials, timeoutSeconds: 20 });
  const { stdout, stderr } = await connection.run(command, { stdin: "", timeoutSeconds: 20 });
  connection.close();
  return stdout + stderr;
}

describe("the guests of the embedded vCenter", () => {
  it("are those of the virtual machines that run, each with a host key of its own", () => {
    const { endpoints } = vcenter.guests!;

    expect(endpoints.map(({ virtualMachine }) => virtualMachine)).toEqual(["vm-1", "vm-3"]);
    expect(new Set(endpoints.map(({ hostKey }) => hostKey)).size).toBe(2);
    expect(endpoints.every(({ host }) => host.startsWith("127."))).toBe(true);
  });

  it("answer a look with the drives that are attached", async () => {
    const { drives } = await guest().look();

    expect(drives).toEqual([
      {
        address: "0000:13:00.0",
        classId: 0x0108,
        vendorId: 0x8086,
        deviceId: 0x0a54,
        driver: "nvme",
        serialNumber: expect.stringMatching(/^S[0-9A-F]{13}$/) as string,
        model: "P4510",
        blockDevices: ["/dev/nvme0n1"],
      },
    ]);
    expect((await guest("vm-3").look()).drives).toEqual([]);
  });

  it("know lspci, mount and umount; what is mounted is held", async () => {
    expect(await ssh("lspci -Dnn")).toBe("0000:13:00.0 Non-Volatile memory controller [0108]: P4510 [8086:0a54]\n");
    expect(await ssh("mount /dev/nvme0n1 /data")).toBe("");
    const { holders } = await guest().look({ holdersOf: ["0000:13:00.0"] });
    expect(holders.get("0000:13:00.0")).toMatchObject({ holders: [{ what: "mounted at /data (/dev/nvme0n1)" }] });

    await ssh("umount /data");
    expect((await guest().look({ holdersOf: ["0000:13:00.0"] })).holders.get("0000:13:00.0")).toEqual({
      holders: [],
      unanswered: [],
    });
  });

  it("run nothing else", async () => {
    expect(await ssh("cat /etc/passwd")).toMatch(/^sh: cat: not found/);
  });

  it("let nobody in without the key", async () => {
    const { server } = access();
    const other = new Guest({ server, credentials: { password: "secret" } });

    await expect(other.look()).rejects.toMatchObject({ kind: "credentials" });
  });

  it("lose a drive that was pulled out, and keep the serial number of one that stays", async () => {
    const before = (await guest().look()).drives[0]!.serialNumber;
    vcenter.guests!.reboot("db");
    expect((await guest().look()).drives[0]!.serialNumber).toBe(before);

    vcenter.pullDevice("host-12", DRIVE);
    expect((await guest().look()).drives).toEqual([]);
  });

  it("lag behind, and hide a drive, where they are told to", async () => {
    const system = vcenter.guests!.system("db");
    system.hide(DRIVE);
    expect((await guest().look()).drives).toEqual([]);
    system.show(DRIVE);
    system.lag = { addMs: 0, removalMs: 5000 };
    vcenter.pullDevice("host-12", DRIVE);
    expect((await guest().look()).drives).toHaveLength(1);

    passedMs = 5000;
    expect((await guest().look()).drives).toHaveLength(0);
  });

  it("are let go of by the address of a drive on the host, or by its disk", async () => {
    const system = vcenter.guests!.system("db");
    for (const name of [DRIVE, "/dev/nvme0n1"]) {
      system.hold(name, "process", "4711 postgres");
      expect(system.holds()).toHaveLength(1);
      system.release(name);
      expect(system.holds()).toEqual([]);
    }
  });

  it("refuse connections, or another server answers for them, until they accept them again", async () => {
    const guests = vcenter.guests!;
    await guests.refuse("db");
    await expect(guest().look()).rejects.toMatchObject({ kind: "unreachable" });
    await guests.impersonate("db");
    await expect(guest().look()).rejects.toMatchObject({ kind: "host_key" });
    await guests.accept("db");
    expect((await guest().look()).drives).toHaveLength(1);
    expect(guests.system("db").visits).toEqual({ logins: 1, commands: 1 });
  });
});
