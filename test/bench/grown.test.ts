import { grown } from "./grown";

const before = { apply: { requests: 30, bytes: 1000, timesItsTasks: 1.02 } };

test("figures that are as they were, or smaller, are fine, and a few bytes more", () => {
  expect(grown(before, before)).toEqual([]);
  expect(grown({ apply: { requests: 29, bytes: 1050, timesItsTasks: 1.01 } }, before)).toEqual([]);
});

test.each([
  [{ requests: 31 }, "apply: 31 requests, 30 before"],
  [{ bytes: 1051 }, "apply: 1051 bytes, 1000 before"],
  [{ timesItsTasks: 1.021 }, "apply: 1.021 of its tasks' own time, 1.02 before"],
])("what has grown is told: %j", (more, sentence) => {
  expect(grown({ apply: { ...before.apply, ...more } }, before)).toEqual([sentence]);
});

test("what was never measured is told", () => {
  expect(grown({ plan: before.apply }, before)).toEqual(["plan: was never measured before"]);
});
