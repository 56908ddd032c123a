import { all, faultOf, find, type SoapFault } from "../support/soap-requests";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess;
afterEach(() => running.vcenter.stop());

const USERS = [
  { name: "reader", password: "p1", role: { name: "ReadOnly", privileges: [] } },
  { name: "attacher", password: "p2", role: { name: "attach", privileges: ["VirtualMachine.Config.AddRemoveDevice"] } },
];

it("needs a login for everything but the way to it", async () => {
  running = await startInProcess();
  const stranger = running.client();
  expect(await faultOf(stranger.call("RetrieveServiceContent", "ServiceInstance:ServiceInstance"))).toBe("none");
  for (const [operation, target] of [
    ["CurrentTime", "ServiceInstance:ServiceInstance"],
    ["PowerOffVM_Task", "VirtualMachine:vm-42"],
    ["PowerOffVM_Task", "VirtualMachine:vm-99"],
  ] as const) {
    expect(await faultOf(stranger.call(operation, target))).toBe("NotAuthenticated");
  }
  stranger.cookie = "guessed";
  expect(await faultOf(stranger.call("CurrentTime", "ServiceInstance:ServiceInstance"))).toBe("NotAuthenticated");
});

it("ends a session at logout, when it is not used for too long, and when it is told to", async () => {
  running = await startInProcess();
  const alive = (): Promise<string> => faultOf(running.soap.call("CurrentTime", "ServiceInstance:ServiceInstance"));
  await running.vcenter.world.sleep(1_700_000);
  expect(await alive()).toBe("none");
  await running.vcenter.world.sleep(1_900_000);
  expect(await alive()).toBe("NotAuthenticated");
  await running.soap.login();
  expect(await alive()).toBe("none");
  running.vcenter.sessions.terminateAll();
  expect(await alive()).toBe("NotAuthenticated");
  await running.soap.login();
  await running.soap.call("Logout", "SessionManager:SessionManager");
  expect(await alive()).toBe("NotAuthenticated");
});

it("lets in whom it knows, with the right password", async () => {
  running = await startInProcess(undefined, { users: USERS, user: "reader", password: "p1" });
  expect(await faultOf(running.client().login("reader", "p2"))).toBe("InvalidLogin");
  expect(await faultOf(running.client().login("nobody", "p1"))).toBe("InvalidLogin");
});

it("lets a user do what the role holds, and names the privilege and the object otherwise", async () => {
  running = await startInProcess(withVirtualMachine({}), { users: USERS, user: "reader", password: "p1" });
  const { soap, add } = running;
  expect(await soap.text("VirtualMachine:vm-42", "name")).toBe("db");
  const change = await add("0000:3b:00.0");
  const fault = await soap.reconfigure("vm-42", change).then(
    () => undefined,
    (error: SoapFault) => error,
  );
  expect([fault!.type, fault!.field("privilegeId"), fault!.field("object")]).toEqual([
    "NoPermission",
    "VirtualMachine.Config.AddRemoveDevice",
    "vm-42",
  ]);
  const attacher = running.client();
  await attacher.login("attacher", "p2");
  await attacher.reconfigure("vm-42", change);
  expect(await faultOf(attacher.call("PowerOffVM_Task", "VirtualMachine:vm-42"))).toBe("NoPermission");
  expect(
    await faultOf(attacher.reconfigure("vm-42", "<memoryReservationLockedToMax>true</memoryReservationLockedToMax>")),
  ).toBe("NoPermission");
  const granted = await attacher.call(
    "HasPrivilegeOnEntities",
    "AuthorizationManager:AuthorizationManager",
    "<entity " +
      'type="VirtualMachine">vm-42</entity><sessionId>x</sessionId>' +
      "<privId>VirtualMachine.Config.AddRemoveDevice</privId><privId>Host.Config.Maintenance</privId>",
  );
  expect(all(granted, "isGranted").map(({ text }) => text)).toEqual(["true", "false"]);
});

it("finds machines by what names them, all of them where several have one name", async () => {
  const uuid = "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042";
  const inventory = withVirtualMachine({ uuid, folder: "team/databases" });
  running = await startInProcess({
    ...inventory,
    virtualMachines: [...inventory.virtualMachines!, { id: "vm-50", name: "twin", host: "host-12", uuid }],
  });
  const search = async (operation: string, parameters: string): Promise<string[]> =>
    (await running.soap.call(operation, "SearchIndex:SearchIndex", parameters)).children.map(({ text }) => text);
  expect(await search("FindAllByUuid", `<uuid>${uuid.toUpperCase()}</uuid><vmSearch>true</vmSearch>`)).toEqual([
    "vm-42",
    "vm-50",
  ]);
  expect(
    await search("FindByUuid", `<uuid>${uuid}</uuid><vmSearch>true</vmSearch><instanceUuid>true</instanceUuid>`),
  ).toEqual([]);
  expect(await search("FindByInventoryPath", "<inventoryPath>/DC0/vm/team/databases/db</inventoryPath>")).toEqual([
    "vm-42",
  ]);
  expect(await search("FindByInventoryPath", "<inventoryPath>DC0/vm/db</inventoryPath>")).toEqual([]);
  expect(await search("FindByDnsName", "<dnsName>esx01.example.test</dnsName><vmSearch>false</vmSearch>")).toEqual([
    "host-12",
  ]);
});

it("keeps a log of every call, with no cookie and no password in it", async () => {
  running = await startInProcess();
  const { soap, add, vcenter } = running;
  await soap.login("eve", "s3cret-marker").catch(() => undefined);
  await soap.reconfigure("vm-42", await add("0000:3b:00.0"));
  await soap.attached("vm-42");
  await faultOf(soap.reconfigure("vm-42", "<nonsense/>"));
  const change = vcenter.log.find(({ operation }) => operation === "ReconfigVM_Task")!;
  expect(change).toMatchObject({
    session: "s1",
    client: "by hand",
    target: { type: "VirtualMachine", value: "vm-42", name: "db" },
    outcome: "ok",
    virtualMachinePowerState: "poweredOn",
    arguments: {
      spec: {
        deviceChange: [
          { operation: "add", device: { $type: "VirtualPCIPassthrough", backing: { id: "0000:3b:00.0" } } },
        ],
      },
    },
    task: { id: "task-1", state: "success" },
  });
  expect(Date.parse(change.task!.completedAt!) - Date.parse(change.startedAt)).toBe(300);
  const verification = vcenter.log
    .slice(change.sequence)
    .find(({ read }) => read.some(({ value, paths }) => value === "vm-42" && paths.includes("config.hardware.device")));
  expect(verification?.operation).toBe("RetrievePropertiesEx");
  expect(vcenter.log.at(-1)).toMatchObject({
    operation: "ReconfigVM_Task",
    outcome: "InvalidRequest",
    target: { value: "vm-42" },
  });
  expect(vcenter.log.map(({ sequence }) => sequence)).toEqual(vcenter.log.map((_, index) => index + 1));
  expect(JSON.stringify(vcenter.log)).not.toMatch(new RegExp(`s3cret-marker|${soap.cookie}`));
  expect(find(await soap.call("CurrentTime", "ServiceInstance:ServiceInstance"), "returnval")!.text).toMatch(
    /^2026-01-01T/,
  );
});
