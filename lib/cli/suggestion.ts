/** What was probably meant by a mistyped word, as a sentence with a blank before it; empty where nothing is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const [nearest] = [...new Set(known)]
    .map((name) => ({ name, distance: distanceBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.min(name.length, word.length) / 3)))
    .sort((one, other) => one.distance - other.distance);
  return nearest ? ` Did you mean ${nearest.name}?` : "";
}

/** How many letters have to be put in, left out or changed to make one word of the other (Levenshtein). */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const change = row[column - 1]! + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(change, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
