import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../lib/clock";
import { VimClient, type VimClientOptions } from "../../lib/vim/session/client";
import { selfSignedCertificate } from "../../lib/x509/self-signed";

export const credentials = { user: "administrator@vsphere.local", password: "marker-p4ssw0rd<&>\"'" };

export interface Request {
  method: string;
  body: string;
  cookie: string | undefined;
  soapAction: string | undefined;
}

/** Answers a request: with the XML inside `<returnval>`, with "" for none, or by the response itself. */
export type Script = (request: Request, response: ServerResponse) => string | undefined | void;

export class ScriptedFault extends Error {
  constructor(
    readonly type: string,
    readonly detail = "",
    message = "scripted",
  ) {
    super(message);
  }
}

export const serviceContent =
  '<rootFolder type="Folder">group-d1</rootFolder><propertyCollector ' +
  'type="PropertyCollector">propertyCollector</propertyCollector>' +
  "<about><name>VMware vCenter " +
  "Server</name><fullName>scripted</fullName><vendor>VMware, Inc.</vendor>" +
  "<version>8.0.1</version><build>1</build><apiType>VirtualCenter</apiType><apiVersion>8.0.1.0</apiVersion></about>" +
  '<sessionManager type="SessionManager">SessionManager</sessionManager><taskManager ' +
  'type="TaskManager">TaskManager</taskManager><searchIndex type="SearchIndex">SearchIndex</searchIndex>';

/** A server that answers what a test tells it to, method by method; what it isn't told is a MethodNotFound. */
export class ScriptedVcenter {
  readonly requests: Request[] = [];
  readonly certificate = selfSignedCertificate({ commonName: "scripted", ipAddresses: ["127.0.0.1"] });
  readonly scripts: Record<string, Script> = {
    RetrieveServiceContent: () => `<returnval>${serviceContent}</returnval>`,
    Login: (_request, response) => {
      response.setHeader("Set-Cookie", "vmware_soap_session=marker-c00kie; Path=/; HttpOnly; Secure");
      return "<returnval><key>1</key><userName>u</userName></returnval>";
    },
    Logout: () => "",
  };
  private readonly server: Server;
  private readonly clients: VimClient[] = [];

  private constructor() {
    this.server = createServer(
      { cert: this.certificate.certificatePem, key: this.certificate.privateKeyPem },
      (request, response) => this.serve(request, response),
    );
  }

  static async start(): Promise<ScriptedVcenter> {
    const vcenter = new ScriptedVcenter();
    await new Promise<void>((resolve) => vcenter.server.listen(0, "127.0.0.1", resolve));
    return vcenter;
  }

  /** Presents another certificate from now on. */
  present(certificate: { cert: string; key: string }): void {
    this.server.setSecureContext(certificate);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get methods(): string[] {
    return this.requests.map(({ method }) => method);
  }

  client(options: Partial<VimClientOptions> = {}): VimClient {
    const client = new VimClient({
      server: `127.0.0.1:${this.port}`,
      ...credentials,
      ca: this.certificate.certificatePem,
      apiTimeoutSeconds: 30,
      userAgent: "scripted-test/1",
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const method = /<soap:Body><(?:\w+:)?(\w+)/.exec(body)?.[1] ?? "?";
      const request: Request = {
        method,
        body,
        cookie: incoming.headers.cookie,
        soapAction: incoming.headers.soapaction as string,
      };
      this.requests.push(request);
      try {
        const script = this.scripts[method];
        if (!script) throw new ScriptedFault("MethodNotFound");
        const answer = script(request, response);
        if (answer !== undefined)
          response
            .writeHead(200, { "Content-Type": "text/xml" })
            .end(envelope(`<${method}Response xmlns="urn:vim25">${answer}</${method}Response>`));
      } catch (error) {
        const { type, detail, message } = error as ScriptedFault;
        const fault =
          `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${message}</faultstring>` +
          `<detail><${type}Fault ` +
          `xmlns="urn:vim25" xsi:type="${type}">${detail}</${type}Fault></detail></soapenv:Fault>`;
        response.writeHead(500, { "Content-Type": "text/xml" }).end(envelope(fault));
      }
    });
  }
}

export function envelope(body: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope ' +
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n' +
    `<soapenv:Body>\n${body}\n</soapenv:Body>\n</soapenv:Envelope>`
  );
}

/** Sleeps only until told that time is over: for tests of limits that must not wait. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private readonly asleep = new Set<{ until: number; wake: () => void }>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const sleeper = { until: this.time + ms, wake: resolve };
      this.asleep.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.asleep.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Lets time go by, a tenth of a second for some turns of the event loop, until `condition` holds. */
  async runUntil(condition: () => boolean): Promise<void> {
    let turns = 0;
    await until(() => {
      if (++turns % 20 === 0) this.advance(0.1);
      return condition();
    });
  }

  get sleepers(): number {
    return this.asleep.size;
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
    for (const sleeper of [...this.asleep].filter(({ until }) => until <= this.time)) {
      this.asleep.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** Resolves once `condition` holds: for what happens on another connection. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 5_000) throw new Error("It never came to that.");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
