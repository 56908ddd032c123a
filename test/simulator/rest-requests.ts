import { request } from "node:https";
import type { EmbeddedVcenter } from "../../lib/testing";

export interface RestAnswer {
  status: number;
  /** The body as JSON; undefined where there is none. */
  body: unknown;
  /** The value that a body of /rest wraps. */
  value: unknown;
  cookie?: string;
}

/** Writes REST by hand, so that the embedded vCenter is judged by its wire alone. */
export class RestRequests {
  sessionId?: string;

  constructor(private readonly vcenter: EmbeddedVcenter) {}

  send(
    method: string,
    path: string,
    { body, headers }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<RestAnswer> {
    const options = {
      method,
      ca: this.vcenter.caPem,
      agent: false as const,
      headers: {
        "User-Agent": "by hand",
        ...(this.sessionId === undefined ? {} : { "vmware-api-session-id": this.sessionId }),
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.vcenter.url), options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const content: unknown = text === "" ? undefined : JSON.parse(text);
          resolve({
            status: response.statusCode!,
            body: content,
            value: (content as { value?: unknown } | undefined)?.value,
            cookie: response.headers["set-cookie"]?.[0],
          });
        });
      });
      sent.on("error", reject);
      sent.end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
    });
  }

  async login(user = "somebody", password = "anything"): Promise<RestAnswer> {
    const answer = await this.send("POST", "/rest/com/vmware/cis/session", { headers: basic(user, password) });
    this.sessionId = answer.value as string;
    return answer;
  }

  get(path: string): Promise<RestAnswer> {
    return this.send("GET", `/rest/com/vmware/${path}`);
  }

  post(path: string, body?: unknown): Promise<RestAnswer> {
    return this.send("POST", `/rest/com/vmware/${path}`, { body });
  }

  patch(path: string, body: unknown): Promise<RestAnswer> {
    return this.send("PATCH", `/rest/com/vmware/${path}`, { body });
  }

  delete(path: string): Promise<RestAnswer> {
    return this.send("DELETE", `/rest/com/vmware/${path}`);
  }
}

export const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** The error that an answer tells: its status, and its short name. */
export const errorOf = ({ status, body }: RestAnswer): string =>
  `${status} ${String((body as { type?: string } | undefined)?.type).replace("com.vmware.vapi.std.errors.", "")}`;
