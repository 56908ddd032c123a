import { currentInventory } from "../../lib/simulator/inventory/current-inventory";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { parseInventory } from "../../lib/simulator/inventory/parse-inventory";
import { all, faultOf, find } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess;
beforeEach(async () => void (running = await startInProcess()));
afterEach(() => running.vcenter.stop());

const VM_FOLDER = "Folder:group-v4";
const named = (name: string): string => `<name>${name}</name>`;
const create = (folder: string, name: string): Promise<string> =>
  running.soap.reference("CreateFolder", folder, named(name));
const listed = (...refs: string[]): string =>
  refs.map((ref) => `<list type="${ref.split(":")[0]}">${ref.split(":")[1]}</list>`).join("");
const byPath = async (path: string): Promise<string | undefined> =>
  (await running.soap.call("FindByInventoryPath", "SearchIndex:SearchIndex", `<inventoryPath>${path}</inventoryPath>`))
    .children[0]?.text;
const fault = (operation: string, target: string, parameters = ""): Promise<string> =>
  faultOf(running.soap.call(operation, target, parameters));
const taskFault = (operation: string, target: string, parameters = ""): Promise<string> =>
  faultOf(running.soap.task(operation, target, parameters));

/** What would be kept, as another vCenter has it. */
async function again(): Promise<void> {
  const kept = parseInventory(JSON.stringify(currentInventory(running.vcenter.world, defaultInventory)), "kept");
  running.vcenter.stop();
  running = await startInProcess(kept);
}

describe("folders", () => {
  it("are made in folders of any kind, found by their path, and refused where the name is taken", async () => {
    const team = await create(VM_FOLDER, "team");
    expect(await byPath("/DC0/vm/team")).toBe(team.split(":")[1]);
    expect(await fault("CreateFolder", VM_FOLDER, named("team"))).toBe("DuplicateName");
    expect(await fault("CreateFolder", VM_FOLDER, named(""))).toBe("InvalidName");
    expect(await fault("CreateFolder", VM_FOLDER, named("x".repeat(81)))).toBe("InvalidName");
    for (const [kind, path] of Object.entries({ h5: "host", s6: "datastore", n7: "network" })) {
      const made = await create(`Folder:group-${kind}`, "team");
      expect(made).toMatch(new RegExp(`^Folder:group-${kind[0]}\\d+$`));
      expect(await byPath(`/DC0/${path}/team`)).toBe(made.split(":")[1]);
    }
    expect(await create("Folder:group-d1", "sites")).toMatch(/^Folder:group-d\d+$/);
    const types = await running.soap.read(team, "childType", "parent");
    expect(all(types["childType"]!, "string").map(({ text }) => text)).toContain("VirtualMachine");
    expect(types["parent"]!.text).toBe("group-v4");
  });

  it("are renamed, moved and deleted, but for a datacenter's own", async () => {
    const [team, other] = [await create(VM_FOLDER, "team"), await create(VM_FOLDER, "other")];
    const inner = await create(team, "a%2fb");
    expect(await running.soap.text(inner, "name")).toBe("a%2fb");
    expect(await taskFault("Rename_Task", inner, "<newName>databases</newName>")).toBe("none");
    expect(await taskFault("Rename_Task", team, "<newName>other</newName>")).toBe("DuplicateName");
    expect(await taskFault("MoveIntoFolder_Task", other, listed("VirtualMachine:vm-42", inner))).toBe("none");
    expect(await byPath("/DC0/vm/other/db")).toBe("vm-42");
    expect(await byPath("/DC0/vm/other/databases")).toBe(inner.split(":")[1]);
    expect(await taskFault("MoveIntoFolder_Task", inner, listed(other))).toBe("InvalidFolder");
    expect(await taskFault("MoveIntoFolder_Task", other, listed("Folder:group-h5"))).toBe("InvalidFolder");
    expect(await taskFault("Destroy_Task", team)).toBe("none");
    expect(await byPath("/DC0/vm/team")).toBeUndefined();
    expect(await fault("Destroy_Task", VM_FOLDER)).toBe("NotSupported");
  });

  it("are deleted with what they hold, up to what can't be deleted", async () => {
    const team = await create(VM_FOLDER, "team");
    const inner = await create(team, "inner");
    await running.soap.task("MoveIntoFolder_Task", inner, listed("VirtualMachine:vm-44"));
    await running.soap.task("MoveIntoFolder_Task", team, listed("VirtualMachine:vm-42"));
    // vm-42 runs.
    expect(await taskFault("Destroy_Task", team)).toBe("InvalidPowerState");
    expect([await byPath("/DC0/vm/team/inner"), await byPath("/DC0/vm/team/db")]).toEqual([undefined, "vm-42"]);
    await running.soap.task("PowerOffVM_Task", "VirtualMachine:vm-42");
    expect(await taskFault("Destroy_Task", team)).toBe("none");
    expect([await byPath("/DC0/vm/team"), await byPath("/DC0/vm/cache")]).toEqual([undefined, "vm-43"]);
    expect(await fault("Destroy_Task", "VirtualMachine:vm-44")).toBe("ManagedObjectNotFound");
    const hosts = await create("Folder:group-h5", "racks");
    expect(await taskFault("Destroy_Task", hosts)).toBe("none");
  });

  it("are kept: their ids, their places, what is in them", async () => {
    const folders = [await create(VM_FOLDER, "team"), await create("Folder:group-s6", "fast")];
    const inner = await create(folders[0]!, "a%2fb");
    await running.soap.task("MoveIntoFolder_Task", inner, listed("VirtualMachine:vm-43"));
    await again();
    for (const [folder, path] of [
      [folders[0]!, "/DC0/vm/team"],
      [folders[1]!, "/DC0/datastore/fast"],
      [inner, "/DC0/vm/team/a%2fb"],
    ] as const)
      expect(await byPath(path)).toBe(folder.split(":")[1]);
    expect(await running.soap.text("VirtualMachine:vm-43", "parent")).toBe(inner.split(":")[1]);
    expect([...folders, inner]).not.toContain(await create(VM_FOLDER, "next"));
  });
});

