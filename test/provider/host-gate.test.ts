import { HostGate } from "../../lib/provider/host-gate";

let gate: HostGate;
let happened: string[];
beforeEach(() => {
  gate = new HostGate();
  happened = [];
});

/** Work that ends when it is told to. */
function work(name: string): { run: (waited?: boolean) => Promise<string>; end(): void; fail(): void } {
  let [end, fail]: (() => void)[] = [];
  const held = new Promise<void>(
    (resolve, reject) => ([end, fail] = [resolve, () => reject(new Error(`${name} failed`))]),
  );
  return {
    run: async (waited) => {
      happened.push(`${name} began${waited === undefined ? "" : waited ? " late" : " at once"}`);
      await held;
      happened.push(`${name} ended`);
      return name;
    },
    end: () => end!(),
    fail: () => fail!(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what only needs the host as it is goes on side by side, and is told that it didn't wait", async () => {
  const [one, two] = [work("one"), work("two")];
  const both = [gate.together("host-12", one.run), gate.together("host-12", two.run)];
  await settled();
  expect(happened).toEqual(["one began at once", "two began at once"]);
  two.end();
  one.end();
  expect(await Promise.all(both)).toEqual(["one", "two"]);
});

test(
  "a change of the host waits for what goes on, and what comes after it waits for the change and " + "is told so",
  async () => {
    const [before, change, after, later] = [work("before"), work("change"), work("after"), work("later")];
    const all = [
      gate.together("host-12", before.run),
      gate.alone("host-12", () => change.run()),
      gate.together("host-12", after.run),
    ];
    await settled();
    expect(happened).toEqual(["before began at once"]);
    before.end();
    await settled();
    expect(happened.slice(1)).toEqual(["before ended", "change began"]);
    change.end();
    await settled();
    expect(happened.slice(3)).toEqual(["change ended", "after began late"]);
    // Who comes when the change is over finds the host as it is.
    all.push(gate.together("host-12", later.run));
    await settled();
    expect(happened.slice(5)).toEqual(["later began at once"]);
    after.end();
    later.end();
    expect(await Promise.all(all)).toEqual(["before", "change", "after", "later"]);
  },
);

test("changes of one host are made one after another, in the order they came", async () => {
  const changes = ["first", "second", "third"].map(work);
  const all = changes.map(({ run }) => gate.alone("host-12", () => run()));
  for (const { end } of [...changes].reverse()) end();
  await Promise.all(all);
  expect(happened).toEqual([
    "first began",
    "first ended",
    "second began",
    "second ended",
    "third began",
    "third ended",
  ]);
});

test("what fails is told to its own caller alone, and keeps nobody out", async () => {
  const [shared, change, after] = [work("shared"), work("change"), work("after")];
  const results = Promise.allSettled([
    gate.together("host-12", shared.run),
    gate.alone("host-12", () => change.run()),
    gate.together("host-12", after.run),
  ]);
  shared.fail();
  change.fail();
  after.end();
  expect(await results).toMatchObject([
    { reason: new Error("shared failed") },
    { reason: new Error("change failed") },
    { value: "after" },
  ]);
  const next = work("next");
  void gate.together("host-12", next.run);
  await settled();
  expect(happened.at(-1)).toBe("next began at once");
  next.end();
});

test("another host is another matter", async () => {
  const [change, elsewhere] = [work("change"), work("elsewhere")];
  const all = [gate.alone("host-12", () => change.run()), gate.together("host-13", elsewhere.run)];
  await settled();
  expect(happened).toEqual(["elsewhere began at once", "change began"]);
  change.end();
  elsewhere.end();
  await Promise.all(all);
});
