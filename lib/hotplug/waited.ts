import type { HostDevice } from "./facts";

type SeenDevice = Omit<HostDevice, "address"> & { address: string };

/** A wait for devices that ended without them: how long it was, and what the host has come to show meanwhile. */
export interface Waited {
  seconds: number;
  came: readonly SeenDevice[];
}

/** `undefined` where nobody waited. */
export function waitedFor(
  seconds: number,
  before: ReadonlyMap<string, SeenDevice>,
  now: ReadonlyMap<string, SeenDevice>,
): Waited | undefined {
  if (seconds === 0) return undefined;
  return { seconds, came: [...now.values()].filter(({ address }) => !before.has(address)) };
}
