import type { OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { Journal } from "../../lib/page/journal";
import { PageServer } from "../../lib/page/page-server";
import { type Hand, HandError } from "../../lib/page/view";
import { PageClient, type PageStream } from "../support/page-client";

const PULL: Hand = { act: "pull", host: "esx01", address: "0000:3b:00.0" };
const subject = { title: "A vCenter", source: "https://vcenter.example.test", showsCalls: true, hasHands: true };
const at = "2026-01-01T00:00:00.000Z";

let done: Hand[];
let problem: Error | undefined;
let journal: Journal;
let server: PageServer;
let client: PageClient;
const streams: PageStream[] = [];
beforeEach(async () => {
  [done, problem, journal] = [[], undefined, new Journal()];
  const hands = (hand: Hand): void => {
    if (problem) throw problem;
    done.push(hand);
  };
  server = await PageServer.start({ subject, journal, hands });
  client = new PageClient(server.url);
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await server.stop();
});

function watch(lastEventId?: string): PageStream {
  const stream = client.watch(lastEventId);
  streams.push(stream);
  return stream;
}

const happened = (text: string): void => journal.add({ kind: "happening", at, happening: { text, isAlarming: false } });
const textsOf = ({ history }: PageStream): unknown[] => history.lines.map(({ happening }) => happening?.text);

describe("a stranger's page in another tab", () => {
  const port = (): string => new URL(client.origin).port;
  const TRIED: [title: string, changes: () => OutgoingHttpHeaders, status: number][] = [
    ["of another site", () => ({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }), 403],
    [
      "of another site, in a browser that tells no Sec-Fetch-Site",
      () => ({ Origin: "https://evil.example", "Sec-Fetch-Site": "" }),
      403,
    ],
    ["on another port of this machine", () => ({ Origin: "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site" }), 403],
    ["by HTTPS on the same port", () => ({ Origin: `https://127.0.0.1:${port()}` }), 403],
    ["in a frame without an origin", () => ({ Origin: "null", "Sec-Fetch-Site": "cross-site" }), 403],
    ["that sends no origin", () => ({ Origin: "" }), 403],
    [
      "whose name was bound to this machine since (DNS rebinding)",
      () => ({ Host: `evil.example:${port()}`, Origin: `http://evil.example:${port()}` }),
      421,
    ],
    ["whose name only begins with ours", () => ({ Host: `localhost.evil.example:${port()}` }), 421],
    ["without the token", () => ({ "X-Token": "" }), 401],
    ["with another token", () => ({ "X-Token": "a".repeat(32) }), 401],
    ["with a form", () => ({ "Content-Type": "text/plain" }), 415],
    ["with a form of files", () => ({ "Content-Type": "multipart/form-data" }), 415],
  ];

  it.each(TRIED)("does nothing %s", async (_title, changes, status) => {
    expect((await client.act(PULL, changes())).status).toBe(status);
    expect(done).toEqual([]);
    expect((await client.act(PULL)).status).toBe(204);
    expect(done).toEqual([PULL]);
  });

  it.each(["GET", "PUT", "OPTIONS", "HEAD"])("does nothing by %s", async (method) => {
    const headers = { "X-Token": client.token, Origin: client.origin, "Content-Type": "application/json" };
    const { status, headers: got } = await client.ask("/act", { method, headers });
    expect(status).toBe(404);
    expect(Object.keys(got).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  const READ: [title: string, query: (token: string) => string, headers: () => OutgoingHttpHeaders, status: number][] =
    [
      ["without the token", () => "", () => ({}), 401],
      ["with an empty token", () => "?token=", () => ({}), 401],
      ["by another name", (token) => `?token=${token}`, () => ({ Host: `evil.example:${port()}` }), 421],
      ["of another site", (token) => `?token=${token}`, () => ({ Origin: "https://evil.example" }), 403],
      ["as a picture", (token) => `?token=${token}`, () => ({ "Sec-Fetch-Site": "cross-site" }), 403],
    ];
  it.each(READ)("reads nothing %s", async (_title, query, headers, status) => {
    expect((await client.ask(`/events${query(client.token)}`, { headers: headers() })).status).toBe(status);
    expect((await client.ask(`/events?token=${client.token}`)).status).toBe(200);
  });

  it("doesn't get as far as the page itself by another name, nor can it frame it", async () => {
    expect((await client.ask("/", { headers: { Host: `evil.example:${port()}` } })).status).toBe(421);
    const { status, headers, body } = await client.ask("/");
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
    );
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(body).not.toContain(client.token);
  });

  it("is not heard on any address but loopback", async () => {
    expect(new URL(client.origin).hostname).toBe("127.0.0.1");
    const refused = await new Promise((resolve) => {
      connect({ host: "127.0.0.2", port: Number(port()) })
        .once("connect", () => resolve(false))
        .once("error", () => resolve(true));
    });
    expect(refused).toBe(true);
  });
});

test("two pages have two tokens", async () => {
  const other = await PageServer.start({ subject, journal });
  expect(new PageClient(other.url).token).not.toBe(client.token);
  await other.stop();
});

test("what the page loads is its own: nothing is fetched from elsewhere", async () => {
  for (const path of ["/", "/page.js", "/page.css"]) {
    const { status, body } = await client.ask(path);
    expect(status).toBe(200);
    expect(body).not.toMatch(/https?:\/\/(?!127|\$)|\bimport\(|@import|url\(/);
  }
});

test("a page without hands does nothing, whoever asks", async () => {
  const other = await PageServer.start({ subject: { ...subject, hasHands: false }, journal });
  expect((await new PageClient(other.url).act(PULL)).status).toBe(404);
  await other.stop();
});

test("what can't be done is answered with the reason", async () => {
  problem = new Error("esx01 has no device in the slot of 0000:3b:00.0");
  expect(await client.act(PULL)).toMatchObject({ status: 409, body: JSON.stringify({ error: problem.message }) });
  problem = new HandError("there is no such act");
  expect((await client.act({ act: "eject" })).status).toBe(400);
});

test("a request that is too large, or no JSON, is refused", async () => {
  expect((await client.act({ act: "pull", host: "x".repeat(70_000) })).status).toBe(413);
  const headers = { "X-Token": client.token, Origin: client.origin, "Content-Type": "application/json" };
  expect((await client.ask("/act", { method: "POST", headers, body: "{" })).status).toBe(400);
});

describe("the stream of events", () => {
  it("tells all from the beginning, then each as it comes", async () => {
    happened("one");
    const stream = watch();
    await stream.until(({ events }) => events.length === 1);
    happened("two");
    await stream.until(({ events }) => events.length === 2);
    expect(stream.subject).toEqual(subject);
    expect(textsOf(stream)).toEqual(["one", "two"]);
  });

  it("tells a browser that comes back what it missed, and nothing twice", async () => {
    for (const text of ["one", "two"]) happened(text);
    const first = watch();
    await first.until(({ events }) => events.length === 2);
    first.close();
    happened("three");
    const second = watch(first.lastEventId);
    await second.until(({ events }) => events.length === 1);
    expect(textsOf(second)).toEqual(["three"]);
  });

  it("tells 5,000 events in order to whoever comes late", async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => `event ${index}`);
    texts.forEach(happened);
    const stream = watch();
    await stream.until(({ events }) => events.length === 5000);
    expect(textsOf(stream)).toEqual(texts);
  });

  it("ends when the server stops", async () => {
    const stream = watch();
    await stream.until(({ subject: told }) => told !== undefined);
    await server.stop();
    await stream.until(({ hasEnded }) => hasEnded);
    server = await PageServer.start({ subject, journal });
  });
});
