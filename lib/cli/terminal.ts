import type { Writable } from "node:stream";
import type { CommandContext } from "./command";

const DEFAULT_WIDTH = 80;
const STYLES = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

/** What a person reads on: how wide it is, and whether it knows colours. */
export interface Terminal {
  width: number;
  style(text: string, style: keyof typeof STYLES): string;
}

/** Colours only on a terminal, and not under NO_COLOR (no-color.org); what isn't a terminal is 80 columns wide. */
export function terminalOf({ stdout, environment }: Pick<CommandContext, "stdout" | "environment">): Terminal {
  const { isTTY = false, columns } = stdout as Writable & { isTTY?: boolean; columns?: number };
  const coloured = isTTY && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return {
    width: isTTY && columns ? Math.max(40, columns) : DEFAULT_WIDTH,
    style: (text, style) => (coloured ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text),
  };
}

/** Lines of at most `width` characters, broken between words, and inside those that are longer than a line. */
export function wrap(text: string, width: number): string[] {
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

/** Rows below a head, in columns as wide as their contents; the last ones share what is left of the width, and wrap. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, wrapping }: { width: number; wrapping: number },
): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const fixed = head.length - wrapping;
  let left = width - 2 * (head.length - 1) - widths.slice(0, fixed).reduce((sum, one) => sum + one, 0);
  const narrowFirst = widths
    .map((_, column) => column)
    .slice(fixed)
    .sort((one, other) => widths[one]! - widths[other]!);
  for (const [index, column] of narrowFirst.entries()) {
    widths[column] = Math.min(widths[column]!, Math.max(8, Math.floor(left / (wrapping - index))));
    left -= widths[column];
  }
  return [head, ...rows].flatMap((row) => {
    const cells = row.map((cell, column) => wrap(cell, widths[column]!));
    return Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
      cells
        .map((cell, column) => (cell[line] ?? "").padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
  });
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
