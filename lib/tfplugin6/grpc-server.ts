import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";

/** What a server needs to know to answer calls: bytes of a message in, bytes of a message out. */
interface GrpcService {
  paths: ReadonlySet<string>;
  call(path: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
}

interface GrpcServerOptions {
  /** One may still be on its way: calls wait for it. */
  services: readonly (GrpcService | Promise<GrpcService>)[];
  /** Paths of calls that are never answered, only kept open until the peer goes. */
  heldOpen?: readonly string[];
  /** @default 256 MiB: four times what Terraform itself takes */
  maxMessageBytes?: number;
  /** A call that failed below the protocol: a damaged frame, an unknown method. */
  onRefused?: (path: string, why: string) => void;
  /** A call whose answer is on its way. */
  onAnswered?: (path: string) => void;
}

/**
 * For `createServer`: room for large states, in the flow control's windows and in node's own limit for one connection
 * (10 MB).
 */
export const HTTP2_OPTIONS = { settings: { initialWindowSize: 1 << 20 }, maxSessionMemory: 1024 };

const PREFIX_BYTES = 5;
const STATUS = { ok: 0, resourceExhausted: 8, unimplemented: 12, internal: 13 } as const;

class GrpcError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Answers unary gRPC calls on an HTTP/2 server: all of gRPC that Terraform uses. A call that its peer cancels is
 * aborted.
 *
 * @returns what ends the calls that were held open
 */
export function serveGrpc(server: Http2Server | Http2SecureServer, options: GrpcServerOptions): { release(): void } {
  const held = new Set<ServerHttp2Stream>();
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const path = String(headers[constants.HTTP2_HEADER_PATH]);
    const cancelled = new AbortController();
    stream.on("close", () => cancelled.abort(new Error("the caller cancelled the call or is gone")));
    stream.on("error", () => {}); // "close" follows, and says enough
    if (options.heldOpen?.includes(path)) {
      held.add(stream);
      stream.on("close", () => held.delete(stream));
      stream.resume();
      respond(stream);
      return;
    }
    answer(stream, path, { ...options, signal: cancelled.signal }).catch((error: unknown) => {
      const { status, message } = error instanceof GrpcError ? error : new GrpcError(STATUS.internal, String(error));
      options.onRefused?.(path, message);
      if (stream.destroyed || stream.headersSent) return;
      stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": status,
          "grpc-message": encodeURIComponent(message),
        },
        { endStream: true },
      );
      stream.close(constants.NGHTTP2_NO_ERROR); // whatever of the request is still on its way is not wanted
    });
  });
  return { release: () => held.forEach((stream) => stream.end()) };
}

/** Begins an answer; its end carries the status. */
function respond(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": STATUS.ok }));
}

async function answer(
  stream: ServerHttp2Stream,
  path: string,
  options: GrpcServerOptions & { signal: AbortSignal },
): Promise<void> {
  const { services, maxMessageBytes = 256 << 20, signal } = options;
  const service = (await Promise.all(services)).find(({ paths }) => paths.has(path));
  if (service === undefined) throw new GrpcError(STATUS.unimplemented, `no method ${path}`);
  const request = await receive(stream, maxMessageBytes);
  const response = await service.call(path, request, signal);
  if (stream.destroyed) return;
  respond(stream);
  stream.on("close", () => options.onAnswered?.(path));
  stream.end(frame(response));
}

async function receive(stream: ServerHttp2Stream, maxMessageBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received <= maxMessageBytes + PREFIX_BYTES) chunks.push(chunk);
    else chunks.length = 0; // read on without keeping any: to leave now would break the stream that carries the refusal
  }
  if (received > maxMessageBytes + PREFIX_BYTES)
    throw new GrpcError(STATUS.resourceExhausted, `a message of more than ${maxMessageBytes} bytes`);
  return unframe(Buffer.concat(chunks));
}

/** gRPC's frame: one byte that says whether the message is compressed, four with its length, the message. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/** @throws Error for anything but exactly one whole, uncompressed message */
export function unframe(framed: Buffer): Buffer {
  if (framed.length < PREFIX_BYTES || framed.readUInt32BE(1) !== framed.length - PREFIX_BYTES)
    throw new GrpcError(STATUS.internal, "a frame that is not one whole message");
  if (framed[0] !== 0) throw new GrpcError(STATUS.unimplemented, "compressed messages are not supported");
  return framed.subarray(PREFIX_BYTES);
}
