import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Nothing is looked up, updated or reported while the tests run. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium that `npm run test:browser` found; each start has a profile of its own, which is empty. */
export function startBrowser(...flags: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["HOTPLUG_BROWSER"]!, args: [...FLAGS, ...flags] });
}

export const SIZES = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;
export const SCHEMES = ["light", "dark"] as const;

interface Look {
  width?: number;
  height?: number;
  colorScheme?: (typeof SCHEMES)[number];
  reducedMotion?: "reduce" | "no-preference";
}

/** A window of a person who has opened the address and sees what is there. What the page reports as wrong is thrown. */
export async function openPage(
  browser: Browser,
  { url, width = 1920, height = 1080, ...look }: Look & { url: string },
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, ...look });
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core has against a page, by rule, with the elements. */
export async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    interface Found {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Found> } };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.length} times, as ${nodes[0]?.html}: ${nodes[0]?.failureSummary}`,
    );
  });
}
