import { parseDurationSeconds } from "../lib/duration";

test.each<[string, number | undefined]>([
  ["90s", 90],
  ["1h30m", 5400],
  ["0.5h", 1800],
  ["0.06m", 3.6],
  ["0s", 0],
  ["", undefined],
  ["90", undefined],
  ["-1s", undefined],
  ["10 m", undefined],
])("%j is %p seconds", (text, seconds) => expect(parseDurationSeconds(text)).toBe(seconds));
