import { type DataObject, isDataObject, type Value } from "../../../value";

const FACTOR: Readonly<Record<string, number>> = { low: 0.5, normal: 1, high: 2 };

/** Shares by their level: a number of one's own counts for "custom" alone. `normal`: how many that level has. */
export function shares(given: Value | undefined, normal: number): DataObject {
  const { level = "normal", shares: number = normal } = isDataObject(given) ? given : {};
  const factor = FACTOR[level as string];
  return { shares: factor === undefined ? number : normal * factor, level };
}
