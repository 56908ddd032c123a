import { all, faultOf, filterSpec, find, type SoapRequests } from "../support/soap-requests";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess;
let soap: SoapRequests;
const restart = async (...options: Parameters<typeof startInProcess>): Promise<void> => {
  running?.vcenter.stop();
  running = await startInProcess(...options);
  soap = running.soap;
};
beforeEach(() => restart());
afterEach(() => running.vcenter.stop());

const COLLECTOR = "PropertyCollector:propertyCollector";
const annotate = (text: string): Promise<unknown> => soap.reconfigure("vm-42", `<annotation>${text}</annotation>`);
const wait = (version = "", options = "<maxWaitSeconds>0</maxWaitSeconds>") =>
  soap.call("WaitForUpdatesEx", COLLECTOR, `<version>${version}</version><options>${options}</options>`);
const filter = (target: string, ...paths: string[]) =>
  soap.call("CreateFilter", COLLECTOR, `${filterSpec("spec", target, paths)}<partialUpdates>false</partialUpdates>`);
const versionOf = (updates: Parameters<typeof find>[0]): string => find(updates, "version")!.text;

const selection = (name: string): string => `<selectSet><name>${name}</name></selectSet>`;
const FOLDERS =
  '<selectSet xsi:type="TraversalSpec"><name>folders</name><type>Folder</type><path>childEntity</path>' +
  `${selection("folders")}${selection("machines")}</selectSet>` +
  '<selectSet xsi:type="TraversalSpec"><name>machines</name><type>Datacenter</type><path>vmFolder</path>' +
  `${selection("folders")}</selectSet>`;
const traversal = (more = "") =>
  "<specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet><obj " +
  `type="Folder">group-d1</obj><skip>true</skip>${FOLDERS}${more}</objectSet></specSet>`;

describe("reading", () => {
  it("follows recursive, named traversals to every machine", async () => {
    const answer = await soap.call("RetrievePropertiesEx", COLLECTOR, `${traversal()}<options/>`);
    expect(all(answer, "val").map(({ text }) => text)).toEqual(["db", "cache", "spare", "old"]);
    expect(
      await faultOf(soap.call("RetrievePropertiesEx", COLLECTOR, `${traversal(selection("nowhere"))}<options/>`)),
    ).toBe("InvalidArgument");
  });

  it("gives pages, by the size asked for", async () => {
    const first = await soap.call(
      "RetrievePropertiesEx",
      COLLECTOR,
      `${traversal()}<options><maxObjects>3</maxObjects></options>`,
    );
    expect(all(first, "obj")).toHaveLength(3);
    const second = await soap.call(
      "ContinueRetrievePropertiesEx",
      COLLECTOR,
      `<token>${find(first, "token")!.text}</token>`,
    );
    expect(all(second, "obj").map(({ text }) => text)).toEqual(["vm-45"]);
    expect(find(second, "token")).toBeUndefined();
    expect(
      await faultOf(
        soap.call("ContinueRetrievePropertiesEx", COLLECTOR, `<token>${find(first, "token")!.text}</token>`),
      ),
    ).toBe("InvalidArgument");
  });

  it("types each value, lists included, and goes into nested and keyed paths", async () => {
    const paths = [
      "config.hardware.device",
      "runtime.powerState",
      "runtime.host",
      "config.hardware.numCPU",
      "config.hardware.device[2000].backing",
      "datastore",
    ];
    const read = await soap.read("VirtualMachine:vm-42", ...paths);
    expect(paths.map((path) => read[path]?.xsiType?.name)).toEqual([
      "ArrayOfVirtualDevice",
      "VirtualMachinePowerState",
      "ManagedObjectReference",
      "int",
      "VirtualDiskFlatVer2BackingInfo",
      "ArrayOfManagedObjectReference",
    ]);
  });

  it("refuses a path that the type hasn't, and leaves out what is unset", async () => {
    expect(await faultOf(soap.read("VirtualMachine:vm-42", "nonsense"))).toBe("InvalidProperty");
    expect(await faultOf(soap.read("VirtualMachine:vm-42", "config.nonsense"))).toBe("InvalidProperty");
    expect(await faultOf(soap.read("VirtualMachine:vm-42", "config.hardware.device.key"))).toBe("InvalidProperty");
    expect(await soap.read("VirtualMachine:vm-42", "snapshot", "config.hardware.device[1].backing")).toEqual({});
  });

  it("says which properties a user may not read", async () => {
    await restart(
      { ...withVirtualMachine({}), users: [{ name: "u", password: "p", noAccess: ["db"] }] },
      {
        users: [{ name: "u", password: "p", role: { name: "Admin", privileges: ["*"] }, noAccess: ["db"] }],
        user: "u",
        password: "p",
      },
    );
    const answer = await soap.call(
      "RetrievePropertiesEx",
      COLLECTOR,
      `${filterSpec("specSet", "VirtualMachine:vm-42", ["name", "config"])}<options/>`,
    );
    expect(all(answer, "propSet")).toEqual([]);
    expect(
      all(answer, "missingSet").map((missing) => [
        find(missing, "path")!.text,
        find(missing, "fault")!.children[0]!.xsiType!.name,
        find(missing, "privilegeId")!.text,
      ]),
    ).toEqual([
      ["name", "NoPermission", "System.Read"],
      ["config", "NoPermission", "System.Read"],
    ]);
    expect(await soap.text("VirtualMachine:vm-43", "name")).toBe("cache");
  });
});

