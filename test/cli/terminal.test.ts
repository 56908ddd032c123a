import { PassThrough } from "node:stream";
import { hanging, json, table, terminalOf, wrap } from "../../lib/cli/terminal";

const terminal = (
  stream: { isTTY?: boolean; columns?: number },
  environment: Record<string, string> = {},
): ReturnType<typeof terminalOf> => terminalOf({ stdout: Object.assign(new PassThrough(), stream), environment });

test("what isn't a terminal is 80 columns wide and has no colours", () => {
  const { width, style } = terminal({ columns: 200 });
  expect([width, style("ok", "green")]).toEqual([80, "ok"]);
});

test.each<[string, Record<string, string>, string]>([
  ["a terminal has colours", { TERM: "xterm" }, "\u001b[32mok\u001b[0m"],
  ["but not under NO_COLOR", { NO_COLOR: "1" }, "ok"],
  ["nor where it is dumb", { TERM: "dumb" }, "ok"],
])("%s", (_name, environment, expected) => {
  expect(terminal({ isTTY: true, columns: 100 }, environment).style("ok", "green")).toBe(expected);
});

test("a terminal's own width counts, down to 40", () => {
  expect([terminal({ isTTY: true, columns: 120 }).width, terminal({ isTTY: true, columns: 10 }).width]).toEqual([
    120, 40,
  ]);
});

test("text is broken between words, and inside one that is longer than a line; nothing is lost", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
  expect(wrap("", 4)).toEqual([""]);
  expect(hanging("  ok  ", "one two three four five six seven", 26)).toEqual([
    "  ok  one two three four",
    "      five six seven",
  ]);
});

test("a table's last columns share what is left, and wrap", () => {
  const rows = [
    ["1", "a rather long name of a device", "db (vm-42)"],
    ["2", "short", ""],
  ];
  expect(table(["A", "NAME", "USED BY"], rows, { width: 30, wrapping: 2 })).toEqual([
    "A  NAME             USED BY",
    "1  a rather long    db (vm-42)",
    "   name of a",
    "   device",
    "2  short",
  ]);
});

test("JSON shows no character that a terminal acts on, and says the same", () => {
  const value = { name: "\u001b[2Jdb\u009b\u202e\u2028\u{1f600}", tag: "\u{e0041}" };
  expect(json(value).trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(JSON.parse(json(value))).toEqual(value);
});
