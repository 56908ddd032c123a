import { CallError } from "../../lib/hotplug/call-error";
import { errorOf, Halt, halted, Work } from "../../lib/hotplug/work";
import { VirtualClock } from "../support/virtual-clock";

const work = (clock: VirtualClock, seconds?: number): Work =>
  new Work({ clock, signal: new AbortController().signal }, seconds);

test("A call that fails without an error has failed all the same", async () => {
  expect(await errorOf(Promise.resolve("done"))).toBeUndefined();
  expect(await errorOf(Promise.reject(new CallError("busy", "later")))).toMatchObject({ name: "CallError" });
  expect(await errorOf(Promise.reject(undefined))).toEqual(new Error("unknown"));
});

test("Work that is halted ends with the problems that it carries; a bug is thrown on", async () => {
  expect(await halted(() => Promise.resolve())).toEqual([]);
  expect(await halted(() => Promise.reject(new Halt("one", "two")))).toEqual(["one", "two"]);
  expect(new Halt("one").message).toBe("halted");
  await expect(halted(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
});

test("What is left of a limit is told in whole seconds, rounded up", async () => {
  const clock = new VirtualClock();
  const limited = work(clock, 10);
  expect([limited.secondsLeft(), work(clock).secondsLeft()]).toEqual([10, Infinity]);
  await clock.sleep(2500);
  expect(limited.secondsLeft()).toBe(8);
});

test("What doesn't hold is asked for until the limit, and not after it", async () => {
  const clock = new VirtualClock(0);
  const asked: number[] = [];
  const holds = (): Promise<boolean> => (asked.push(clock.now()), Promise.resolve(false));

  expect(await work(clock).until(holds, { limit: 300, pauseMs: 100, longestPauseMs: 200 })).toBe(false);
  expect(asked).toEqual([0, 100, 300]);
});