describe("waiting", () => {
  it("tells all at first, then only what changed, then nothing", async () => {
    await filter("VirtualMachine:vm-42", "config.annotation", "name");
    const first = await wait();
    expect([all(first, "kind")[0]!.text, all(first, "changeSet").length]).toEqual(["enter", 2]);
    expect(find(await wait(versionOf(first)), "returnval")).toBeUndefined();
    await annotate("x");
    const second = await wait(versionOf(first));
    expect([
      all(second, "kind").map(({ text }) => text),
      all(second, "name").map(({ text }) => text),
      find(second, "val")!.text,
    ]).toEqual([["modify"], ["config.annotation"], "x"]);
  });

  it("tells again what was lost on the way, and refuses a version it never gave", async () => {
    await filter("VirtualMachine:vm-42", "config.annotation");
    const first = versionOf(await wait());
    await annotate("x");
    expect(find(await wait(first), "val")!.text).toBe("x");
    expect(find(await wait(first), "val")!.text).toBe("x");
    expect(await faultOf(wait("77"))).toBe("InvalidCollectorVersion");
  });

  it("answers as soon as something changes, or empty when the time is over", async () => {
    await filter("VirtualMachine:vm-42", "config.annotation");
    const first = versionOf(await wait());
    const begin = running.vcenter.world.now().getTime();
    expect(find(await wait(first, "<maxWaitSeconds>30</maxWaitSeconds>"), "returnval")).toBeUndefined();
    expect(running.vcenter.world.now().getTime() - begin).toBe(30_000);
    const waiting = wait(first, "<maxWaitSeconds>3600</maxWaitSeconds>");
    await soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", "<spec><annotation>y</annotation></spec>");
    expect(find(await waiting, "val")!.text).toBe("y");
  });

  it("ends a wait that is cancelled, or whose session ends; one beside it only where that is assumed", async () => {
    await restart(undefined, { assumptions: { secondWaitOnCollector: "RequestCanceled" } });
    await filter("VirtualMachine:vm-42", "name");
    const version = versionOf(await wait());
    for (const end of [
      () => soap.call("CancelWaitForUpdates", COLLECTOR),
      () => wait(version),
      () => soap.call("Logout", "SessionManager:SessionManager"),
    ]) {
      const waiting = faultOf(wait(version, "<maxObjectUpdates>9</maxObjectUpdates>"));
      await new Promise(setImmediate);
      await end();
      expect(await waiting).toMatch(/RequestCanceled|NotAuthenticated/);
    }
  });

  it("answers waits that share a collector, each by the version that it names", async () => {
    await filter("VirtualMachine:vm-42", "config.annotation");
    const first = versionOf(await wait());
    await filter("VirtualMachine:vm-43", "name");
    const long = "<maxWaitSeconds>3600</maxWaitSeconds>";
    // The other client begins at nothing, and is told of both filters.
    const second = await wait("", long);
    expect(all(second, "objectSet")).toHaveLength(2);
    // The first has been told of one, and goes on from there.
    const third = await wait(first, long);
    expect(all(third, "objectSet").map((set) => find(set, "obj")!.text)).toEqual(["vm-43"]);
    const both = [wait(versionOf(second), long), wait(versionOf(third), long)];
    await annotate("z");
    for (const answer of await Promise.all(both)) expect(find(answer, "val")!.text).toBe("z");
  });

  it("cuts a large answer into pieces, none lost", async () => {
    const spec = traversal().replaceAll("specSet>", "spec>");
    await soap.call("CreateFilter", COLLECTOR, `${spec}<partialUpdates>false</partialUpdates>`);
    const first = await wait("", "<maxWaitSeconds>0</maxWaitSeconds><maxObjectUpdates>3</maxObjectUpdates>");
    expect([all(first, "obj").length, find(first, "truncated")!.text]).toEqual([3, "true"]);
    const second = await wait(versionOf(first));
    expect([all(second, "obj").map(({ text }) => text), find(second, "truncated")]).toEqual([["vm-45"], undefined]);
  });

  it("says when an object leaves the selection", async () => {
    await soap.call(
      "CreateFilter",
      COLLECTOR,
      `${traversal().replaceAll("specSet>", "spec>")}<partialUpdates>false</partialUpdates>`,
    );
    const first = versionOf(await wait());
    await soap.task("Destroy_Task", "VirtualMachine:vm-44");
    const update = await wait(first);
    expect([find(update, "kind")!.text, find(update, "obj")!.text]).toEqual(["leave", "vm-44"]);
  });

  it("gives each collector filters of its own, and none to another session", async () => {
    const made = (await soap.call("CreatePropertyCollector", COLLECTOR)).children[0]!.text;
    await filter("VirtualMachine:vm-42", "name");
    expect(find(await soap.call("CheckForUpdates", `PropertyCollector:${made}`), "returnval")).toBeUndefined();
    const other = running.client();
    await other.login();
    expect(await faultOf(other.call("CheckForUpdates", `PropertyCollector:${made}`))).toBe("ManagedObjectNotFound");
    expect(find(await other.call("CheckForUpdates", COLLECTOR), "returnval")).toBeUndefined();
  });
});

