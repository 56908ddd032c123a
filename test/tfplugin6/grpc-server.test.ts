import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type ClientHttp2Session, type Http2Server } from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame, HTTP2_OPTIONS, serveGrpc, unframe } from "../../lib/tfplugin6/grpc-server";
import { unaryCall } from "../support/plugin-transport";

describe("the gRPC server", () => {
  let folder: string;
  let server: Http2Server;
  let session: ClientHttp2Session;
  let release: () => void;
  const signals: AbortSignal[] = [];
  const refused: string[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "grpc-"));
    server = createServer(HTTP2_OPTIONS);
    const service = {
      paths: new Set(["/test/Echo", "/test/Wait"]),
      call: async (path: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> => {
        signals.push(signal);
        if (path === "/test/Wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return request;
      },
    };
    ({ release } = serveGrpc(server, {
      services: [service],
      heldOpen: ["/test/Held"],
      maxMessageBytes: 24 << 20,
      onRefused: (_, why) => refused.push(why),
    }));
    await new Promise<void>((resolve) => server.listen(join(folder, "s"), resolve));
    session = connect("http://localhost", {
      createConnection: () => createConnection(join(folder, "s")),
      maxSessionMemory: 1024,
    });
    await once(session, "connect");
  });
  afterEach(async () => {
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
    signals.length = refused.length = 0;
  });
  const raw = async (body: Buffer): Promise<unknown> => {
    const stream = session.request({ ":method": "POST", ":path": "/test/Echo" });
    let status: unknown;
    stream.on("response", (headers) => (status = headers["grpc-status"]));
    stream.resume().end(body);
    await once(stream, "close");
    return Number(status);
  };

  it.each([0, 1, 70_000, 20 << 20])("carries a message of %i bytes both ways", async (size) => {
    const request = Buffer.alloc(size, "large state");
    expect(Buffer.compare(await unaryCall(session, { path: "/test/Echo", request }), request)).toBe(0);
  });

  it("answers many calls at once, each with its own", async () => {
    const requests = Array.from({ length: 50 }, (_, index) => Buffer.from(`${index}`));
    const answers = await Promise.all(requests.map((request) => unaryCall(session, { path: "/test/Echo", request })));
    expect(answers.map(String)).toEqual(requests.map(String));
  });

  it("says by status what it doesn't serve, and goes on serving", async () => {
    await expect(unaryCall(session, { path: "/test/Nothing", request: Buffer.alloc(1) })).rejects.toMatchObject({
      code: 12,
    });
    await expect(
      unaryCall(session, { path: "/test/Echo", request: Buffer.alloc((24 << 20) + 1) }),
    ).rejects.toMatchObject({ code: 8 });
    expect(await raw(Buffer.from("00000000"))).toBe(13);
    expect(await raw(Buffer.from([0, 0, 0, 0, 9, 1]))).toBe(13);
    expect(await raw(Buffer.concat([frame(Buffer.from("a")), frame(Buffer.from("b"))]))).toBe(13);
    expect(await raw(Buffer.from([1, 0, 0, 0, 1, 1]))).toBe(12);
    expect(refused).toHaveLength(6);
    expect(await unaryCall(session, { path: "/test/Echo", request: Buffer.from("still here") })).toEqual(
      Buffer.from("still here"),
    );
  });

  it.each(["cancels its call", "loses its connection"])(
    "aborts a call when its peer %s, and not before",
    async (how) => {
      const stream = session.request({ ":method": "POST", ":path": "/test/Wait" });
      stream.on("error", () => {});
      stream.end(frame(Buffer.alloc(0)));
      while (signals.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(signals[0]!.aborted).toBe(false);
      if (how === "cancels its call") stream.close(8);
      else session.destroy();
      await once(signals[0]!, "abort");
    },
  );

  it("holds a call open until it is released", async () => {
    const held = unaryCall(session, { path: "/test/Held", request: Buffer.alloc(0) }).catch(
      (error: Error) => error.message,
    );
    await unaryCall(session, { path: "/test/Echo", request: Buffer.alloc(0) });
    expect(await Promise.race([held, Promise.resolve("open")])).toBe("open");
    release();
    expect(await held).toMatch(/not one whole message/);
  });

  it("frames a message as gRPC does", () => {
    expect(frame(Buffer.from("ab"))).toEqual(Buffer.from([0, 0, 0, 0, 2, 97, 98]));
    expect(unframe(frame(Buffer.from("ab")))).toEqual(Buffer.from("ab"));
  });
});
