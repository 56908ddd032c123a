/** A fleet cut into stacks by host, their states in a real PostgreSQL, several runners side by side. */
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { fleetStack } from "../../scripts/bench/peers";
import { brokenCallRules } from "../support/call-rules";
import { TerraformWorkspace, type CommandResult } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { Postgres } from "./postgres";

jest.setTimeout(600_000);

const APPLY_AT_ONCE = ["apply", "-no-color", "-auto-approve"];
/** New states of one database are made one at a time: whoever comes meanwhile waits for that lock. */
const APPLY = [...APPLY_AT_ONCE, "-lock-timeout=2m"];
const SLOTS = ["0000:3b:00.0", "0000:3c:00.0", "0000:3d:00.0", "0000:3e:00.0"];

/** What each stack declares: a host and its virtual machines belong to one. */
const SHARDS: Record<string, Record<string, string[]>> = {
  "host-1": { "vm-11": SLOTS.slice(0, 2), "vm-12": SLOTS.slice(2) },
  "host-2": { "vm-21": SLOTS.slice(0, 2), "vm-22": SLOTS.slice(2) },
  "host-3": { "vm-31": SLOTS.slice(0, 2), "vm-32": SLOTS.slice(2) },
};
const CALLS_A_SHARD = 4;

const INVENTORY: Inventory = {
  hosts: Object.keys(SHARDS).map((name) => ({
    id: name,
    name: `${name}.example.test`,
    devices: SLOTS.map((address, slot) => ({ address, slot, vendor: "8086", device: "0a54" })),
  })),
  virtualMachines: Object.entries(SHARDS).flatMap(([name, sets]) =>
    Object.keys(sets).map((id) => ({ id, name: `db-${id}`, host: name })),
  ),
};

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
});
afterAll(() => postgres.stop());

let vcenter: TestVcenter;
let onCall: (entry: CallLogEntry) => void;
let runners: TerraformWorkspace[];
/** Every test begins with states of its own. */
let tests = 0;
beforeEach(async () => {
  tests++;
  onCall = () => undefined;
  runners = [];
  vcenter = await startTestVcenter({
    inventory: INVENTORY,
    timings: { queueMs: 0, hotPlugMs: 50, publishMs: 0 },
    onCall: (entry) => onCall(entry),
  });
});
afterEach(async () => {
  for (const runner of runners) await runner.dispose();
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

/** A pipeline's job on a machine of its own, as far as files go: it knows a shard by the state in PostgreSQL alone. */
async function runner(shard: string, sets = SHARDS[shard]!): Promise<TerraformWorkspace> {
  const stack = fleetStack(sets) as { terraform: object };
  const backend = { pg: { schema_name: `fleet_${tests}_${shard}` } };
  const made = await TerraformWorkspace.create({
    environment: { ...vcenter.environment, PG_CONN_STR: postgres.connection },
    files: { "main.tf.json": { ...stack, terraform: { ...stack.terraform, backend } } },
  });
  runners.push(made);
  await made.init();
  return made;
}

const succeeded = ({ status, stdout, stderr }: CommandResult): void =>
  expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);

const changes = (): CallLogEntry[] =>
  vcenter.vcenter.calls().filter(({ operation }) => operation === "ReconfigVM_Task");

/** Virtual machines that clients of two stacks have changed; a client tells its process by its name. */
function touchedByTwo(shardsOf: ReadonlyMap<string, string>): string[] {
  const by = new Map<string, Set<string>>();
  for (const { target, session } of changes()) {
    const shards = by.get(target!.value) ?? new Set();
    by.set(target!.value, shards.add(shardsOf.get(session) ?? session));
  }
  return [...by].filter(([, shards]) => shards.size > 1).map(([id]) => id);
}

/** Which stack each session worked for: as the run that was under way alone, or by what it changed first. */
function sessionsBy(shard: (entry: CallLogEntry) => string | undefined): Map<string, string> {
  const sessions = new Map<string, string>();
  for (const entry of changes()) {
    const found = shard(entry);
    if (found !== undefined && !sessions.has(entry.session)) sessions.set(entry.session, found);
  }
  return sessions;
}

const shardOf = ({ target }: CallLogEntry): string | undefined =>
  Object.entries(SHARDS).find(([, sets]) => target!.value in sets)?.[0];

const carriedOut = (): string[] =>
  changes()
    .filter(({ task }) => task?.state === "success")
    .map(({ target, arguments: args }) => {
      const { deviceChange } = (args as { spec: { deviceChange: unknown } }).spec;
      const [change] = [deviceChange].flat() as { device: { backing: { id: string } } }[];
      return `${target!.value} ${change!.device.backing.id}`;
    })
    .sort();

const everything = (...shards: string[]): string[] =>
  shards
    .flatMap((shard) => Object.entries(SHARDS[shard]!))
    .flatMap(([id, devices]) => devices.map((device) => `${id} ${device}`))
    .sort();

test("two runners deploy three stacks: every device is added once, second plans are empty", async () => {
  // Made in turn: what all states of a database share is made by the first `init` of all.
  const left: TerraformWorkspace[] = [];
  for (const shard of Object.keys(SHARDS)) left.push(await runner(shard));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) succeeded(await next.run(APPLY));
  };
  await Promise.all([work(), work()]);
  expect(carriedOut()).toEqual(everything(...Object.keys(SHARDS)));
  expect(touchedByTwo(sessionsBy(shardOf))).toEqual([]);
  for (const shard of Object.keys(SHARDS)) expect((await (await runner(shard)).plan()).changed).toBe(false);
});

