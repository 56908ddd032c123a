import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { envelope, serviceContent } from "../vim/scripted-vcenter";

/** What a server does instead of answering as vCenter does. */
export type Trick = (response: ServerResponse, socket: Socket, method: string) => void;

const answer = (method: string, content: string): string =>
  envelope(`<${method}Response xmlns="urn:vim25">${content}</${method}Response>`);

/** Writes on and on, as fast as it is read or with pauses, until the other side has enough. */
function pour(target: { write(text: string): boolean } & NodeJS.EventEmitter, text: (turn: number) => string): void {
  let turn = 0;
  const timer = setInterval(() => target.write(text(turn++)), 5);
  for (const end of ["close", "error"]) target.on(end, () => clearInterval(timer));
}

/** Sends `count` times `text` as fast as it is taken. */
function flood(
  response: ServerResponse,
  { head, text, count, tail }: Record<"head" | "text" | "tail", string> & { count: number },
): void {
  const piece = text.repeat(10_000);
  let left = count / 10_000;
  response.writeHead(200, { "Content-Type": "text/xml" }).write(head);
  const more = (): void => {
    while (left-- > 0) if (!response.write(piece)) return void response.once("drain", more);
    response.end(tail);
  };
  more();
}

const around = (method: string): { head: string; tail: string } => {
  const [head, tail] = answer(method, "<returnval>|</returnval>").split("|");
  return { head: head!, tail: tail! };
};

let packed: Buffer | undefined;
const packedGigabyte = (): Buffer => (packed ??= gzipSync(Buffer.alloc(2 ** 30, "<a/>")));

/** Each ends by itself, at the latest when whoever asked gives up. */
export const TRICKS = {
  "switches protocols and says nothing more": (_, socket) =>
    void socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
  "closes without an answer": (_, socket) => void socket.end(),
  "says that it goes on, for ever": (_, socket) => pour(socket, () => "HTTP/1.1 100 Continue\r\n\r\n"),
  "sends headers for ever": (_, socket) =>
    pour(socket, (turn) => (turn === 0 ? "HTTP/1.1 200 OK\r\n" : `X-${turn}: ${turn}\r\n`)),
  "sends its answer bit by bit, for ever": (response) => {
    response.writeHead(200, { "Content-Type": "text/xml" });
    pour(response, () => " ");
  },
  "redirects to itself": (response) => void response.writeHead(307, { Location: "/sdk" }).end(),
  "sends one header without an end": (_, socket) =>
    pour(socket, (turn) => (turn === 0 ? "HTTP/1.1 200 OK\r\nX: " : "x".repeat(1000))),
  "sends early hints, for ever": (_, socket) =>
    pour(socket, (turn) => `HTTP/1.1 103 Early Hints\r\nLink: </${turn}>\r\n\r\n`),
  "describes a chunk without an end": (_, socket) =>
    pour(socket, (turn) => (turn === 0 ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" : "x=x;")),
  "sets a thousand cookies": (response) =>
    void response
      .writeHead(503, { "Set-Cookie": Array.from({ length: 1000 }, (_, index) => `c${index}=${index}`) })
      .end(),
  "announces less than it sends": (_, socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n<<<"),
  "announces more than it sends": (_, socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<"),
  "answers a gigabyte in a packed megabyte": (response) =>
    void response.writeHead(200, { "Content-Type": "text/xml", "Content-Encoding": "gzip" }).end(packedGigabyte()),
  "answers a gigabyte in a packed megabyte, and calls it plain": (response) =>
    void response.writeHead(200, { "Content-Type": "text/xml" }).end(packedGigabyte()),
  "answers a web page": (response) =>
    void response.writeHead(200, { "Content-Type": "text/html" }).end("<html><body>Log in</body></html>"),
  "answers that it is JSON": (response) =>
    void response.writeHead(200, { "Content-Type": "application/json" }).end("{}"),
  "answers sixty megabytes of references": (response, _, method) =>
    flood(response, { ...around(method), text: "&amp;", count: 12_000_000 }),
  "answers fifteen million elements": (response, _, method) =>
    flood(response, { ...around(method), text: "<a/>", count: 15_000_000 }),
  "answers two million nested elements": (response, _, method) =>
    flood(response, { ...around(method), text: "<a>", count: 2_000_000 }),
  "answers an element with millions of attributes": (response, _, method) =>
    flood(response, { ...around(method), head: "<a ", text: 'b="" ', count: 6_000_000 }),
} satisfies Record<string, Trick>;

/** Pages without an end: each is a good answer. */
export const ENDLESS_PAGES = {
  "promises more and holds nothing": "<returnval><token>1</token></returnval>",
  "has one object, and promises more":
    '<returnval><token>1</token><objects><obj type="HostSystem">host-1</obj></objects></returnval>',
};

/** Ways to send a client elsewhere: with what it said (307, 308), or without. */
export const REDIRECTS = [301, 302, 303, 307, 308];

export interface HostileServer {
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** All have the same one: who follows one to another trusts it there, too. */
const { certificatePem, privateKeyPem } = selfSignedCertificate({ commonName: "x", ipAddresses: ["127.0.0.1"] });

/** A server that plays its trick on what is asked before the login, or on all that is asked after it. */
export async function startHostileServer(when: "before" | "after", trick: Trick): Promise<HostileServer> {
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
    request.setEncoding("utf8");
    response.on("error", () => undefined);
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const method = /<soap:Body><(?:\w+:)?(\w+)/.exec(body)?.[1] ?? "?";
      const usual: Record<string, string> = {
        RetrieveServiceContent: `<returnval>${serviceContent}</returnval>`,
        Login: "<returnval><key>1</key><userName>u</userName></returnval>",
      };
      if (method === "Logout") response.end(answer(method, ""));
      else if (when === "after" && usual[method]) response.end(answer(method, usual[method]));
      else trick(response, request.socket, method);
    });
  });
  server.on("secureConnection", (socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "hotplug-hostile-"));
  writeFileSync(join(folder, "ca.pem"), certificatePem);
  return {
    environment: {
      VSPHERE_SERVER: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      VSPHERE_USER: "u",
      VSPHERE_PASSWORD: "marker-p4ssw0rd",
      VSPHERE_CA_FILE: join(folder, "ca.pem"),
      VSPHERE_API_TIMEOUT: "0.02",
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

export const pagesTrick =
  (page: string): Trick =>
  (response, _, method) =>
    void response.writeHead(200, { "Content-Type": "text/xml" }).end(answer(method, page));
