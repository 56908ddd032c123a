/** What commands ask of a vCenter, by their names. */
export type Figures = Readonly<
  Record<string, { readonly requests: number; readonly bytes: number; readonly timesItsTasks?: number }>
>;

/** Texts and properties come and go with good reason: so much more of them is no news. */
const BYTES_LEEWAY = 1.05;

/** Which figures are larger than those that were kept, or were never kept, as sentences. */
export function grown(measured: Figures, kept: Figures): string[] {
  return Object.entries(measured).flatMap(([name, { requests, bytes, timesItsTasks = 0 }]) => {
    const before = kept[name];
    if (!before) return [`${name}: was never measured before`];
    return [
      ...(requests > before.requests ? [`${name}: ${requests} requests, ${before.requests} before`] : []),
      ...(bytes > before.bytes * BYTES_LEEWAY ? [`${name}: ${bytes} bytes, ${before.bytes} before`] : []),
      ...(timesItsTasks > (before.timesItsTasks ?? 0)
        ? [`${name}: ${timesItsTasks} of its tasks' own time, ${before.timesItsTasks ?? 0} before`]
        : []),
    ];
  });
}
