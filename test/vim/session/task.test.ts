import { ManualClock, ScriptedFault, ScriptedVcenter, until } from "../scripted-vcenter";
import { change, state, update, Updates } from "./task-updates";

const task = (id: number): { type: string; value: string } => ({ type: "Task", value: `task-${id}` });
const limit = { taskTimeoutSeconds: 600 };

const fault = (type: string, message: string): string =>
  change(
    "info.error",
    '<val xsi:type="LocalizedMethodFault"><fault ' +
      `xsi:type="${type}"/><localizedMessage>${message}</localizedMessage></val>`,
  );

let vcenter: ScriptedVcenter;
let updates: Updates;
let clock: ManualClock;

beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  updates = new Updates(vcenter);
  clock = new ManualClock();
});
afterEach(() => vcenter.stop());

const count = (method: string): number => vcenter.methods.filter((name) => name === method).length;
const failure = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => "resolved",
    (error: unknown) => error,
  );

test("a task that succeeds takes one view, one filter and a wait for each change", async () => {
  const done = vcenter.client().waitForTask(task(1), limit);
  await updates.say(update(1, state("running")));
  await updates.say(update(1, state("success")));
  await done;
  expect(vcenter.methods.slice(2)).toEqual(["CreateListView", "CreateFilter", "WaitForUpdatesEx", "WaitForUpdatesEx"]);
});

test("the next task takes one change of the view, which also drops the one that ended", async () => {
  const client = vcenter.client();
  const first = client.waitForTask(task(1), limit);
  await updates.say(update(1, state("success")));
  await first;
  const second = client.waitForTask(task(2), limit);
  await updates.say(update(2, state("success")));
  await second;
  expect(vcenter.methods.slice(2)).toEqual([
    "CreateListView",
    "CreateFilter",
    "WaitForUpdatesEx",
    "ModifyListView",
    "WaitForUpdatesEx",
  ]);
  const modify = vcenter.requests.find(({ method }) => method === "ModifyListView")!.body;
  expect(modify).toMatch(/<vim25:add type="Task">task-2<\/vim25:add><vim25:remove type="Task">task-1</);
  expect(vcenter.requests.at(-1)!.body).toContain("<vim25:version>1</vim25:version>");
});

test("parallel waiters share one loop, with never more than one wait under way", async () => {
  const client = vcenter.client();
  const all = [1, 2, 3].map((id) => client.waitForTask(task(id), limit));
  await until(() => count("CreateFilter") === 1 && count("ModifyListView") + count("CreateListView") >= 1);
  await updates.say(update(2, state("success")), update(1, state("running")), update(3, state("queued")));
  await all[1];
  expect(updates.pending.length).toBeLessThanOrEqual(1);
  await updates.say(update(1, state("success")), update(3, state("success")));
  await Promise.all(all);
  expect(count("WaitForUpdatesEx")).toBe(2);
  expect(count("CreateListView")).toBe(1);
});

test("two who wait for one task both learn its end, and a time limit of one is not the other's", async () => {
  const client = vcenter.client({ clock });
  const [short, long] = [
    failure(client.waitForTask(task(1), { taskTimeoutSeconds: 5 })),
    client.waitForTask(task(1), limit),
  ];
  await until(() => updates.pending.length === 1);
  clock.advance(5);
  expect(await short).toMatchObject({ name: "TaskTimeoutError" });
  const third = client.waitForTask(task(1), limit);
  await updates.say(update(1, state("success")));
  await Promise.all([long, third]);
});

test("nothing is asked while nobody waits", async () => {
  const done = vcenter.client().waitForTask(task(1), limit);
  await updates.say(update(1, state("success")));
  await done;
  const before = vcenter.requests.length;
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(vcenter.requests).toHaveLength(before);
});

test("a task that fails rejects with its fault, by type, with its own id", async () => {
  const failed = failure(vcenter.client().waitForTask(task(1), limit));
  await updates.say(update(1, state("error"), fault("DeviceHotPlugNotSupported", "no")));
  expect(await failed).toMatchObject({
    name: "VimFault",
    type: "DeviceHotPlugNotSupported",
    types: expect.arrayContaining(["InvalidDeviceSpec"]) as string[],
    message: "no",
    taskId: "task-1",
  });
});

test("what has ended has ended: a stale state after it in the same answer changes nothing", async () => {
  const done = vcenter.client().waitForTask(task(1), limit);
  await updates.say(update(1, state("success")), update(1, state("running")));
  await done;
});

test("at the time limit the error says that the task may still be running", async () => {
  const failed = failure(vcenter.client({ clock }).waitForTask(task(7), { taskTimeoutSeconds: 20 }));
  await updates.say(update(7, state("running")));
  await until(() => updates.pending.length === 1);
  clock.advance(20);
  expect(await failed).toMatchObject({
    name: "TaskTimeoutError",
    taskId: "task-7",
    message: expect.stringContaining("task-7 did not end within 20 s and may still be running") as string,
  });
  await until(() => count("CancelWaitForUpdates") === 1);
});

test("a caller who cancels is told the task's id, and the others go on", async () => {
  const client = vcenter.client();
  const cancel = new AbortController();
  const cancelled = failure(client.waitForTask(task(1), { ...limit, signal: cancel.signal }));
  const other = client.waitForTask(task(2), limit);
  await until(() => updates.pending.length === 1);
  cancel.abort();
  expect(await cancelled).toMatchObject({
    name: "TaskOutcomeUnknownError",
    taskId: "task-1",
    message: expect.stringContaining("task-1 may still be running") as string,
  });
  await updates.say(update(2, state("success")));
  await other;
});

