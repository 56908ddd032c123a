import { onPath } from "../../scripts/run";

/** The terraform or tofu that the tests run: HOTPLUG_TEST_ENGINE (a path), else the first one on PATH. */
export function testEngine(): string {
  const chosen = process.env["HOTPLUG_TEST_ENGINE"] ?? onPath("terraform") ?? onPath("tofu");
  if (!chosen) throw new Error("These tests need terraform or tofu on PATH, or its path in HOTPLUG_TEST_ENGINE.");
  return chosen;
}
