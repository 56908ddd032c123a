import { ManualClock, ScriptedFault, ScriptedVcenter, until } from "../scripted-vcenter";
import { ended, page, readStates, Updates } from "./task-updates";

const task = (id: number): { type: string; value: string } => ({ type: "Task", value: `task-${id}` });
const limit = { taskTimeoutSeconds: 600 };

const fault = (type: string, message: string): string =>
  `<error><fault xsi:type="${type}"/><localizedMessage>${message}</localizedMessage></error>`;

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
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "resolved",
    (error: unknown) => error,
  );

test("a task that succeeds takes one history, one filter and one wait after the first", async () => {
  const done = vcenter.client().waitForTask(task(1), limit);
  await updates.say(page());
  await updates.say(page(ended(1)));
  await done;
  expect(vcenter.methods.slice(2)).toEqual([
    "CreateCollectorForTasks",
    "CreateFilter",
    "WaitForUpdatesEx",
    "WaitForUpdatesEx",
  ]);
  const { body } = vcenter.requests[2]!;
  expect(body).toMatch(/systemUser>false<[^]*userList>u<[^]*state>success<[^]*state>error</);
});

test("the next task takes one wait", async () => {
  const client = vcenter.client();
  const first = client.waitForTask(task(1), limit);
  await updates.say(page(ended(1)));
  await first;
  const before = vcenter.requests.length;
  const second = client.waitForTask(task(2), limit);
  await updates.say(page(ended(2), ended(1)));
  await second;
  expect(vcenter.methods.slice(before)).toEqual(["WaitForUpdatesEx"]);
  expect(vcenter.requests.at(-1)!.body).toContain("<vim25:version>1</vim25:version>");
});

test("parallel waiters share one loop, with never more than one wait under way", async () => {
  const client = vcenter.client();
  const all = [1, 2, 3].map((id) => client.waitForTask(task(id), limit));
  await updates.say(page(ended(2)));
  await all[1];
  expect(updates.pending.length).toBeLessThanOrEqual(1);
  await updates.say(page(ended(1), ended(2), ended(3)));
  await Promise.all(all);
  expect(count("WaitForUpdatesEx")).toBe(2);
  expect([count("CreateCollectorForTasks"), count("CreateFilter")]).toEqual([1, 1]);
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
  await updates.say(page(ended(1)));
  await Promise.all([long, third]);
});

test("nothing is asked while nobody waits", async () => {
  const done = vcenter.client().waitForTask(task(1), limit);
  await updates.say(page(ended(1)));
  await done;
  const before = vcenter.requests.length;
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(vcenter.requests).toHaveLength(before);
});

test("a task that fails rejects with its fault, by type, with its own id", async () => {
  const failed = failure(vcenter.client().waitForTask(task(1), limit));
  await updates.say(page(ended(1, "error", fault("DeviceHotPlugNotSupported", "no"))));
  expect(await failed).toMatchObject({
    name: "VimFault",
    type: "DeviceHotPlugNotSupported",
    types: expect.arrayContaining(["InvalidDeviceSpec"]) as string[],
    message: "no",
    taskId: "task-1",
  });
});

test("a task that failed for no reason says so", async () => {
  const failed = failure(vcenter.client().waitForTask(task(1), limit));
  await updates.say(page(ended(1, "error")));
  expect(await failed).toMatchObject({ name: "VimFault", message: "The task failed and vCenter gave no reason." });
});

test("at the time limit the error says that the task may still be running", async () => {
  const failed = failure(vcenter.client({ clock }).waitForTask(task(7), { taskTimeoutSeconds: 20 }));
  await updates.say(page());
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
  await updates.say(page(ended(2)));
  await other;
});

test("a connection lost while waiting is taken up again, and the task is read, since it may have ended", async () => {
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await until(() => updates.pending.length === 1);
  for (let asked = 1; asked <= 2; asked++) {
    await until(() => count("WaitForUpdatesEx") === asked);
    updates.pending.shift()!.socket!.destroy();
  }
  await clock.runUntil(() => updates.pending.length === 1);
  await updates.say(page());
  await updates.say(page(ended(1)));
  await done;
  expect([count("CreateFilter"), count("CreateCollectorForTasks"), count("RetrievePropertiesEx")]).toEqual([2, 1, 1]);
});

/** Lets each login be a session of its own. */
function numberSessions(): void {
  const login = vcenter.scripts.Login!;
  vcenter.scripts.Login = (request, response) =>
    (login(request, response) as string).replace("<key>1<", `<key>${count("Login")}<`);
}

test("a session that expired while waiting is renewed, and history and filter are made anew", async () => {
  numberSessions();
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
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
  await updates.say(page());
  await clock.runUntil(() => faults.length === 0 && updates.pending.length === 1);
  await updates.say(page(ended(1)));
  await done;
  expect([count("Login"), count("CreateCollectorForTasks")]).toEqual([2, 2]);
});

test("a session renewed before the first answer doesn't make a task look forgotten", async () => {
  numberSessions();
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
  let expired = false;
  const wait = vcenter.scripts.WaitForUpdatesEx!;
  vcenter.scripts.WaitForUpdatesEx = (request, response) => {
    if (count("Login") === 1) throw new ScriptedFault("NotAuthenticated");
    if (expired) return wait(request, response);
    expired = true;
    return "";
  };
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await clock.runUntil(() => updates.pending.length === 1);
  await updates.say(page(ended(1)));
  await done;
});

test("a task that vCenter no longer knows has an unknown outcome", async () => {
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 2: "running" });
  const client = vcenter.client({ clock });
  const [missing, running] = [failure(client.waitForTask(task(1), limit)), client.waitForTask(task(2), limit)];
  await updates.say(page());
  await updates.say();
  expect(await missing).toMatchObject({ name: "TaskOutcomeUnknownError", taskId: "task-1" });
  await clock.runUntil(() => updates.pending.length === 1);
  await updates.say(page(ended(2)));
  await running;
});

test.each(["MethodNotFound", "NotSupported", "NoPermission"])(
  "a server without a history of tasks (%s) is asked again and again instead, at a measured pace",
  async (type) => {
    vcenter.scripts.CreateCollectorForTasks = () => {
      throw new ScriptedFault(type);
    };
    const answers = ["running", "success"];
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: answers.shift()! });
    const started = clock.now();
    const done = vcenter.client({ clock }).waitForTask(task(1), limit);
    await clock.runUntil(() => count("RetrievePropertiesEx") === 2);
    expect(clock.now() - started).toBeGreaterThanOrEqual(2000);
    await done;
    expect([count("RetrievePropertiesEx"), count("WaitForUpdatesEx")]).toEqual([2, 0]);
  },
);

test("nor is a server without updates asked without pause", async () => {
  vcenter.scripts.CreateFilter = () => {
    throw new ScriptedFault("NotSupported");
  };
  const answers = ["running", "success"];
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: answers.shift()! });
  const done = vcenter.client({ clock }).waitForTask(task(1), limit);
  await clock.runUntil(() => count("RetrievePropertiesEx") === 2);
  await done;
});

test("a server that answers waits at once is not asked without pause", async () => {
  vcenter.scripts.WaitForUpdatesEx = () => "";
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
  const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 2 }));
  let over = false;
  void failed.then(() => (over = true));
  await clock.runUntil(() => over);
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