test("a connection lost while waiting is taken up again, since the task goes on", async () => {
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await until(() => updates.pending.length === 1);
  for (let asked = 1; asked <= 2; asked++) {
    await until(() => count("WaitForUpdatesEx") === asked);
    updates.pending.shift()!.socket!.destroy();
  }
  await clock.runUntil(() => updates.pending.length === 1);
  await updates.say(update(1, state("success")));
  await done;
  expect(count("CreateListView")).toBe(2);
});

test("a session that expired while waiting is renewed and the view made anew", async () => {
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await until(() => updates.pending.length === 1);
  const { WaitForUpdatesEx } = vcenter.scripts;
  const faults = [
    new ScriptedFault("NotAuthenticated"),
    new ScriptedFault("ManagedObjectNotFound", '<obj type="PropertyCollector">propertyCollector</obj>'),
  ];
  vcenter.scripts.WaitForUpdatesEx = (request, response) => {
    const next = faults.shift();
    if (next) throw next;
    return WaitForUpdatesEx!(request, response);
  };
  await updates.say(update(1, state("running")));
  await clock.runUntil(() => faults.length === 0 && updates.pending.length === 1);
  await updates.say(update(1, state("success")));
  await done;
  expect(count("Login")).toBe(2);
});

test("a session renewed before the first answer doesn't make a task look forgotten", async () => {
  const login = vcenter.scripts.Login!;
  vcenter.scripts.Login = (request, response) =>
    (login(request, response) as string).replace("<key>1<", `<key>${count("Login")}<`);
  let expired = false;
  const wait = vcenter.scripts.WaitForUpdatesEx!;
  vcenter.scripts.WaitForUpdatesEx = (request, response) => {
    if (count("Login") === 1) throw new ScriptedFault("NotAuthenticated");
    if (expired) return wait(request, response);
    expired = true;
    return "";
  };
  let ended = false;
  const done = vcenter
    .client({ clock })
    .waitForTask(task(1), limit)
    .then(() => (ended = true));
  await clock.runUntil(() => updates.pending.length === 1);
  await updates.say(update(1, state("success")));
  await done;
  expect(ended).toBe(true);
});

test("a task that isn't there from the first has an unknown outcome", async () => {
  const client = vcenter.client();
  const [missing, running] = [failure(client.waitForTask(task(1), limit)), client.waitForTask(task(2), limit)];
  await updates.say(update(2, state("running")));
  expect(await missing).toMatchObject({ name: "TaskOutcomeUnknownError", taskId: "task-1" });
  await updates.say(update(2, state("success")));
  await running;
});

test("a task that vCenter no longer knows has an unknown outcome", async () => {
  const failed = failure(vcenter.client().waitForTask(task(1), limit));
  await updates.say(update(1, state("running")));
  await updates.say('<objectSet><kind>leave</kind><obj type="Task">task-1</obj></objectSet>');
  expect(await failed).toMatchObject({ name: "TaskOutcomeUnknownError", taskId: "task-1" });
});

test("a server without views is asked again and again instead, at a measured pace", async () => {
  delete vcenter.scripts.CreateListView;
  const answers = ["running", "success"];
  vcenter.scripts.RetrievePropertiesEx = () =>
    '<returnval><objects><obj type="Task">task-1</obj><propSet><name>info.state</name><val ' +
    `xsi:type="TaskInfoState">${answers.shift()}</val></propSet></objects></returnval>`;
  const started = clock.now();
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await clock.runUntil(() => count("RetrievePropertiesEx") === 2);
  expect(clock.now() - started).toBeGreaterThanOrEqual(2000);
  await done;
  expect(count("RetrievePropertiesEx")).toBe(2);
});

test("a server that answers waits at once is not asked without pause", async () => {
  const running =
    "<returnval><version>1</version><filterSet><filter " +
    `type="PropertyFilter">filter-1</filter>${update(1, state("running"))}</filterSet></returnval>`;
  vcenter.scripts.WaitForUpdatesEx = ({ body }) => (body.includes("<vim25:version>1<") ? "" : running);
  const client = vcenter.client({ clock });
  vcenter.scripts.RetrievePropertiesEx = () =>
    '<returnval><objects><obj type="Task">task-1</obj><propSet><name>info.state</name><val ' +
    'xsi:type="TaskInfoState">running</val></propSet></objects></returnval>';
  const failed = failure(client.waitForTask(task(1), { taskTimeoutSeconds: 2 }));
  let ended = false;
  void failed.then(() => (ended = true));
  await clock.runUntil(() => ended);
  expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  expect(count("WaitForUpdatesEx")).toBeLessThanOrEqual(4);
  expect(count("WaitForUpdatesEx")).toBeGreaterThanOrEqual(2);
});

test("closing the client ends the waits with the tasks' ids", async () => {
  const client = vcenter.client();
  const failed = failure(client.waitForTask(task(1), limit));
  await until(() => updates.pending.length === 1);
  await client.close();
  expect(await failed).toMatchObject({ name: "TaskOutcomeUnknownError", taskId: "task-1" });
});
