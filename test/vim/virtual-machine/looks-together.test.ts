import { systemClock } from "../../../lib/clock";
import { VimClient } from "../../../lib/vim/session/client";
import { queryPassthroughTargets } from "../../../lib/vim/virtual-machine/environment-browser";
import { VirtualMachineLooks, type VirtualMachineAndHost } from "../../../lib/vim/virtual-machine/looks";
import { addPassthroughDevice } from "../../../lib/vim/virtual-machine/passthrough-reconfigure";
import { startTestVcenter, type TestVcenter } from "../../support/vcenter";

const machine = (id: number): { type: string; value: string } => ({ type: "VirtualMachine", value: `vm-${id}` });
const [DRIVE, SECOND, THIRD] = ["0000:5e:00.0", "0000:5f:00.0", "0000:60:00.0"];

let server: TestVcenter;
let client: VimClient;
let looks: VirtualMachineLooks;
let mark = 0;

async function start(options: Parameters<typeof startTestVcenter>[0] = {}): Promise<void> {
  server = await startTestVcenter({ timings: { queueMs: 0, hotPlugMs: 20, publishMs: 0 }, ...options });
  client = new VimClient({
    server: server.vcenter.server,
    user: "u",
    password: "p",
    ca: server.vcenter.caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
  looks = new VirtualMachineLooks(client, systemClock);
  await client.sessionKey();
  forget();
}
afterEach(async () => {
  await client.close();
  await server.stop();
});

const forget = (): void => void (mark = server.vcenter.calls().length);
const requests = (): string[] =>
  server.vcenter
    .calls()
    .slice(mark)
    .map(({ operation }) => operation);

/** Adds the drive, by the look that the change is decided on. */
async function add({ virtualMachine, host }: VirtualMachineAndHost, drive = DRIVE): Promise<void> {
  const targets = await queryPassthroughTargets(client, virtualMachine.environmentBrowser, host!.reference);
  forget();
  return addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets.find(({ address }) => address === drive)!, changeVersion: virtualMachine.changeVersion },
    { taskTimeoutSeconds: 30 },
  );
}

describe("looks that are asked for in the same moment", () => {
  test("travel in one request, and each has its own host and neighbours", async () => {
    await start();
    const [one, other] = await Promise.all([looks.look(machine(42)), looks.look(machine(45))]);
    expect(requests()).toEqual(["RetrievePropertiesEx"]);
    expect([one.host?.reference.value, other.host?.reference.value]).toEqual(["host-12", "host-13"]);
    expect(one.otherVirtualMachines.map(({ reference }) => reference.value)).toEqual(["vm-43", "vm-44"]);
    expect(other.otherVirtualMachines.map(({ reference }) => reference.value)).not.toContain("vm-43");
  });

  test("fail each for itself", async () => {
    await start();
    const [there, gone] = await Promise.allSettled([looks.look(machine(42)), looks.look(machine(999))]);
    expect(requests()).toEqual(["RetrievePropertiesEx"]);
    expect(there).toMatchObject({ status: "fulfilled", value: { virtualMachine: { name: "db" } } });
    expect(gone).toMatchObject({ status: "rejected", reason: { type: "ManagedObjectNotFound" } });
  });

  test("are left by who is cancelled, and go on for the others", async () => {
    await start();
    const cancelled = looks.look(machine(42), { signal: AbortSignal.abort() });
    const other = looks.look(machine(43));
    await expect(cancelled).rejects.toMatchObject({ kind: "aborted" });
    expect((await other).virtualMachine.reference).toEqual(machine(43));
  });

  test("ask for no neighbours where nobody wants them", async () => {
    await start();
    const { host, otherVirtualMachines } = await looks.look(machine(42), { neighbours: false });
    expect([host?.reference.value, otherVirtualMachines]).toEqual(["host-12", []]);
    const read = server.vcenter
      .calls()
      .at(-1)!
      .read.map(({ value }) => value);
    expect(read).toEqual(["vm-42", "host-12"]);
    await looks.look(machine(42));
    expect(
      server.vcenter
        .calls()
        .at(-1)!
        .read.map(({ value }) => value),
    ).toContain("vm-43");
  });
});

describe("a virtual machine that is followed", () => {
  const others = ({ otherVirtualMachines }: VirtualMachineAndHost): string[] =>
    otherVirtualMachines.flatMap(({ passthroughDevices }) => passthroughDevices?.map(({ address }) => address) ?? []);

  test("is known after a change without a request: call and wait are two", async () => {
    await start();
    await looks.look(machine(42));
    const first = await looks.follow(machine(42), {});
    await add(first);
    const told = looks.told(machine(42))!;
    expect(told.virtualMachine.passthroughDevices.map(({ address }) => address)).toEqual([DRIVE]);
    expect(told.host?.pciDevices).toEqual(first.host!.pciDevices);
    expect(others(told)).toEqual(others(first));
    expect(requests()).toEqual(["ReconfigVM_Task", "WaitForUpdatesEx"]);
  });

  test("is told of with its host and the other machines on it, by one filter for all of them", async () => {
    await start();
    await looks.look(machine(42));
    await looks.follow(machine(42), {});
    await looks.look(machine(43));
    await add(await looks.follow(machine(43), {}), SECOND);
    server.vcenter.pullDevice("host-12", "0000:3b:00.0");
    await add(looks.told(machine(43))!);
    const told = looks.told(machine(42))!;
    expect(told.host?.pciDevices.map(({ address }) => address)).not.toContain("0000:3b:00.0");
    expect(others(told)).toContain(DRIVE);
    const all = server.vcenter.calls().filter(({ operation }) => operation === "CreateFilter");
    expect(all).toHaveLength(1);
  });

  test("takes one wait more where the server shows the devices before the task's end", async () => {
    await start({ timings: { queueMs: 0, hotPlugMs: 60, publishMs: 30 } });
    await looks.look(machine(42));
    await add(await looks.follow(machine(42), {}));
    // The end of the first was read, since nobody knew yet that the server tells it, too.
    await add(looks.told(machine(42))!, SECOND);
    await add(looks.told(machine(42))!, THIRD);
    expect(requests()).toEqual(["ReconfigVM_Task", "WaitForUpdatesEx", "WaitForUpdatesEx"]);
    expect(looks.told(machine(42))!.virtualMachine.passthroughDevices).toHaveLength(3);
  });

  test("is not told of where it can't be seen into, and read instead", async () => {
    await start();
    await looks.look(machine(42));
    await looks.follow(machine(42), {});
    expect(looks.told(machine(42))).toBeDefined();
    expect(looks.told(machine(45))).toBeUndefined();
  });

  test("costs one read more at a server whose history doesn't tell the ends of tasks", async () => {
    await start({ assumptions: { endedTasksInHistory: "when read" } });
    await looks.look(machine(42));
    await add(await looks.follow(machine(42), {}));
    expect(requests()).toEqual(["ReconfigVM_Task", "WaitForUpdatesEx", "RetrievePropertiesEx"]);
    expect(looks.told(machine(42))!.virtualMachine.passthroughDevices).toHaveLength(1);
  });
});
