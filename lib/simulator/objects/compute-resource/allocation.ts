import type { DataObject } from "../../value";

/** What a resource pool is given of processors and memory. */
export interface Allocations {
  readonly cpuAllocation: DataObject;
  readonly memoryAllocation: DataObject;
}

/** Shares by level, of processors and of memory (vSphere API reference, SharesInfo). */
const SHARES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cpuAllocation: { low: 2000, normal: 4000, high: 8000 },
  memoryAllocation: { low: 81_920, normal: 163_840, high: 327_680 },
};

const UNLIMITED: DataObject = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: "normal" } };

function allocation(kind: keyof Allocations, given: DataObject = {}, former: DataObject = UNLIMITED): DataObject {
  const merged = { ...former, ...given };
  const { level, shares = 0 } = (merged["shares"] ?? {}) as { level?: string; shares?: number };
  const known = SHARES[kind]![level ?? "normal"];
  return { ...merged, shares: { shares: known ?? shares, level: level ?? "normal" } };
}

/** The allocations that are set now, with those of a specification; what neither says is unlimited. */
export const allocationsOf = (given: Partial<Allocations> = {}, former: Partial<Allocations> = {}): Allocations => ({
  cpuAllocation: allocation("cpuAllocation", given.cpuAllocation, former.cpuAllocation),
  memoryAllocation: allocation("memoryAllocation", given.memoryAllocation, former.memoryAllocation),
});
