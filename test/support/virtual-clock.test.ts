import { setTimeout as realTimeout } from "node:timers/promises";
import { VirtualClock } from "./virtual-clock";

describe("The virtual clock", () => {
  test("jumps to the next sleeper, in the order of time and then of falling asleep", async () => {
    const clock = new VirtualClock(0);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]): Promise<void> => {
      for (const ms of naps) {
        await clock.sleep(ms);
        woken.push(`${name}@${clock.now()}`);
      }
    };
    await Promise.all([sleeper("long", 3_600_000), sleeper("a", 10, 10), sleeper("b", 20), sleeper("now", 0)]);
    expect(woken).toEqual(["now@0", "a@10", "b@20", "a@20", "long@3600000"]);
  });

  test("lets an aborted sleeper go at once, and forgets it", async () => {
    const clock = new VirtualClock(0);
    const controller = new AbortController();
    const asleep = clock.sleep(1000, controller.signal);
    controller.abort(new Error("stop"));
    await expect(asleep).rejects.toThrow("stop");
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow("stop");
    await clock.sleep(5);
    expect(clock.now()).toBe(5);
  });

  test("stands still while real work is held", async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const asleep = clock.sleep(1000);
    await clock.hold(realTimeout(5).then(() => seen.push(clock.now())));
    await asleep;
    expect([...seen, clock.now()]).toEqual([0, 1000]);
  });
});
