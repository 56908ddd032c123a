import type { Assumptions } from "../../lib/simulator/assumptions";
import { currentInventory } from "../../lib/simulator/inventory/current-inventory";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { parseInventory } from "../../lib/simulator/inventory/parse-inventory";
import { HostSystem } from "../../lib/simulator/objects/host/host-system";
import { readPath } from "../../lib/simulator/objects/property-collector/property-path";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import { parseVersion } from "../../lib/simulator/schema/parse-schema";
import { schema } from "../../lib/simulator/schema/schema";
import { Vcenter } from "../../lib/simulator/vcenter";
import { Encoder } from "../../lib/simulator/wire/encode";
import { find, removeChange } from "../support/soap-requests";
import { VirtualClock } from "../support/virtual-clock";
import { Doings } from "./doings";
import { type InProcess, startInProcess } from "./in-process";

const HISTORIES = 12;
const A = "0000:3b:00.0";
const ANY = { name: "val", type: "anyType", reference: false, list: false, optional: false, since: [] };
/** Tasks are forgotten when vCenter ends, as are all sessions. */
const FORGOTTEN = ["recentTask"];

const SLOW_TO_SEE = {
  pulledDeviceLeavesHost: "at refresh",
  pulledDeviceLeavesVm: "at refresh",
  replacementInPassthroughSlot: "at refresh",
} as const;

const started: { stop(): void }[] = [];
afterEach(() => started.splice(0).forEach((vcenter) => vcenter.stop()));

async function start(
  inventory: Inventory,
  clock: VirtualClock,
  assumptions: Partial<Assumptions> = {},
): Promise<InProcess> {
  const running = await startInProcess(inventory, { clock, assumptions });
  started.push(running.vcenter);
  return running;
}

/** Every property of every virtual machine and host, as the wire has it. */
function properties({ world }: Vcenter): Record<string, string> {
  const encoder = new Encoder(parseVersion("8.0.3.0"));
  return Object.fromEntries(
    [...world.all(HostSystem), ...world.all(VirtualMachine)].flatMap((object) =>
      schema
        .fields(object.ref.type)
        .filter(({ name }) => !FORGOTTEN.includes(name))
        .flatMap(({ name }) => {
          const value = readPath(object, name);
          return value === undefined ? [] : [[`${String(object.ref)} ${name}`, encoder.field(ANY, value)]];
        }),
    ),
  );
}

/** Where one differs from the other, each with a few characters of both. */
function differences(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => {
    const [left, right] = [one, other].map((each) => JSON.stringify(each[key]) ?? "nothing") as [string, string];
    const at = [...left].findIndex((character, index) => character !== right[index]);
    const excerpt = (text: string): string => text.slice(Math.max(0, at - 40), at + 40);
    return left === right ? [] : [`${key}: ${excerpt(left)} / ${excerpt(right)}`];
  });
}

/** What is there, through the text of a file, as another vCenter has it at the same time. */
function another(vcenter: Vcenter, origin: Inventory, clock: VirtualClock): { vcenter: Vcenter; inventory: Inventory } {
  const inventory = parseInventory(JSON.stringify(currentInventory(vcenter.world, origin)), "kept");
  const made = new Vcenter({ inventory, clock, sessionTimeoutSeconds: 60 });
  started.push(made);
  return { vcenter: made, inventory };
}

/**
 * What the wire tells otherwise afterwards, and what would be kept otherwise: numbers given so far, devices that nobody
 * sees.
 */
function lost(
  before: { vcenter: Vcenter; origin: Inventory },
  after: { vcenter: Vcenter; inventory: Inventory },
): string[] {
  const [kept, keptAgain] = [
    currentInventory(before.vcenter.world, before.origin),
    currentInventory(after.vcenter.world, after.inventory),
  ];
  return [
    ...differences(properties(before.vcenter), properties(after.vcenter)),
    ...differences({ ...kept }, { ...keptAgain }),
  ];
}

