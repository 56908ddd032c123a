/** Words that one of the languages keeps for itself, and names that the printed stack uses. */
const RESERVED = new Set(
  (
    "app stack break case catch class const continue debugger default delete do else enum export extends false " +
    "finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof var void while with yield await async arguments " +
    "eval undefined count for_each depends_on lifecycle provider"
  ).split(" "),
);

/** Makes names of an inventory valid identifiers of HCL and TypeScript alike, each once. */
export class Identifiers {
  private readonly taken = new Set<string>();

  of(name: string): string {
    const [label] = /^[\d.]+$/.test(name) ? [name] : name.split(".");
    const words = (label || name)
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[^A-Za-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .toLowerCase();
    const start = words === "" ? "unnamed" : /^\d/.test(words) || RESERVED.has(words) ? `_${words}` : words;
    let identifier = start;
    for (let number = 2; this.taken.has(identifier); number++) identifier = `${start}_${number}`;
    this.taken.add(identifier);
    return identifier;
  }
}
