import { PassThrough } from "node:stream";
import { hanging, json, table, terminalOf, wrap } from "../../lib/cli/terminal";

const terminal = (
  stream: { isTTY?: boolean; columns?: number },
  environment: Record<string, string> = {},
): ReturnType<typeof terminalOf> => terminalOf({ stdout: Object.assign(new PassThrough(), stream), environment });

test("what isn't a terminal is as wide as it takes, and has no colours", () => {
  const { width, style } = terminal({ columns: 200 });
  expect([width, style("ok", "green")]).toEqual([Infinity, "ok"]);
  expect(wrap("one two three", width)).toEqual(["one two three"]);
});

test.each<[string, Record<string, string>, string]>([
  ["FORCE_COLOR wants colours in a pipe", { FORCE_COLOR: "1" }, "\u001b[32mok\u001b[0m"],
  ["unless it is 0", { FORCE_COLOR: "0" }, "ok"],
  ["and not against NO_COLOR", { FORCE_COLOR: "1", NO_COLOR: "1" }, "ok"],
])("%s", (_name, environment, expected) => {
  expect(terminal({}, environment).style("ok", "green")).toBe(expected);
});

test("FORCE_COLOR of 0 takes them from a terminal", () => {
  expect(terminal({ isTTY: true }, { FORCE_COLOR: "0", TERM: "xterm" }).style("ok", "green")).toBe("ok");
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

const ROWS = [
  ["1", "db (vm-42)", "a rather long name of a device"],
  ["2", "", "short"],
];

test("a table's rows are one line each in a pipe, with no cell left empty", () => {
  expect(table(["A", "USED BY", "NAME"], ROWS, terminal({}))).toEqual([
    "A  USED BY     NAME",
    "1  db (vm-42)  a rather long name of a device",
    "2  -           short",
  ]);
});

test("what is wider than the terminal is cut, and it is said how to see it all", () => {
  const lines = table(["A", "USED BY", "NAME"], ROWS, { width: 40 });
  expect(lines).toEqual([
    "A  USED BY     NAME",
    "1  db (vm-42)  a rather long name of a …",
    "2  -           short",
    "Cut to the terminal: a wider one, a pipe",
    "(| cat) or --json shows all.",
  ]);
  expect(table(["A", "USED BY", "NAME"], ROWS, { width: 45 })).toHaveLength(3);
});

test("JSON shows no character that a terminal acts on, and says the same", () => {
  const value = { name: "\u001b[2Jdb\u009b\u202e\u2028\u{1f600}", tag: "\u{e0041}" };
  expect(json(value).trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(JSON.parse(json(value))).toEqual(value);
});
