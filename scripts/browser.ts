import { onPath, ProgramMissingError } from "./run";

/** The Chromium of this machine, or the browser that HOTPLUG_BROWSER names. */
export function findBrowser(): string {
  const found = process.env["HOTPLUG_BROWSER"] || onPath("chromium") || onPath("chromium-browser");
  if (!found)
    throw new ProgramMissingError(
      "There is no chromium on PATH: install the package chromium of Debian or Ubuntu, or name one by HOTPLUG_BROWSER.",
    );
  return found;
}
