import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { VimClient } from "../../lib/vim/session/client";
import { findVirtualMachines } from "../../lib/vim/find";
import type { ManagedObjectReference } from "../../lib/vim/wire/managed-object-reference";
import { addPassthroughDevice, removePassthroughDevice } from "../../lib/vim/virtual-machine/passthrough-reconfigure";
import { readVirtualMachines, type VirtualMachine } from "../../lib/vim/virtual-machine/virtual-machine";
import { VirtualMachineLooks, type VirtualMachineAndHost } from "../../lib/vim/virtual-machine/looks";
import { systemClock } from "../../lib/clock";
import { until } from "./scripted-vcenter";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const limit = { taskTimeoutSeconds: 30 };
const dbUuid = "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042";

let server: TestVcenter;
let client: VimClient;

beforeEach(async () => {
  server = await startTestVcenter({ timings: { queueMs: 0 } });
  client = newClient();
});
jest.setTimeout(30_000);
afterEach(async () => {
  await client.close();
  await server.stop();
});

const newClient = (): VimClient =>
  new VimClient({
    server: server.vcenter.server,
    user: "u",
    password: "p",
    ca: server.vcenter.caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
const requests = (): string[] => server.vcenter.calls().map(({ operation }) => operation);
const start = async (): Promise<
  VirtualMachineAndHost & { targets: Awaited<ReturnType<typeof queryPassthroughTargets>> }
> => {
  await client.about();
  const [vm] = await findVirtualMachines(client, dbUuid);
  const read = await look(vm!);
  const targets = await queryPassthroughTargets(client, read.virtualMachine.environmentBrowser, read.host!.reference);
  return { ...read, targets: targets.filter(({ classId }) => classId === 0x0108) };
};
const look = (vm: ManagedObjectReference): Promise<VirtualMachineAndHost> =>
  new VirtualMachineLooks(client, systemClock).look(vm);
const readAgain = async ({ reference }: { reference: ManagedObjectReference }): Promise<VirtualMachine> =>
  (await readVirtualMachines(client, [reference]))[0]!;

test(
  "a fixed start of at most 10 requests, then at most 5 for one hot-add and one hot-remove, " + "verification included",
  async () => {
    const { virtualMachine, targets } = await start();
    const first = requests().length;
    await addPassthroughDevice(
      client,
      virtualMachine.reference,
      { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
      limit,
    );
    let now = await readAgain(virtualMachine);
    expect(now.passthroughDevices).toMatchObject([
      { address: targets[0]!.address, vendorId: 0x8086, deviceId: 0x0a54, systemId: targets[0]!.systemId },
    ]);
    // History and filter, once a session, belong to the start.
    const once = ["CreateCollectorForTasks", "CreateFilter"];
    expect(first + requests().filter((operation) => once.includes(operation)).length).toBeLessThanOrEqual(10);
    expect(requests().length - first - 2).toBeLessThanOrEqual(5);

    for (const device of [targets[4]!, targets[5]!]) {
      const before = requests().length;
      await addPassthroughDevice(client, virtualMachine.reference, { device, changeVersion: now.changeVersion }, limit);
      now = await readAgain(virtualMachine);
      expect(now.passthroughDevices.at(-1)).toMatchObject({
        address: device.address,
        vendorId: 0x144d,
        deviceId: 0xa824,
      });
      expect(requests().length - before).toBeLessThanOrEqual(5);
    }
    const before = requests().length;
    await removePassthroughDevice(
      client,
      virtualMachine.reference,
      { key: now.passthroughDevices[0]!.key, changeVersion: now.changeVersion },
      limit,
    );
    expect((await readAgain(virtualMachine)).passthroughDevices.map(({ address }) => address)).toEqual([
      targets[4]!.address,
      targets[5]!.address,
    ]);
    expect(requests().length - before).toBeLessThanOrEqual(5);
  },
);

test("a change version that is no longer current is refused by vCenter, and told by type", async () => {
  const { virtualMachine, targets } = await start();
  await addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  const stale = addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[1]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  await expect(stale).rejects.toMatchObject({ name: "VimFault", type: "ConcurrentAccess" });
});

test("a drive pulled out of the host can still be removed from the VM by its key", async () => {
  const { virtualMachine, targets, host } = await start();
  await addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  server.vcenter.pullDevice(host!.reference.value, targets[0]!.address);
  const now = await look(virtualMachine.reference);
  expect(now.host?.pciDevices.map(({ address }) => address)).not.toContain(targets[0]!.address);
  for (const { key } of now.virtualMachine.passthroughDevices) {
    await removePassthroughDevice(
      client,
      virtualMachine.reference,
      { key, changeVersion: now.virtualMachine.changeVersion },
      limit,
    );
  }
  expect((await readAgain(virtualMachine)).passthroughDevices).toEqual([]);
});

test("sessions that expire are renewed in the middle of the work", async () => {
  const { virtualMachine, targets } = await start();
  await addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  server.vcenter.expireSessions();
  const now = await readAgain(virtualMachine);
  await addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[1]!, changeVersion: now.changeVersion },
    limit,
  );
  expect((await readAgain(virtualMachine)).passthroughDevices).toHaveLength(2);
  expect(requests().filter((operation) => operation === "Login")).toHaveLength(2);
});

test("a vCenter that restarts in the middle of a hot-add doesn't take its outcome along", async () => {
  const { virtualMachine, targets } = await start();
  const adding = addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  await until(() => requests().includes("CreateFilter"));
  server.vcenter.restart();
  await adding;
  expect((await readAgain(virtualMachine)).passthroughDevices).toHaveLength(1);
});

test("a vCenter that forgets its tasks in a restart leaves the outcome unknown, with the task's id", async () => {
  const { virtualMachine, targets } = await start();
  const adding = addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  const failed = expect(adding).rejects.toMatchObject({
    name: "TaskOutcomeUnknownError",
    taskId: expect.stringMatching(/^task-/) as string,
  });
  await until(() => requests().includes("CreateFilter"));
  server.vcenter.restart({ tasks: "forgotten" });
  await failed;
});

test("two VMs change side by side over one session", async () => {
  const { virtualMachine, otherVirtualMachines, targets } = await start();
  const other = await readAgain(otherVirtualMachines.find(({ name }) => name === "cache")!);
  await Promise.all([
    addPassthroughDevice(
      client,
      virtualMachine.reference,
      { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
      limit,
    ),
    addPassthroughDevice(client, other.reference, { device: targets[1]!, changeVersion: other.changeVersion }, limit),
  ]);
  const again = await look(virtualMachine.reference);
  expect(
    again.otherVirtualMachines.find(({ name }) => name === "cache")?.passthroughDevices?.map(({ address }) => address),
  ).toEqual([targets[1]!.address]);
  expect(requests().filter((operation) => operation === "Login" || operation === "CreateFilter")).toHaveLength(2);
});

test("nothing but single-device calls went out", async () => {
  const { virtualMachine, targets } = await start();
  await addPassthroughDevice(
    client,
    virtualMachine.reference,
    { device: targets[0]!, changeVersion: virtualMachine.changeVersion },
    limit,
  );
  const [call] = server.vcenter.calls().filter(({ operation }) => operation === "ReconfigVM_Task");
  expect(
    Object.keys((call!.arguments as { spec: object }).spec)
      .filter((name) => !name.startsWith("$"))
      .sort(),
  ).toEqual(["changeVersion", "deviceChange"]);
});
