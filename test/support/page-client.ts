import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import { History } from "../../lib/page/browser/history";
import type { Hand, PageEvent, Subject } from "../../lib/page/view";

export interface PageAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface PageRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

/** Who knows the address of a page, or a part of it: a browser's tab, or a stranger's. */
export class PageClient {
  readonly origin: string;
  readonly token: string;

  constructor(url: string) {
    const { origin, hash } = new URL(url);
    this.origin = origin;
    this.token = new URLSearchParams(hash.slice(1)).get("token")!;
  }

  /** Sends just this. */
  ask(path: string, { method = "GET", headers = {}, body = "" }: PageRequest = {}): Promise<PageAnswer> {
    return new Promise((resolve, reject) => {
      request(`${this.origin}${path}`, { method, headers, agent: false }, (response) => {
        const { statusCode: status = 0, headers: got } = response;
        const isStream = got["content-type"]?.startsWith("text/event-stream") === true;
        if (isStream) response.destroy();
        const read = isStream ? Promise.resolve("") : text(response);
        read.then((body) => resolve({ status, headers: got, body }), reject);
      })
        .once("error", reject)
        .end(body);
    });
  }

  /** As the page's own script does it; `changes` are what differs. */
  act(hand: Hand | object, changes: OutgoingHttpHeaders = {}): Promise<PageAnswer> {
    const own = {
      "Content-Type": "application/json",
      "X-Token": this.token,
      Origin: this.origin,
      "Sec-Fetch-Site": "same-origin",
    };
    const headers = Object.fromEntries(Object.entries({ ...own, ...changes }).filter(([, value]) => value !== ""));
    return this.ask("/act", { method: "POST", headers, body: JSON.stringify(hand) });
  }

  /** Opens the stream of events; `lastEventId` as a browser sends it that comes back. */
  watch(lastEventId?: string): PageStream {
    return new PageStream(`${this.origin}/events?token=${this.token}`, lastEventId);
  }
}

/** What a page is told, as it comes. */
export class PageStream {
  readonly history = new History();
  readonly events: PageEvent[] = [];
  subject?: Subject;
  lastEventId = "";
  hasEnded = false;
  private readonly request;
  private listeners = new Set<() => void>();

  constructor(url: string, lastEventId?: string) {
    const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
    this.request = request(url, { headers, agent: false }, (response) => {
      let rest = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        const blocks = (rest + chunk).split("\n\n");
        rest = blocks.pop()!;
        for (const block of blocks) this.take(block);
      });
      response.on("close", () => this.end()).on("error", () => this.end());
    });
    this.request.on("error", () => this.end()).end();
  }

  /** Comes back once it holds. */
  until(condition: (stream: PageStream) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
  }

  close(): void {
    this.request.destroy();
  }

  private end(): void {
    this.hasEnded = true;
    for (const listener of this.listeners) listener();
  }

  private take(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const data = field("data");
    if (data === undefined) return;
    if (field("event") === "subject") this.subject = JSON.parse(data) as Subject;
    else {
      const events = JSON.parse(data) as PageEvent[];
      this.events.push(...events);
      for (const event of events) this.history.add(event);
      this.lastEventId = field("id") ?? "";
    }
    for (const listener of this.listeners) listener();
  }
}
