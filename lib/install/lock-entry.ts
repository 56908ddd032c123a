/** Where the block of a provider stands in a lock file: from its first word to behind its closing brace. */
interface Place {
  start: number;
  end: number;
}

/**
 * Finds `provider "ADDRESS" { … }` among the blocks of a lock file, in one pass over it. Knows of HCL what keeps a
 * brace or a word from being one: comments in all three forms, strings, and what is in a block.
 *
 * @throws Error that says in which line something isn't closed
 */
export function findLockEntry(content: string, address: string): Place | undefined {
  let found: Place | undefined;
  const open: { at: number; brace: string }[] = [];
  /** The words and strings since the last block or argument of the file itself. */
  let heading: { start: number; text: string }[] = [];
  for (let at = 0; at < content.length; ) {
    const token = tokenAt(content, at);
    const text = content.slice(at, token.end);
    if (token.kind === "brace") {
      if (CLOSING[text]) {
        open.push({ at, brace: text });
      } else if (CLOSING[open.pop()?.brace ?? ""] !== text) {
        throw new Error(`line ${lineOf(content, at)} has a ${text} that closes nothing`);
      } else if (open.length === 0) {
        const [word, label] = heading;
        const named = heading.length === 2 && word!.text === "provider" && label!.text === `"${address}"`;
        if (named && text === "}") found ??= { start: word!.start, end: token.end };
        heading = [];
      }
    } else if (token.kind === "word" && open.length === 0) {
      heading.push({ start: at, text });
    } else if (token.kind === "line end" && open.length === 0) {
      heading = [];
    }
    at = token.end;
  }
  const unclosed = open.pop();
  if (unclosed) throw new Error(`the ${unclosed.brace} in line ${lineOf(content, unclosed.at)} is never closed`);
  return found;
}

const CLOSING: Record<string, string> = { "{": "}", "[": "]", "(": ")" };

interface Token {
  kind: "brace" | "word" | "line end" | "nothing";
  /** Behind its last character. */
  end: number;
}

function tokenAt(content: string, at: number): Token {
  const character = content[at]!;
  if (character === "#" || content.startsWith("//", at))
    return { kind: "nothing", end: orEnd(content, content.indexOf("\n", at)) };
  if (content.startsWith("/*", at)) return { kind: "nothing", end: behind(content, at, "*/", "comment") };
  if (character === '"') return { kind: "word", end: stringEnd(content, at) };
  if (character === "\n") return { kind: "line end", end: at + 1 };
  if ("{}[]()".includes(character)) return { kind: "brace", end: at + 1 };
  if (SPACE.has(character)) return { kind: "nothing", end: at + 1 };
  let end = at + 1;
  while (end < content.length && !ENDS_WORD.has(content[end]!)) end++;
  return { kind: "word", end };
}

const SPACE = new Set(" \t\r");
const ENDS_WORD = new Set(' \t\r\n"#/{}[]()');

function stringEnd(content: string, at: number): number {
  for (let end = at + 1; end < content.length && content[end] !== "\n"; end++) {
    if (content[end] === "\\") end++;
    else if (content[end] === '"') return end + 1;
  }
  throw new Error(`the string in line ${lineOf(content, at)} is never closed`);
}

function behind(content: string, at: number, closing: string, what: string): number {
  const end = content.indexOf(closing, at + 2);
  if (end < 0) throw new Error(`the ${what} in line ${lineOf(content, at)} is never closed`);
  return end + closing.length;
}

function orEnd(content: string, at: number): number {
  return at < 0 ? content.length : at;
}

function lineOf(content: string, at: number): number {
  let line = 1;
  for (let end = content.indexOf("\n"); end >= 0 && end < at; end = content.indexOf("\n", end + 1)) line++;
  return line;
}
