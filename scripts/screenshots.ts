/** `npm run screenshots`: the page at work, in a real Chromium, into docs/pictures. Needs chromium and pngquant. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { A, B, C, D, E, F, G, H, Scenario } from "../test/provider/scenario";
import { openPage, startBrowser } from "../test/browser/browser";
import { findBrowser } from "./browser";
import { onPath, ProgramMissingError, ROOT, run } from "./run";
import { script } from "./script";

const FOLDER = join(ROOT, "docs/pictures");
const WALL = { width: 1920, height: 1000 };
const PHONE = { width: 390, height: 844 };
const TIMINGS = { queueMs: 5, hotPlugMs: 900, reconfigureMs: 100, publishMs: 10 };

script(async () => {
  process.env["HOTPLUG_BROWSER"] = findBrowser();
  if (!onPath("pngquant")) throw new ProgramMissingError("There is no pngquant on PATH: install the package pngquant.");
  mkdirSync(FOLDER, { recursive: true });
  const browser = await startBrowser();
  const scenario = await Scenario.start({ guests: true, timings: TIMINGS });
  const url = await scenario.vcenter.servePage();
  const open = (look: object): Promise<Page> => openPage(browser, { url, reducedMotion: "reduce", ...look });
  const shoot = async (page: Page, name: string): Promise<void> => {
    await page.getByRole("checkbox", { name: "Only changes" }).check();
    if (name.includes("phone")) await page.locator("#calls").evaluate((calls) => calls.scrollIntoView());
    await page.waitForTimeout(300);
    const file = join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    run("pngquant", ["--force", "--ext", ".png", "--speed", "1", "96", file]);
    await page.close();
    console.log(`docs/pictures/${name}.png`);
  };
  try {
    const [dark, light] = [await open({ ...WALL, colorScheme: "dark" }), await open({ ...WALL, colorScheme: "light" })];
    const deploy = scenario.apply(scenario.confirmed([A, B, C, D, E, F, G, H]));
    await dark
      .locator('.line[data-stage="running"]')
      .filter({ hasText: `add ${F}` })
      .waitFor();
    await Promise.all([shoot(dark, "deploy-dark"), shoot(light, "deploy-light")]);
    const { state } = await deploy;

    scenario.guest.hold(B, "mount", "/var/lib/data");
    await scenario.apply(scenario.confirmed([A, C, D, E, F, G, H]), { state });
    for (const colorScheme of ["dark", "light"] as const) {
      const phone = await open({ ...PHONE, colorScheme });
      await shoot(phone, `refused-removal-phone-${colorScheme}`);
    }
    await shoot(await open({ ...WALL, colorScheme: "light" }), "refused-removal");

    scenario.vcenter.pullDevice("host-12", E);
    await shoot(await open({ ...WALL, colorScheme: "dark" }), "surprise-pull");
    await shoot(await open({ ...PHONE, colorScheme: "dark" }), "surprise-pull-phone");
  } finally {
    await browser.close();
    await scenario.stop();
  }
});
