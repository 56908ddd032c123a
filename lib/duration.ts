const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1 };

/** The seconds of a duration such as `10m`, `90s` or `1h30m`; undefined where the text is not one. */
export function parseDurationSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) return undefined;
  const seconds = [...text.matchAll(/([\d.]+)([hms])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!,
    0,
  );
  return Number(seconds.toFixed(3)); // 0.06m is not 3.5999999999999996 s
}
