/**
 * `npm run test:browser`: the page in a real Chromium, such as Debian's: what a person does and sees, what a stranger's
 * page in another tab can't, sizes, colours and what axe-core says. Where there is none it is skipped, loudly; in CI
 * that is a failure. Arguments go to jest. The last line is `N passed, N failed`.
 */
import { findBrowser } from "./browser";
import { unlessMissing } from "./run";
import { NOTHING, runJest } from "./run-jest";
import { testScript } from "./script";

testScript(async (args) => {
  const browser = unlessMissing(findBrowser, "\nSKIPPED: every test under test/browser.");
  if (browser === undefined) return { ...NOTHING, skipped: 1 };
  console.log(`Browser: ${browser}`);
  return runJest("browser", { args, environment: { HOTPLUG_BROWSER: browser } });
});
