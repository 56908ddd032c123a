import { systemClock, type Clock } from "../../lib/clock";

/** A clock that goes faster than real time, for limits that are met while real sockets are at work. */
export function hurriedClock(speed: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}
