import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A request that isn't the page's own. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Another site's page in the same browser can name this server by an address or, by DNS rebinding, by a name of its
 * own; it can't change what the browser says of that in Host, Origin and Sec-Fetch-Site, and it doesn't know the token.
 */
export class Guard {
  private readonly hosts: readonly string[];

  constructor(
    port: number,
    private readonly token: string,
  ) {
    this.hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  }

  /** Of every request: it was sent to this server by a name of its own. */
  requireOwnHost({ headers }: IncomingMessage): void {
    if (!this.hosts.includes((headers.host ?? "").toLowerCase()))
      throw new Refusal(421, "this server is called by another name here");
  }

  /** Of what tells something: no other page asks, and who asks knows the token. */
  requireOwnPage({ headers }: IncomingMessage, token: string | undefined): void {
    const { origin, "sec-fetch-site": site = "same-origin" } = headers;
    if (origin !== undefined) this.requireOwnOrigin(origin);
    if (site !== "same-origin") throw new Refusal(403, "another site's page may not ask for this");
    if (token === undefined || !isSame(token, this.token))
      throw new Refusal(401, "the token in the page's address is missing or wrong");
  }

  /** Of what does something: besides, the browser says that it is for the page's own. */
  requireOwnAct(request: IncomingMessage, token: string | undefined): void {
    if (request.headers.origin === undefined) throw new Refusal(403, "Origin is needed");
    this.requireOwnPage(request, token);
    if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? ""))
      throw new Refusal(415, "Content-Type: application/json is needed");
  }

  private requireOwnOrigin(origin: string): void {
    if (!this.hosts.some((host) => origin === `http://${host}`))
      throw new Refusal(403, "another site's page may not ask for this");
  }
}

/** Takes the same time whatever differs. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
