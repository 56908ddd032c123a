import type { Hand, PageEvent, Subject } from "../view";

interface Listener {
  onSubject(subject: Subject): void;
  onEvents(events: readonly PageEvent[]): void;
  onState(state: "live" | "lost" | "ended"): void;
}

const TRY_AGAIN_MS = 2000;

/** The page's tie to the program that serves it: told everything once, in order, however often it breaks. */
export class Connection {
  private count = 0;

  constructor(
    private readonly token: string,
    private readonly listener: Listener,
  ) {
    this.open();
  }

  /** Rejects with the reason where it can't be done. */
  async perform(hand: Hand): Promise<void> {
    const answer = await fetch("/act", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Token": this.token },
      body: JSON.stringify(hand),
    });
    if (answer.ok) return;
    const { error } = (await answer.json()) as { error: string };
    throw new Error(error);
  }

  private get address(): string {
    return `/events?${new URLSearchParams({ token: this.token, after: String(this.count) }).toString()}`;
  }

  private open(): void {
    const source = new EventSource(this.address);
    source.addEventListener("subject", ({ data }: MessageEvent<string>) => {
      this.listener.onSubject(JSON.parse(data) as Subject);
      this.listener.onState("live");
    });
    source.addEventListener("message", ({ data, lastEventId }: MessageEvent<string>) => {
      this.count = Number(lastEventId);
      this.listener.onEvents(JSON.parse(data) as PageEvent[]);
    });
    source.addEventListener("error", () => {
      this.listener.onState("lost");
      // A browser comes back by itself unless it was refused, or takes a server that isn't there for a refusal.
      if (source.readyState === EventSource.CLOSED) void this.askWhy();
    });
  }

  private async askWhy(): Promise<void> {
    const stop = new AbortController();
    try {
      const { status } = await fetch(this.address, { signal: stop.signal });
      stop.abort();
      if (status === 401 || status === 403) return this.listener.onState("ended");
    } catch {
      // It isn't there.
    }
    setTimeout(() => this.open(), TRY_AGAIN_MS);
  }
}
