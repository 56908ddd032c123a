import { ManualClock, ScriptedVcenter, until } from "../scripted-vcenter";
import { ended, page, readStates, renamed, Updates } from "./task-updates";

const task = (id: number): { type: string; value: string } => ({ type: "Task", value: `task-${id}` });
const limit = { taskTimeoutSeconds: 600 };

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
const maxWaits = (): number[] =>
  vcenter.requests
    .filter(({ method }) => method === "WaitForUpdatesEx")
    .map(({ body }) => Number(/maxWaitSeconds>(\d+)</.exec(body)![1]));

describe("a task whose end is not told", () => {
  test("is read where a wait for updates comes back empty", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "success" });
    const done = vcenter.client({ clock }).waitForTask(task(1), limit);
    await updates.say(page());
    await updates.say();
    await done;
    expect([count("WaitForUpdatesEx"), count("RetrievePropertiesEx")]).toEqual([2, 1]);
  });

  test("is waited for a second, then for twice as long each time, until an end is told", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
    const client = vcenter.client({ clock });
    const done = client.waitForTask(task(1), limit);
    await updates.say(page());
    for (let waits = 1; waits <= 5; waits++) {
      await until(() => updates.pending.length === 1);
      clock.advance(2);
      await updates.say();
    }
    await updates.say(page(ended(1)));
    await done;
    const next = client.waitForTask(task(2), limit);
    await updates.say(page(ended(1), ended(2)));
    await next;
    expect(maxWaits()).toEqual([0, 2, 4, 8, 8, 8, 8, 30]);
    expect(count("RetrievePropertiesEx")).toBe(5);
  });

  test("is no proof that ends are told where the first page has it", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 2: "success" });
    const client = vcenter.client({ clock });
    const first = client.waitForTask(task(1), limit);
    await updates.say(page(ended(1)));
    await first;
    const second = client.waitForTask(task(2), limit);
    await updates.say(renamed("other"));
    await second;
    const third = client.waitForTask(task(3), limit);
    await updates.say(page(ended(1), ended(3)));
    await third;
    const fourth = client.waitForTask(task(4), limit);
    await updates.say(page(ended(4)));
    await fourth;
    expect(maxWaits()).toEqual([0, 1, 1, 30]);
  });

  test("is waited for briefly again once it had to be read", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 2: "success" });
    const client = vcenter.client({ clock });
    const first = client.waitForTask(task(1), limit);
    await updates.say(page());
    await updates.say(page(ended(1)));
    await first;
    const second = client.waitForTask(task(2), limit);
    await updates.say();
    await second;
    const third = client.waitForTask(task(3), limit);
    await updates.say(page(ended(1), ended(3)));
    await third;
    expect(maxWaits()).toEqual([0, 2, 30, 1]);
  });

  test("is read where anything is told, at a server that hasn't told an end yet", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "success" });
    const client = vcenter.client({ clock });
    const done = client.waitForTask(task(1), limit);
    await updates.say(page());
    await updates.say(renamed("other"));
    await done;
    // It tells the end late, and is known from then on for one that tells.
    const second = client.waitForTask(task(2), limit);
    await updates.say(page(ended(1)));
    await updates.say(renamed("another"));
    await updates.say(page(ended(1), ended(2)));
    await second;
    expect(count("RetrievePropertiesEx")).toBe(1);
  });

  test("is read where the waits tell of others only, once every thirty seconds", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "success", 2: "running" });
    const client = vcenter.client({ clock });
    const first = client.waitForTask(task(7), limit);
    await updates.say(page());
    await updates.say(page(ended(7)));
    await first;
    const [lost, other] = [client.waitForTask(task(1), limit), failure(client.waitForTask(task(2), limit))];
    await until(() => updates.pending.length === 1);
    clock.advance(29);
    await updates.say(renamed("other"));
    await until(() => updates.pending.length === 1);
    expect(count("RetrievePropertiesEx")).toBe(0);
    clock.advance(1);
    await updates.say(renamed("another"));
    await lost;
    expect(count("RetrievePropertiesEx")).toBe(1);
    await client.close();
    await other;
  });

  test("is given up at its own limit where reading it hangs, too", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => undefined;
    const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 20 }));
    await updates.say(page());
    await updates.say();
    await until(() => count("RetrievePropertiesEx") === 1);
    clock.advance(20);
    expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  });
});

test("a server that says the same again and again is not asked without pause", async () => {
  vcenter.scripts.WaitForUpdatesEx = () =>
    '<returnval><version>1</version><filterSet><filter type="PropertyFilter">filter-1</filter>' +
    `${page()}</filterSet></returnval>`;
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
  let over = false;
  const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 2 }));
  void failed.then(() => (over = true));
  await clock.runUntil(() => over);
  expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  expect(count("WaitForUpdatesEx")).toBeLessThanOrEqual(8);
});

test("nor is one that has something else to say each time", async () => {
  let version = 0;
  vcenter.scripts.WaitForUpdatesEx = () =>
    `<returnval><version>${++version}</version><filterSet><filter type="PropertyFilter">filter-1</filter>` +
    `${renamed(`${version}`)}</filterSet></returnval>`;
  vcenter.scripts.RetrievePropertiesEx = () => readStates({ 1: "running" });
  let over = false;
  const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 2 }));
  void failed.then(() => (over = true));
  await clock.runUntil(() => over);
  expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  expect(count("WaitForUpdatesEx")).toBeLessThanOrEqual(40);
});
