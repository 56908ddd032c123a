import { History } from "../../lib/page/browser/history";
import type { PageEvent, SceneItem } from "../../lib/page/view";

const at = "2026-01-01T00:00:00.000Z";
const host = (name: string): SceneItem => ({ kind: "host", key: "host 1", id: "1", name });
const scene = (set: readonly SceneItem[], gone: readonly string[] = []): PageEvent => ({
  kind: "scene",
  at,
  set,
  gone,
});

test("every moment of 1,000 changes can be seen again, the copies between them included", () => {
  const history = new History();
  for (let number = 1; number <= 1000; number++) history.add(scene([host(`name ${number}`)]));
  for (const position of [1, 199, 200, 201, 400, 999, 1000])
    expect(history.sceneAt(position).get("host 1")).toMatchObject({ name: `name ${position}` });
  expect(history.sceneAt(0).size).toBe(0);
  expect(history.scene.get("host 1")).toMatchObject({ name: "name 1000" });
});

test("what is gone was there before", () => {
  const history = new History();
  history.add(scene([host("one")]));
  history.add(scene([], ["host 1"]));
  expect([history.sceneAt(1).size, history.sceneAt(2).size, history.scene.size]).toEqual([1, 0, 0]);
});

test("a call is one line however often it is told of, and is settled when it is over", () => {
  const history = new History();
  const call = { sequence: 1, startedAt: at, client: "", operation: "X", changes: [], guestAddresses: [] };
  history.add({ kind: "call", at, call: { ...call, stage: "running" } });
  history.add(scene([host("one")]));
  history.add({ kind: "call", at, call: { ...call, stage: "done" } });
  history.add({ kind: "call", at, call: { ...call, stage: "verified" } });
  expect(history.lines).toMatchObject([{ from: 1, settled: 3, call: { stage: "verified" } }]);
});
