import type { Browser, Page } from "playwright-core";
import { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { A, B, C, Scenario } from "../provider/scenario";
import { complaints, openPage, SCHEMES, SIZES, startBrowser } from "./browser";

jest.setTimeout(300_000);

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Nothing may stick out to the side. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("at work, with everything that it can show", () => {
  let scenario: Scenario;
  let url: string;
  beforeAll(async () => {
    scenario = await Scenario.start({ guests: true });
    url = await scenario.vcenter.servePage();
    const { state } = await scenario.apply(scenario.confirmed([A, B]));
    scenario.guest.hold(B, "mount", "/data");
    await scenario.apply(scenario.confirmed([A]), { state });
    scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task" },
      { kind: "task fault", type: "GenericVmConfigFault" },
    );
    await scenario.apply(scenario.confirmed([A, B, C]), { state });
    scenario.vcenter.pullDevice("host-12", A);
  });
  afterAll(() => scenario.stop());

  it.each(SIZES.flatMap((size) => SCHEMES.map((colorScheme) => [size.width, colorScheme, size.height] as const)))(
    "%d pixels wide, %s: axe-core finds nothing, and nothing sticks out",
    async (width, colorScheme, height) => {
      const page = await openPage(browser, { url, width, height, colorScheme, reducedMotion: "reduce" });
      expect(await complaints(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.getByRole("button", { name: "Earlier" }).click();
      await page.locator("#status", { hasText: "Looking back" }).waitFor();
      expect(await complaints(page)).toEqual([]);
      await page.close();
    },
  );

  it("axe-core would find a button without a name", async () => {
    const page = await openPage(browser, { url });
    await page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    expect(await complaints(page)).toEqual([expect.stringMatching(/^button-name/)]);
    await page.close();
  });

  it("nothing moves where a person doesn't want that", async () => {
    const page = await openPage(browser, { url, reducedMotion: "reduce" });
    scenario.vcenter.plugDevice("host-12", A);
    await page.locator(`[data-host="host-12"] .slot[data-address="${A}"].changed`).waitFor();
    const names = await page
      .locator(".changed")
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).animationName));
    expect(new Set(names)).toEqual(new Set(["none"]));
    await page.close();
  });
});

describe("with 500 drives and 5,000 calls", () => {
  const HOSTS = 20;
  const DRIVES = 25;
  const address = (drive: number): string => `0000:${(0x20 + drive).toString(16)}:00.0`;
  const inventory: Inventory = {
    hosts: Array.from({ length: HOSTS }, (_, host) => ({
      name: `esx${host}`,
      devices: Array.from({ length: DRIVES }, (_, drive) => ({
        address: address(drive),
        vendor: "8086",
        device: "0a54",
      })),
    })),
    virtualMachines: Array.from({ length: HOSTS }, (_, host) => ({ name: `vm${host}`, host: `esx${host}` })),
  };
  let vcenter: EmbeddedVcenter;
  let page: Page;
  beforeAll(async () => {
    vcenter = await EmbeddedVcenter.start({ inventory });
    for (let call = 0; call < 5000; call++) await vcenter.handle("<nonsense/>", { userAgent: "by hand" });
  });
  afterAll(() => vcenter.stop());

  it("draws what has changed and nothing else, while drives come and go", async () => {
    const url = await vcenter.servePage();
    const began = Date.now();
    page = await openPage(browser, { url });
    await page.locator('[data-sequence="5000"]').waitFor({ state: "attached" });
    expect(await page.locator(".slot").count()).toBe(HOSTS * DRIVES);
    const opened = Date.now() - began;
    await page.evaluate(() => {
      const seen = { longest: 0, slots: new Set<Element | null>() };
      new MutationObserver((list) => {
        for (const { target } of list) seen.slots.add((target as Element).closest(".slot"));
      }).observe(document.getElementById("host-list")!, { childList: true, attributes: true, subtree: true });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
      }).observe({ entryTypes: ["longtask"] });
      Object.assign(window, { seen });
    });
    for (let drive = 0; drive < DRIVES; drive++) {
      vcenter.pullDevice(`esx${drive % HOSTS}`, address(drive));
      for (let call = 0; call < 20; call++) await vcenter.handle("<nonsense/>", { userAgent: "by hand" });
      await page.waitForTimeout(20);
    }
    await page
      .locator('.slot[data-state="pulled"]')
      .nth(DRIVES - 1)
      .waitFor({ state: "attached" });
    const { longest, drawn } = await page.evaluate(() => {
      const { longest, slots } = (window as unknown as { seen: { longest: number; slots: Set<Element | null> } }).seen;
      return { longest, drawn: [...slots].filter((slot) => slot !== null).length };
    });
    process.stderr.write(
      `500 drives, 5,000 calls: opened in ${opened} ms, the longest pause ${Math.round(longest)} ms.\n`,
    );
    expect(drawn).toBe(DRIVES);
    await page.close();
  });
});