it("keeps views of what is in a container, and lists that a client changes", async () => {
  const create = async (type: string): Promise<string> =>
    (
      await soap.call(
        "CreateContainerView",
        "ViewManager:ViewManager",
        `<container type="Folder">group-d1</container><type>${type}</type><recursive>true</recursive>`,
      )
    ).children[0]!.text;
  expect(
    (await soap.read(`ContainerView:${await create("HostSystem")}`, "view"))["view"]!.children.map(({ text }) => text),
  ).toEqual(["host-12", "host-13"]);
  const list = (await soap.call("CreateListView", "ViewManager:ViewManager", `<obj type="VirtualMachine">vm-42</obj>`))
    .children[0]!.text;
  const unknown = await soap.call(
    "ModifyListView",
    `ListView:${list}`,
    '<add type="VirtualMachine">vm-43</add><add type="VirtualMachine">vm-99</add><remove ' +
      'type="VirtualMachine">vm-42</remove>',
  );
  expect(unknown.children.map(({ text }) => text)).toEqual(["vm-99"]);
  expect((await soap.read(`ListView:${list}`, "view"))["view"]!.children.map(({ text }) => text)).toEqual(["vm-43"]);
  await soap.call("DestroyView", `ListView:${list}`);
  expect(await faultOf(soap.read(`ListView:${list}`, "view"))).toBe("ManagedObjectNotFound");
});
