/**
 * `npm run test:fleet`: stacks of one fleet with their states in a real PostgreSQL, several runners side by side, one
 * killed at each of its calls. Needs PostgreSQL (Debian's package postgresql) and terraform or tofu. Arguments go to
 * jest. The last line is `N passed, N failed`.
 */
import { build } from "./build";
import { findEngine } from "./engine";
import { runJest } from "./run-jest";
import { testScript } from "./script";

testScript(async (args) => {
  build((line) => console.log(line));
  return runJest("fleet", { args, environment: { HOTPLUG_TEST_ENGINE: findEngine().path, CHECKPOINT_DISABLE: "1" } });
});