/** Hosts with what the default one hasn't, and machines that leave most to be filled in. */
const VARIED: Inventory = {
  hosts: [
    {
      name: "one.example.test",
      cluster: "prod",
      devices: ["3b", "3c", "3d", "3e"].map((bus) => ({ address: `0000:${bus}:00.0`, vendor: "8086", device: "0a54" })),
    },
    {
      name: "two.example.test",
      cluster: "prod",
      rebindWithoutReboot: false,
      version: "8.0.2",
      datastores: [{ name: "a" }, { name: "b", device: "0000:5f:00.0" }],
      devices: [
        { address: A, vendor: "144d", device: "a824" },
        { address: "0000:5e:00.0", vendor: "144d", device: "a824", passthrough: "disabled" },
        { address: "0000:5f:00.0", vendor: "144d", device: "a824", passthrough: "disabled" },
        {
          address: "0000:60:00.0",
          vendor: "144d",
          device: "a824",
          passthrough: "disabled",
          usedFor: { datastore: "c" },
        },
      ],
    },
    { name: "three.example.test", id: "host-101", connectionState: "disconnected", bootedFromStatelessCache: null },
  ],
  virtualMachines: [
    { name: "first", host: "one.example.test", folder: "team/databases", devices: [A], snapshot: "before" },
    { name: "second", host: "one.example.test", folder: "team", powerState: "poweredOff" },
    {
      id: "vm-104",
      name: "third",
      host: "two.example.test",
      dynamicDevice: { vendor: "10de", device: "26b9" },
      tools: "notInstalled",
    },
    {
      id: "vm-1001",
      name: "fourth",
      host: "two.example.test",
      folder: "lone",
      powerState: "poweredOff",
      template: true,
    },
    { name: "fifth", host: "host-101", powerState: "suspended" },
  ],
};

it.each([
  ["the default inventory", defaultInventory],
  ["an inventory that leaves most to be filled in", VARIED],
])("%s comes back as it was", async (_, origin) => {
  const clock = new VirtualClock();
  const { vcenter } = await start(origin, clock);
  expect(lost({ vcenter, origin }, another(vcenter, origin, clock))).toEqual([]);
});

it("what is there comes back as it is, whatever was done", async () => {
  const done = new Set<string | undefined>();
  for (const origin of [defaultInventory, VARIED]) {
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const clock = new VirtualClock();
      const running = await start(origin, clock, seed % 2 === 0 ? SLOW_TO_SEE : {});
      const doings = new Doings(running, `${seed}`);
      for (let step = 0; step < 40; step++) {
        done.add(await doings.next());
        if (step % 8 !== 7) continue;
        const back = another(running.vcenter, origin, clock);
        expect({ seed, step, lost: lost({ vcenter: running.vcenter, origin }, back) }).toEqual({
          seed,
          step,
          lost: [],
        });
        back.vcenter.stop();
      }
      running.vcenter.stop();
    }
  }
  // Nothing of this was only tried.
  expect(Doings.NAMES.filter((name) => !done.has(name))).toEqual([]);
}, 60_000);

it.each<[string, (vm: VirtualMachine) => void, string]>([
  ["a setting", ({ settings }) => void (settings.annotation = "else"), "VirtualMachine:vm-42 config"],
  [
    "a device's key",
    (vm) => void (vm.attached = vm.attached.map((device) => ({ ...device, key: device.key + 1 }))),
    "VirtualMachine:vm-42 config",
  ],
  ["a changeVersion", (vm) => vm.touch(), "VirtualMachine:vm-42 config"],
  ["a host's device", ({ host }) => void (host.device(A)!.enabled = false), "HostSystem:host-12 config"],
  ["the next device's key", (vm) => void (vm.lastDevice = { key: 14000, slot: 192 }), "virtualMachines"],
])("and it would be seen if %s were another", async (_, change, where) => {
  const clock = new VirtualClock();
  const { vcenter, soap, add } = await start(defaultInventory, clock);
  await soap.reconfigure("vm-42", await add(A));
  const back = another(vcenter, defaultInventory, clock);
  expect(lost({ vcenter, origin: defaultInventory }, back)).toEqual([]);
  change(back.vcenter.world.all(VirtualMachine).find(({ ref }) => ref.id === "vm-42")!);
  expect(lost({ vcenter, origin: defaultInventory }, back)).toContainEqual(expect.stringContaining(`${where}: `));
});

