/** Whether version `one` (`8.0.1.0`) is older than `other`; a part that is missing or no number counts as 0. */
export function isOlder(one: string, other: string): boolean {
  const [ours, theirs] = [one, other].map((version) =>
    version.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let i = 0; i < Math.max(ours!.length, theirs!.length); i++) {
    const difference = (ours![i] ?? 0) - (theirs![i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
