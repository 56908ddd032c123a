import type { ServerResponse } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import type { VimClient } from "../../../lib/vim/session/client";
import { VimConnectionError } from "../../../lib/vim/wire/connection-error";
import { selfSignedCertificate } from "../../../lib/x509/self-signed";
import {
  credentials,
  envelope,
  ManualClock,
  ScriptedFault,
  ScriptedVcenter,
  serviceContent,
  until,
} from "../scripted-vcenter";

const vm = { type: "VirtualMachine", value: "vm-42" };
const secrets = [credentials.password, "marker-c00kie", "marker-b0dy"];

let vcenter: ScriptedVcenter;

beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

const reconfigure = (client: VimClient): Promise<unknown> =>
  client.call("ReconfigVM_Task", vm, { spec: { changeVersion: "marker-b0dy" } });
const rejection = async (promise: Promise<unknown>): Promise<VimConnectionError> => {
  const error: unknown = await promise.then(
    () => "resolved",
    (reason: unknown) => reason,
  );
  for (const secret of secrets)
    expect(
      inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack),
    ).not.toContain(secret);
  expect(error).toBeInstanceOf(VimConnectionError);
  return error as VimConnectionError;
};

describe("certificates", () => {
  test("one that a given authority signed is accepted", async () => {
    await expect(vcenter.client().about()).resolves.toMatchObject({ apiVersion: "8.0.1.0" });
  });

  test("an unknown one is refused", async () => {
    expect((await rejection(vcenter.client({ ca: undefined }).about())).kind).toBe("untrusted_certificate");
    expect(vcenter.requests).toEqual([]);
  });

  test("an unknown one is refused whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect((await rejection(vcenter.client({ ca: undefined }).about())).kind).toBe("untrusted_certificate");
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  test("one for another name is told from an unknown one", async () => {
    const client = vcenter.client({ server: `localhost:${vcenter.port}` });
    expect(await rejection(client.about())).toMatchObject({
      kind: "wrong_host_name",
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test("any is accepted by the explicit opt-out", async () => {
    await expect(vcenter.client({ ca: undefined, allowUnverifiedSsl: true }).about()).resolves.toBeDefined();
  });

  test("another authority's is refused", async () => {
    const other = selfSignedCertificate({ commonName: "other", ipAddresses: ["127.0.0.1"] });
    expect((await rejection(vcenter.client({ ca: other.certificatePem }).about())).kind).toBe("untrusted_certificate");
  });
});

describe("a server that can't be used", () => {
  const sockets = new Set<Socket>();
  const listen = (onSocket: (socket: Socket) => void): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => undefined);
        onSocket(socket);
      });
      server.listen(0, "127.0.0.1", () => resolve(server));
    });
  const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (server: Server): Promise<unknown> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };

  test("is unreachable where nobody listens", async () => {
    const server = await listen(() => undefined);
    const address = addressOf(server);
    await close(server);
    expect(await rejection(vcenter.client({ server: address }).about())).toMatchObject({
      kind: "unreachable",
      code: "ECONNREFUSED",
    });
  });

  test("is given up when it stalls the TLS handshake", async () => {
    const clock = new ManualClock();
    const server = await listen(() => undefined);
    const failed = rejection(
      vcenter.client({ server: addressOf(server), clock, apiTimeoutSeconds: 0.06 * 60 }).about(),
    );
    await until(() => clock.sleepers > 0 && sockets.size > 0);
    clock.advance(3.5);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(0.2);
    expect(await failed).toMatchObject({
      kind: "timeout",
      message: expect.stringContaining("within 3.6 s.") as string,
    });
    await close(server);
  });

  test("is given up when the caller's signal says so", async () => {
    const server = await listen(() => undefined);
    const cancel = new AbortController();
    const failed = rejection(vcenter.client({ server: addressOf(server) }).about(cancel.signal));
    cancel.abort();
    expect((await failed).kind).toBe("aborted");
    await close(server);
  });

  test("is unreachable while only its proxy answers", async () => {
    vcenter.scripts.RetrieveServiceContent = (_request, response) =>
      void response.writeHead(503).end("no healthy upstream");
    expect(await rejection(vcenter.client().about())).toMatchObject({ kind: "unreachable", code: "HTTP_503" });
  });

  test.each([
    ["a web page", 404, "<html>"],
    ["a redirect", 302, ""],
    ["no XML", 200, "certainly not XML"],
    ["XML cut in the middle", 200, envelope("<RetrieveServiceContentResponse><returnval><about>").slice(0, 200)],
    ["another envelope", 200, envelope("<LogoutResponse/>")],
    ["an envelope without a body", 200, "<Envelope/>"],
    [
      "a content without its required parts",
      200,
      envelope('<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval/></RetrieveServiceContentResponse>'),
    ],
    [
      "an entity that grows",
      200,
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' +
        envelope("<RetrieveServiceContentResponse>&b;</RetrieveServiceContentResponse>"),
    ],
    [
      "a document type and nothing else that is wrong",
      200,
      "<!DOCTYPE x>" +
        envelope(
          "<RetrieveServiceContentResponse " +
            `xmlns="urn:vim25"><returnval>${serviceContent}</returnval></RetrieveServiceContentResponse>`,
        ),
    ],
    [
      "elements nested very deeply",
      200,
      envelope(
        "<RetrieveServiceContentResponse>" +
          "<returnval>".repeat(5000) +
          "</returnval>".repeat(5000) +
          "</RetrieveServiceContentResponse>",
      ),
    ],
    [
      "elements that refer to a prototype",
      200,
      envelope('<RetrieveServiceContentResponse id="__proto__"><returnval/></RetrieveServiceContentResponse>'),
    ],
  ])("is named as such when it answers %s", async (_what, status, body) => {
    vcenter.scripts.RetrieveServiceContent = (_request, response) =>
      void response.writeHead(status, { Location: "https://example.org/" }).end(body);
    expect(await rejection(vcenter.client().about())).toMatchObject({
      kind: "bad_answer",
      message: expect.stringMatching(/^The answer to [^]*[^.?!]\.$/) as string,
    });
    expect(Object.keys({})).toEqual([]);
    expect(({} as Record<string, unknown>).obj).toBeUndefined();
  });

  test("is cut off when its answer has no end", async () => {
    vcenter.scripts.RetrieveServiceContent = (_request, response) => {
      response.writeHead(200);
      const more = (): boolean => response.write("x".repeat(1 << 20), () => response.destroyed || more());
      more();
    };
    expect(await rejection(vcenter.client().about())).toMatchObject({
      kind: "bad_answer",
      message: expect.stringMatching(/longer than \d+ bytes/) as string,
    });
  });
});

