import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import { brokenCallRules, hotPlugCalls } from "../support/call-rules";

const folder = process.env["HOTPLUG_TEST_CALL_LOG_DIR"];
const logs: CallLogEntry[][] = folder
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CallLogEntry[])
  : [];

test("the run made hot-plug calls at all", () => {
  expect(logs.flatMap(hotPlugCalls).length).toBeGreaterThan(0);
});

test(
  "no call of the whole run changes two devices of a running virtual machine, or anything beside one, and none " +
    "overlaps another",
  () => {
    expect(logs.flatMap(brokenCallRules)).toEqual([]);
  },
);