test("control: a virtual machine that two stacks declare is seen to be touched by two", async () => {
  succeeded(await (await runner("host-1")).run(APPLY));
  const first = changes().map(({ session }) => session);
  const stranger = await runner("stranger", { "vm-11": [SLOTS[0]!] });
  await stranger.run(["import", "-no-color", "hotplug_passthrough_devices.vm-11", "vm-11"]);
  succeeded(await stranger.run(APPLY));
  const shards = sessionsBy(({ session }) => (first.includes(session) ? "host-1" : "stranger"));
  expect(touchedByTwo(shards)).toEqual(["vm-11"]);
});

test("a second runner of a stack that is being deployed is kept out by the lock of its state", async () => {
  const [one, other] = [await runner("host-1"), await runner("host-1")];
  const begun = new Promise<void>((resolve) => {
    onCall = ({ operation }) => operation === "ReconfigVM_Task" && resolve();
  });
  vcenter.vcenter.faults.inject({ operation: "ReconfigVM_Task", occurrence: 1 }, { kind: "slow task", delayMs: 3_000 });
  const first = one.run(APPLY);
  await begun;
  const { status, stderr } = await other.run(APPLY_AT_ONCE);
  expect([status, stderr]).toEqual([1, expect.stringContaining("Error acquiring the state lock")]);
  succeeded(await first);
  expect(carriedOut()).toEqual(everything("host-1"));
});

test.each(Array.from({ length: CALLS_A_SHARD }, (_, index) => index + 1))(
  "a runner that is killed at its call %i is taken up by the next, which has nothing to unlock",
  async (call) => {
    const killed = await runner("host-2");
    const { child, ended } = killed.start(APPLY);
    let calls = 0;
    onCall = ({ operation }) => {
      if (operation === "ReconfigVM_Task" && ++calls === call) process.kill(-child.pid!, "SIGKILL");
    };
    expect((await ended).status).not.toBe(0);
    onCall = () => undefined;
    const before = changes().length;
    expect(before).toBeGreaterThanOrEqual(call);
    expect(before).toBeLessThanOrEqual(CALLS_A_SHARD);

    const next = await runner("host-2");
    succeeded(await next.run(APPLY));
    expect(carriedOut()).toEqual(everything("host-2"));
    expect(touchedByTwo(sessionsBy(shardOf))).toEqual([]);
    expect((await next.plan()).changed).toBe(false);
  },
);