describe("a lost answer", () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ["the connection is closed", (response) => void response.socket?.destroy()],
    [
      "the answer is cut off",
      (response) =>
        void (response.writeHead(200, { "Content-Length": 1000 }).write("<"),
        setImmediate(() => response.socket?.destroy())),
    ],
    ["the answer can't be read", (response) => void response.writeHead(200).end("garbage")],
    ["the proxy gave up", (response) => void response.writeHead(504).end()],
  ])("of a call that writes leaves the outcome unknown, and is not repeated: %s", async (_how, lose) => {
    vcenter.scripts.ReconfigVM_Task = (_request, response) => lose(response);
    const error = await rejection(reconfigure(vcenter.client()));
    expect(error.outcomeUnknown).toBe(true);
    expect(vcenter.methods.filter((method) => method === "ReconfigVM_Task")).toHaveLength(1);
  });

  test("of a call that had waited for a connection leaves the outcome unknown, too", async () => {
    const client = vcenter.client();
    let calls = 0;
    // The first ones hold every connection for a moment, and the last one gets one of those.
    vcenter.scripts.ReconfigVM_Task = (_request, response) => {
      if (++calls <= 8)
        setTimeout(
          () =>
            response
              .writeHead(200)
              .end(
                envelope(
                  '<ReconfigVM_TaskResponse xmlns="urn:vim25"><returnval ' +
                    'type="Task">task-1</returnval></ReconfigVM_TaskResponse>',
                ),
              ),
          50,
        );
      else response.socket?.destroy();
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => reconfigure(client)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { code: "ECONNRESET", outcomeUnknown: true } },
    ]);
  });

  test("within the time limit leaves the outcome unknown", async () => {
    const clock = new ManualClock();
    vcenter.scripts.ReconfigVM_Task = () => undefined;
    const failed = rejection(reconfigure(vcenter.client({ clock })));
    await until(() => vcenter.methods.includes("ReconfigVM_Task"));
    clock.advance(31);
    expect(await failed).toMatchObject({
      kind: "timeout",
      outcomeUnknown: true,
      message: expect.stringContaining("look before repeating") as string,
    });
  });

  test("of a call that only reads does no harm: it is asked once more, and no more", async () => {
    const searchIndex = { type: "SearchIndex", value: "SearchIndex" };
    const client = vcenter.client();
    vcenter.scripts.FindByInventoryPath = (_request, response) => void response.socket?.destroy();
    const error = await rejection(client.call("FindByInventoryPath", searchIndex, { inventoryPath: "/" }));
    expect(error).toMatchObject({ kind: "unreachable", code: "ECONNRESET", outcomeUnknown: false });
    expect(vcenter.methods.filter((method) => method === "FindByInventoryPath")).toHaveLength(2);
    vcenter.scripts.FindByInventoryPath = (_request, response) => {
      vcenter.scripts.FindByInventoryPath = () => '<returnval type="VirtualMachine">vm-42</returnval>';
      response.socket?.destroy();
    };
    await expect(client.call("FindByInventoryPath", searchIndex, { inventoryPath: "/" })).resolves.toEqual(vm);
  });

  test("before the request was sent leaves nothing unknown", async () => {
    const client = vcenter.client();
    await client
      .call("FindByInventoryPath", { type: "SearchIndex", value: "SearchIndex" }, { inventoryPath: "/" })
      .catch(() => undefined);
    await vcenter.stop();
    const failed: unknown = await reconfigure(client).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(VimConnectionError);
    vcenter = await ScriptedVcenter.start();
  });
});

test("a fault that echoes what was sent carries neither password nor cookie", async () => {
  vcenter.scripts.ReconfigVM_Task = () => {
    throw new ScriptedFault(
      "InvalidArgument",
      `<invalidProperty>marker-c00kie</invalidProperty>`,
      `You sent marker-p4ssw0rd&lt;&amp;&gt;"' with marker-c00kie`,
    );
  };
  const error: unknown = await reconfigure(vcenter.client()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ type: "InvalidArgument", properties: { invalidProperty: "(redacted)" } });
  for (const secret of secrets) expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(secret);
});
