import { ManualClock, ScriptedVcenter, until } from "../scripted-vcenter";
import { state, update, Updates } from "./task-updates";

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
const failure = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => "resolved",
    (error: unknown) => error,
  );

describe("a task whose last update is lost", () => {
  const succeeded = (id: number): string =>
    `<returnval><objects><obj type="Task">task-${id}</obj><propSet><name>info.state</name><val ` +
    'xsi:type="TaskInfoState">success</val></propSet></objects></returnval>';

  test("is read itself where a wait for updates comes back empty", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => succeeded(1);
    const done = vcenter.client({ clock }).waitForTask(task(1), limit);
    await updates.say(update(1, state("running")));
    await updates.say();
    await done;
    expect([count("WaitForUpdatesEx"), count("RetrievePropertiesEx")]).toEqual([2, 1]);
  });

  test("is read where the waits tell of others only, once every thirty seconds", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => succeeded(1);
    const client = vcenter.client({ clock });
    const [lost, other] = [client.waitForTask(task(1), limit), failure(client.waitForTask(task(2), limit))];
    await updates.say(update(1, state("running")), update(2, state("queued")));
    await until(() => updates.pending.length === 1);
    clock.advance(29);
    await updates.say(update(2, state("running")));
    await until(() => updates.pending.length === 1);
    expect(count("RetrievePropertiesEx")).toBe(0);
    clock.advance(1);
    await updates.say(update(2, state("queued")));
    await lost;
    expect(count("RetrievePropertiesEx")).toBe(1);
    await client.close();
    await other;
  });

  test("is given up at its own limit where reading it hangs, too", async () => {
    vcenter.scripts.RetrievePropertiesEx = () => undefined;
    const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 20 }));
    await updates.say(update(1, state("running")));
    await updates.say();
    await until(() => count("RetrievePropertiesEx") === 1);
    clock.advance(20);
    expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  });
});

test("a server that says the same again and again is not asked without pause", async () => {
  const running =
    "<returnval><version>1</version><filterSet><filter " +
    `type="PropertyFilter">filter-1</filter>${update(1, state("running"))}</filterSet></returnval>`;
  vcenter.scripts.WaitForUpdatesEx = () => running;
  let ended = false;
  const failed = failure(vcenter.client({ clock }).waitForTask(task(1), { taskTimeoutSeconds: 2 }));
  void failed.then(() => (ended = true));
  await clock.runUntil(() => ended);
  expect(await failed).toMatchObject({ name: "TaskTimeoutError" });
  expect(count("WaitForUpdatesEx")).toBeLessThanOrEqual(8);
});
