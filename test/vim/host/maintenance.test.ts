import { enterMaintenanceMode, exitMaintenanceMode, restartHost } from "../../../lib/vim/host/maintenance";
import { ManualClock, ScriptedVcenter, until } from "../scripted-vcenter";
import { ended, page } from "../session/task-updates";

const host = { type: "HostSystem", value: "host-12" };
/** Task 1 on the page of the history, ended in that state. */
const taskState = (value: string): string =>
  "<returnval><version>1</version><filterSet><filter " +
  `type="PropertyFilter">filter-1</filter>${page(ended(1, value))}</filterSet></returnval>`;

let vcenter: ScriptedVcenter;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  vcenter = await ScriptedVcenter.start();
  const task = (): string => '<returnval type="Task">task-1</returnval>';
  Object.assign(vcenter.scripts, {
    EnterMaintenanceMode_Task: task,
    ExitMaintenanceMode_Task: task,
    RebootHost_Task: task,
    CancelTask: () => "",
    CreateCollectorForTasks: () => '<returnval type="TaskHistoryCollector">history-1</returnval>',
    CreateFilter: () => '<returnval type="PropertyFilter">filter-1</returnval>',
    DestroyPropertyFilter: () => "",
    CancelWaitForUpdates: () => "",
    WaitForUpdatesEx: () => taskState("success"),
  });
});
afterEach(() => vcenter.stop());
const count = (method: string): number => vcenter.methods.filter((name) => name === method).length;

test("entering moves no powered-off VMs, and says how long it may take", async () => {
  await enterMaintenanceMode(vcenter.client(), host, { taskTimeoutSeconds: 90 });
  expect(vcenter.requests.find(({ method }) => method === "EnterMaintenanceMode_Task")!.body).toContain(
    "<vim25:timeout>90</vim25:timeout><vim25:evacuatePoweredOffVms>false</vim25:evacuatePoweredOffVms>",
  );
  await exitMaintenanceMode(vcenter.client(), host, { taskTimeoutSeconds: 90 });
  expect(count("CancelTask")).toBe(0);
});

test("an entry that takes too long is taken back", async () => {
  vcenter.scripts.WaitForUpdatesEx = () => undefined;
  const failed = enterMaintenanceMode(vcenter.client({ clock }), host, { taskTimeoutSeconds: 90 }).catch(
    (error: unknown) => error,
  );
  await until(() => count("WaitForUpdatesEx") === 1);
  // The limit of the one request that waits is shorter than that of the task.
  clock.advance(59);
  clock.advance(31);
  expect(await failed).toMatchObject({ name: "TaskTimeoutError", taskId: "task-1" });
  expect(vcenter.requests.find(({ method }) => method === "CancelTask")!.body).toContain(">task-1<");
});

test("an entry that fails of its own accord needs no taking back", async () => {
  vcenter.scripts.WaitForUpdatesEx = () => taskState("error");
  await expect(enterMaintenanceMode(vcenter.client(), host, { taskTimeoutSeconds: 90 })).rejects.toMatchObject({
    name: "VimFault",
  });
  expect(count("CancelTask")).toBe(0);
});

/** What a host shows, read by read; the last for good. */
const show = (...reads: (readonly [state: string, bootTime: string] | "unreachable")[]): void => {
  vcenter.scripts.RetrievePropertiesEx = (_request, response) => {
    const now = reads.length > 1 ? reads.shift()! : reads[0]!;
    if (now === "unreachable") return void response.writeHead(503).end();
    const [state, bootTime] = now;
    return (
      '<returnval><objects><obj type="HostSystem">host-12</obj><propSet><name>runtime.bootTime</name><val ' +
      `xsi:type="xsd:dateTime">${bootTime}</val></propSet><propSet><name>runtime.connectionState</name><val ` +
      `xsi:type="HostSystemConnectionState">${state}</val></propSet></objects></returnval>`
    );
  };
};
const before = "2026-11-01T00:00:00Z";
const after = "2026-11-23T06:00:00.5Z";

test("a host is back once it is connected and has booted anew, whatever it showed in between", async () => {
  show(
    ["connected", before],
    ["connected", before],
    "unreachable",
    ["notResponding", before],
    ["connected", before],
    ["disconnected", after],
    ["connected", after],
  );
  let back = false;
  const restarted = restartHost(vcenter.client({ clock }), host, {
    taskTimeoutSeconds: 60,
    timeoutSeconds: 600,
    clock,
  }).then(() => (back = true));
  await clock.runUntil(() => back);
  await restarted;
  expect(count("RetrievePropertiesEx")).toBe(7);
  expect(count("RebootHost_Task")).toBe(1);
});

test("a host that doesn't come back is given up at its limit", async () => {
  show(["connected", before], ["notResponding", before]);
  let error: unknown;
  restartHost(vcenter.client({ clock }), host, { taskTimeoutSeconds: 60, timeoutSeconds: 10, clock }).catch(
    (reason: unknown) => (error = reason),
  );
  await clock.runUntil(() => error !== undefined);
  expect(error).toMatchObject({ type: "Timedout", message: "host-12 was restarted and is not back after 10 s." });
});

test("the wait for it can be cancelled", async () => {
  show(["connected", before], ["notResponding", before]);
  const cancel = new AbortController();
  const failed = restartHost(vcenter.client({ clock }), host, {
    taskTimeoutSeconds: 60,
    timeoutSeconds: 600,
    clock,
    signal: cancel.signal,
  }).catch((error: unknown) => error);
  await until(() => count("RetrievePropertiesEx") === 2);
  cancel.abort(new Error("enough"));
  expect(await failed).toBeInstanceOf(Error);
});
