import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { A, Scenario } from "../provider/scenario";
import { openPage, startBrowser } from "./browser";

jest.setTimeout(180_000);

let browser: Browser;
let scenario: Scenario;
let url: URL;
let site: Server;
let stranger: Page;
beforeAll(async () => {
  scenario = await Scenario.start();
  url = new URL(await scenario.vcenter.servePage());
  site = createServer((_request, response) =>
    response.setHeader("Content-Type", "text/html").end("<body>hello</body>"),
  );
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  // As DNS rebinding has it: the stranger's name is this machine's address.
  browser = await startBrowser("--host-resolver-rules=MAP evil.test 127.0.0.1");
});
afterAll(async () => {
  await browser.close();
  site.close();
  await scenario.stop();
});
beforeEach(async () => {
  await openPage(browser, { url: url.href });
  stranger = await browser.newPage();
});

const body = JSON.stringify({ act: "pull", host: "host-12", address: A });
const token = (): string => new URLSearchParams(url.hash.slice(1)).get("token")!;

async function pulled(): Promise<boolean> {
  const page = await openPage(browser, { url: url.href });
  await page.locator(`.slot[data-address="${A}"]`).first().waitFor();
  const state = await page.locator(`[data-host="host-12"] .slot[data-address="${A}"]`).getAttribute("data-state");
  await page.close();
  return state === "pulled";
}

describe("a page of another site, open in another tab", () => {
  beforeEach(() => stranger.goto(`http://localhost:${(site.address() as AddressInfo).port}/`));

  it.each([
    ["a plain request", { mode: "no-cors", headers: { "Content-Type": "text/plain" } }],
    ["a request of JSON", { mode: "cors", headers: { "Content-Type": "application/json", "X-Token": "guessed" } }],
  ])("pulls nothing by %s", async (_title, init) => {
    const answer = await stranger.evaluate(
      ([to, given]) =>
        fetch(to as string, given as RequestInit).then(
          ({ type, status }) => `${type} ${status}`,
          (error: Error) => error.name,
        ),
      [`${url.origin}/act`, { ...init, method: "POST", body }] as const,
    );
    expect(answer).toMatch(/^(opaque 0|TypeError)$/);
    expect(await pulled()).toBe(false);
  });

  it("pulls nothing by a form", async () => {
    await stranger.evaluate(
      ([to, text]) => {
        const form = Object.assign(document.createElement("form"), {
          method: "post",
          action: to,
          enctype: "text/plain",
        });
        form.append(Object.assign(document.createElement("input"), { name: text, value: "" }));
        document.body.append(form);
        form.submit();
      },
      [`${url.origin}/act`, body] as const,
    );
    await stranger.waitForURL(/\/act$/);
    expect(await stranger.textContent("body")).toMatch(/another site's page may not ask for this/);
    expect(await pulled()).toBe(false);
  });

  it("reads nothing, even with the token", async () => {
    const ended = await stranger.evaluate(
      (to) =>
        new Promise((resolve) => {
          const source = new EventSource(to);
          source.onmessage = () => resolve("read");
          source.onerror = () => resolve("refused");
        }),
      `${url.origin}/events?token=${token()}`,
    );
    expect(ended).toBe("refused");
  });

  it("shows it in no frame", async () => {
    await stranger.evaluate((to) => {
      document.body.append(Object.assign(document.createElement("iframe"), { src: to }));
    }, url.href);
    await stranger.waitForTimeout(500);
    const frame = stranger.frames().find((one) => one !== stranger.mainFrame());
    expect(
      await frame
        ?.locator("#hosts")
        .count()
        .catch(() => 0),
    ).toBe(0);
  });
});

it("a site whose name was bound to this machine since doesn't get the page, nor an answer", async () => {
  const answer = await stranger.goto(`http://evil.test:${url.port}/`);
  expect(answer?.status()).toBe(421);
  const status = await stranger.evaluate(
    ([given, key]) =>
      fetch("/act", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Token": key },
        body: given,
      }).then((response) => response.status),
    [body, token()] as const,
  );
  expect(status).toBe(421);
  expect(await pulled()).toBe(false);
});

it("the page's own button does what none of these did", async () => {
  const page = await openPage(browser, { url: url.href });
  await page.locator(`[data-host="host-12"][data-act="pull"][data-address="${A}"]`).click();
  await page.locator(`[data-host="host-12"] .slot[data-address="${A}"][data-state="pulled"]`).waitFor();
  expect(await pulled()).toBe(true);
});
