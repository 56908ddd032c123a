import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The terraform or tofu that the tests run: HOTPLUG_TEST_ENGINE (a path), else the first one on PATH. */
export function testEngine(): string {
  const chosen = process.env["HOTPLUG_TEST_ENGINE"] ?? onPath("terraform") ?? onPath("tofu");
  if (!chosen) throw new Error("These tests need terraform or tofu on PATH, or its path in HOTPLUG_TEST_ENGINE.");
  return chosen;
}

function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}