describe("resource pools", () => {
  const allocation = (level: string): string =>
    "<reservation>0</reservation><expandableReservation>true</expandableReservation><limit>-1</limit>" +
    `<shares><shares>0</shares><level>${level}</level></shares>`;
  const spec = (level = "normal"): string =>
    `<cpuAllocation>${allocation(level)}</cpuAllocation><memoryAllocation>${allocation(level)}</memoryAllocation>`;
  const root = async (): Promise<string> =>
    `ResourcePool:${await running.soap.text("VirtualMachine:vm-42", "resourcePool")}`;
  const make = (parent: string, name: string): Promise<string> =>
    running.soap.reference("CreateResourcePool", parent, `${named(name)}<spec>${spec()}</spec>`);

  it("are made, changed, and hold the machines that are moved into them", async () => {
    const parent = await root();
    const pool = await make(parent, "fast");
    expect(await fault("CreateResourcePool", parent, `${named("fast")}<spec>${spec()}</spec>`)).toBe("DuplicateName");
    await running.soap.call("UpdateConfig", pool, `${named("faster")}<config>${spec("high")}</config>`);
    const { config, name } = await running.soap.read(pool, "config", "name");
    expect(name!.text).toBe("faster");
    expect(find(find(config!, "memoryAllocation")!, "shares")!.children.map(({ text }) => text)).toEqual([
      "327680",
      "high",
    ]);
    await running.soap.call("MoveIntoResourcePool", pool, listed("VirtualMachine:vm-42"));
    expect(await running.soap.text("VirtualMachine:vm-42", "resourcePool")).toBe(pool.split(":")[1]);
    const inPool = async (target: string): Promise<string[]> =>
      (await running.soap.read(target, "vm"))["vm"]!.children.map(({ text }) => text);
    expect(await inPool(pool)).toEqual(["vm-42"]);
    expect(await inPool(parent)).toEqual(["vm-43", "vm-44"]);
    expect(await byPath("/DC0/host/esx01.example.test/Resources/faster")).toBe(pool.split(":")[1]);
  });

  it("leave what they held to their parent, and the root pool stays", async () => {
    const parent = await root();
    const pool = await make(parent, "fast");
    const inner = await make(pool, "inner");
    await running.soap.call("MoveIntoResourcePool", inner, listed("VirtualMachine:vm-42"));
    expect(await fault("MoveIntoResourcePool", inner, listed(pool))).toBe("InvalidArgument");
    expect(await fault("MoveIntoResourcePool", inner, listed("VirtualMachine:vm-45"))).toBe("InvalidArgument");
    await running.soap.task("Destroy_Task", pool);
    expect(await running.soap.text(inner, "parent")).toBe(parent.split(":")[1]);
    await running.soap.task("Destroy_Task", inner);
    expect(`ResourcePool:${await running.soap.text("VirtualMachine:vm-42", "resourcePool")}`).toBe(parent);
    expect(await fault("Destroy_Task", parent)).toBe("NotSupported");
    expect(await fault("UpdateConfig", parent, named("other"))).toBe("NotSupported");
  });

  it("are no vApps, and are kept with what is in them", async () => {
    const parent = await root();
    const pool = await make(parent, "fast");
    const inner = await make(pool, "inner");
    await running.soap.call("MoveIntoResourcePool", inner, listed("VirtualMachine:vm-42"));
    expect(await faultOf(running.soap.read(`VirtualApp:${pool.split(":")[1]}`, "name"))).toBe("ManagedObjectNotFound");
    await again();
    expect(await running.soap.text("VirtualMachine:vm-42", "resourcePool")).toBe(inner.split(":")[1]);
    expect(await running.soap.text(inner, "parent")).toBe(pool.split(":")[1]);
    expect([pool, inner]).not.toContain(await make(pool, "next"));
  });
});
