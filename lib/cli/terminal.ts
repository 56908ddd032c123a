import type { Writable } from "node:stream";
import type { CommandContext } from "./command";

const STYLES = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

/** What a person reads on: how wide it is, and whether it knows colours. */
export interface Terminal {
  /** Columns; infinite for what isn't a terminal, where each thing is one line for grep and awk. */
  width: number;
  style(text: string, style: keyof typeof STYLES): string;
}

/**
 * Colours only on a terminal, and not under NO_COLOR (no-color.org); FORCE_COLOR (force-color.org) wants them anywhere,
 * "0" and "false" nowhere.
 */
export function terminalOf({ stdout, environment }: Pick<CommandContext, "stdout" | "environment">): Terminal {
  const { isTTY = false, columns } = stdout as Writable & { isTTY?: boolean; columns?: number };
  const coloured = isForced(environment) ?? (isTTY && !environment["NO_COLOR"] && environment["TERM"] !== "dumb");
  return {
    width: isTTY ? Math.max(40, columns || 80) : Infinity,
    style: (text, style) => (coloured ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text),
  };
}

function isForced({ FORCE_COLOR: force, NO_COLOR: no }: CommandContext["environment"]): boolean | undefined {
  if (!force) return undefined;
  if (/^(0|false)$/.test(force)) return false;
  return no ? undefined : true;
}

/** Lines of at most `width` characters, broken between words, and inside those that are longer than a line. */
export function wrap(text: string, width: number): string[] {
  if (width === Infinity) return [text];
  const words = text.split(" ").flatMap((word) => word.match(new RegExp(`.{1,${width}}`, "gsu")) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > 0 ? lines : [""];
}

/** Text behind a lead, its further lines below its first. */
export function hanging(lead: string, text: string, width: number): string[] {
  return wrap(text, Math.max(20, width - lead.length)).map(
    (line, index) => `${index === 0 ? lead : " ".repeat(lead.length)}${line}`,
  );
}

/**
 * Rows below a head, in columns as wide as their contents, with two blanks between them and none that is empty: each
 * row is one line. What is wider than the terminal is cut, and a last line says how to see it all.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: { width: number },
): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell || "-"));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const isCut = lines.some((line) => line.length > width);
  return [
    ...lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line)),
    ...(isCut ? wrap("Cut to the terminal: a wider one, a pipe (| cat) or --json shows all.", width) : []),
  ];
}

/** One JSON text a line. Characters that a terminal would act on are escaped, which changes no value. */
export function json(value: unknown): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // A character beyond U+FFFF is two units in JSON's own form.
  const text = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.split("").map(escape).join(""),
  );
  return `${text}\n`;
}