it("gives no task, machine, device key or changeVersion twice, whatever went meanwhile", async () => {
  const clock = new VirtualClock();
  const { vcenter, soap, add } = await start(defaultInventory, clock);
  const create =
    '<config><name>made</name></config><pool type="ResourcePool">resgroup-102</pool><host ' +
    'type="HostSystem">host-12</host>';
  const given = async (requests: typeof soap, device: string): Promise<string[]> => {
    const task = await requests.task("CreateVM_Task", "Folder:group-v4", create);
    const [id, vm] = [find(task, "key")!.text, find(task, "result")!.text];
    await requests.reconfigure("vm-42", device);
    const key = (await requests.attached("vm-42"))[A]!;
    await requests.reconfigure("vm-42", removeChange(key));
    await requests.task("Destroy_Task", `VirtualMachine:${vm}`);
    return [id, vm, key, (await requests.text("VirtualMachine:vm-42", "config.changeVersion"))!];
  };
  const before = await given(soap, await add(A));
  const { inventory } = another(vcenter, defaultInventory, clock);
  const again = await start(inventory, clock);
  const after = await given(again.soap, await again.add(A));
  expect(before.slice(0, 3)).toEqual(["task-1", "vm-1001", "13000"]);
  expect(after.slice(0, 3)).toEqual(["task-5", "vm-1002", "13001"]);
  expect(after[3]!.split("#")[1]).not.toBe(before[3]!.split("#")[1]);
});

it("lets a guest go down and a host come back that were on their way", async () => {
  const clock = new VirtualClock();
  const { vcenter, soap } = await start(defaultInventory, clock);
  await soap.call("ShutdownGuest", "VirtualMachine:vm-42");
  await soap.task("RebootHost_Task", "HostSystem:host-13", "<force>true</force>");
  await soap.call("ShutdownGuest", "VirtualMachine:vm-43");
  const { inventory } = another(vcenter, defaultInventory, clock);
  const again = await start(inventory, clock);
  expect(await again.soap.text("VirtualMachine:vm-43", "runtime.powerState")).toBe("poweredOn");
  expect(await again.soap.text("HostSystem:host-13", "runtime.connectionState")).toBe("notResponding");
  await again.vcenter.world.sleep(10_000);
  expect(await again.soap.text("VirtualMachine:vm-43", "runtime.powerState")).toBe("poweredOff");
  expect(await again.soap.text("HostSystem:host-13", "runtime.connectionState")).toBe("connected");
});

it("keeps a drive that lies beside its slot", async () => {
  const clock = new VirtualClock();
  const { vcenter, hardware } = await start(defaultInventory, clock);
  hardware.pull("host-12", A);
  const { inventory } = another(vcenter, defaultInventory, clock);
  const again = await start(inventory, clock);
  expect(() => again.hardware.pull("host-12", A)).toThrow(/has no device in the slot/);
  again.hardware.plug("host-12", A);
  await again.soap.reconfigure("vm-42", await again.add(A));
  expect(await again.soap.attached("vm-42")).toEqual({ [A]: "13000" });
});

it("is handed on when something changes by itself, too, with no call after it", async () => {
  let kept: Inventory | undefined;
  const { vcenter, soap } = await startInProcess(defaultInventory, {
    clock: new VirtualClock(),
    keep: (inventory) => void (kept = inventory),
  });
  started.push(vcenter);
  await soap.call("ShutdownGuest", "VirtualMachine:vm-42");
  expect(kept!.virtualMachines![0]).toMatchObject({ id: "vm-42", powerState: "poweredOn", guestRequest: "shutdown" });
  await vcenter.world.sleep(10_000);
  expect(kept!.virtualMachines![0]).toMatchObject({ id: "vm-42", powerState: "poweredOff" });
});
