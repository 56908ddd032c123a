import type { Browser, Page } from "playwright-core";
import { A, B, Scenario } from "../provider/scenario";
import { openPage, startBrowser } from "./browser";

jest.setTimeout(180_000);

let browser: Browser;
let scenario: Scenario;
let url: string;
let page: Page;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  scenario = await Scenario.start({ guests: true });
  url = await scenario.vcenter.servePage();
  page = await openPage(browser, { url });
});
afterEach(async () => {
  await page.close();
  await scenario.stop();
});

const slot = (address: string, host = "host-12"): ReturnType<Page["locator"]> =>
  page.locator(`[data-host="${host}"] .slot[data-address="${address}"]`);
const line = (words: string | RegExp): ReturnType<Page["locator"]> =>
  page.getByRole("listbox").getByRole("option").filter({ hasText: words });
const status = (): ReturnType<Page["locator"]> => page.locator("#status");

test("a person follows a change from its call to the guest, and sees who holds what", async () => {
  await slot(A).getByText("free, enabled").waitFor();
  await scenario.apply(scenario.confirmed([A, B]));

  await slot(A).getByText("held by db").waitFor();
  await line(`add ${A} on db`).getByText("confirmed in the guest").waitFor();
  await line(`add ${A} on db`).getByText("guest 0000:13:00.0").waitFor();
  await page.locator('.virtual-machine[data-id="vm-42"]').getByText("nvme0n1").waitFor();
  await slot("0000:3c:00.0", "host-13").getByText("the host's own: datastore esx02-nvme").waitFor();
});

test("each call that the log has is a line, in order, with its outcome", async () => {
  await scenario.apply(scenario.confirmed([A, B]));
  scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "drop", when: "before" });
  await scenario.apply(scenario.confirmed([A]));
  const calls = scenario.vcenter.calls();
  await page.locator(`[data-sequence="${calls.length}"]`).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[data-stage="running"]').length === 0);
  const lines = await page
    .locator("[data-sequence]")
    .evaluateAll((rows) =>
      rows.map((row) => [(row as HTMLElement).dataset["sequence"], (row as HTMLElement).dataset["outcome"]]),
    );
  expect(lines).toEqual(calls.map(({ sequence, outcome }) => [String(sequence), outcome]));
});

test("a drive in use is pulled by a button, and another one of its model put in", async () => {
  await scenario.apply(scenario.confirmed([A]));
  await page
    .getByRole("button", { name: `Pull the drive at ${A}` })
    .first()
    .click();
  await slot(A).getByText("pulled", { exact: false }).first().waitFor();
  await line(`Pulled ${A} out of esx01.example.test`).waitFor();
  await page.locator('.virtual-machine[data-id="vm-42"]').getByText("No passthrough device.").waitFor();
  await page.getByRole("button", { name: `Same model: plug another drive into ${A}` }).click();
  await slot(A).getByText("free, enabled").waitFor();
});

test("a mounted drive shows as mounted, and its removal as refused by whoever asked the guest", async () => {
  const { state } = await scenario.apply(scenario.confirmed([A]));
  await page.getByRole("button", { name: "Mount nvme0n1" }).click();
  await page.getByText("mounted at /mnt/nvme0n1").first().waitFor();
  const { diagnostics } = await scenario.apply(scenario.confirmed([]), { state });
  expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
  await line(`The guest of db was asked who holds ${A}, as before its removal: mounted at /mnt/nvme0n1`).waitFor();
  await page.getByRole("button", { name: "Unmount nvme0n1" }).click();
  await page.getByRole("button", { name: "Mount nvme0n1" }).waitFor();
});

test("the next task is made to fail by a button, and the line says why", async () => {
  const button = page.getByRole("button", { name: "Fail the next task" });
  await button.click();
  await page.locator('button[aria-pressed="true"]', { hasText: "Fail the next task" }).waitFor();
  await scenario.apply(scenario.confirmed([A]));
  await line("GenericVmConfigFault: Asked for on the page: this task fails.").getByText("refused").waitFor();
  await page.locator('button[aria-pressed="false"]', { hasText: "Fail the next task" }).waitFor();
});

test("by the keyboard alone one walks back to any call and comes back to now", async () => {
  await scenario.apply(scenario.confirmed([A]));
  await line("confirmed in the guest").waitFor();
  expect(await line("RetrievePropertiesEx").first().isVisible()).toBe(true);
  await page.getByRole("checkbox", { name: "Only changes" }).check();
  expect(await line("RetrievePropertiesEx").first().isVisible()).toBe(false);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Home");
  await slot(A).getByText("held by db").waitFor();
  await page.getByRole("checkbox", { name: "Only changes" }).uncheck();
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Home");
  await slot(A).getByText("free, enabled").waitFor();
  await status().getByText("Looking back").waitFor();
  expect(
    await page
      .getByRole("button", { name: `Pull the drive at ${B}` })
      .first()
      .isDisabled(),
  ).toBe(true);
  await page.keyboard.press("Escape");
  await slot(A).getByText("held by db").waitFor();
  await status().getByText("Live").waitFor();
});

test("what can't be done is said in an alert", async () => {
  scenario.vcenter.pullDevice("host-12", A);
  await page.getByRole("button", { name: `Put back the drive pulled out of ${A}` }).waitFor();
  await page
    .locator(`[data-act="plug"][data-address="${A}"]`)
    .first()
    .evaluate((button) => button.setAttribute("data-host", "nowhere"));
  await page.getByRole("button", { name: `Put back the drive pulled out of ${A}` }).click();
  await page.getByRole("alert").getByText('there is no host "nowhere"').waitFor();
});

test("vCenter is restarted, and the page goes on", async () => {
  await page.getByRole("button", { name: "Restart vCenter" }).click();
  await line("Restarted vCenter").waitFor();
  await scenario.apply(scenario.confirmed([A]));
  await slot(A).getByText("held by db").waitFor();
});

test("a program that has ended is said, and nothing is offered any more", async () => {
  await scenario.vcenter.stop();
  await status().getByText("Connection lost").waitFor();
  expect(await page.getByRole("button", { name: "Restart vCenter" }).isDisabled()).toBe(true);
});

test("without the token the page shows nothing, and says which address to open", async () => {
  const stranger = await browser.newPage();
  await stranger.goto(new URL("/", url).href);
  await stranger.getByText("open the one that was printed last").waitFor();
  expect(await stranger.locator(".slot").count()).toBe(0);
  await stranger.close();
});

test("the page survives a reload, which the address bar may have lost the token for", async () => {
  await page.evaluate(() => history.replaceState(null, "", "/"));
  await page.reload();
  await slot(A).getByText("free, enabled").waitFor();
});
