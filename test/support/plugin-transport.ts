import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { connect, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import { frame, unframe } from "../../lib/tfplugin6/grpc-server";
import type { Provider } from "../../lib/tfplugin6/provider";
import { providerService, type ProviderServiceOptions } from "../../lib/tfplugin6/provider-service";
import { selfSignedCertificate, type SelfSignedCertificate } from "../../lib/x509/self-signed";

/** A provider that can be called, wherever it runs: bytes of a request in, bytes of a response out. */
export interface PluginTransport {
  call(path: string, request: Uint8Array, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function inProcessTransport(provider: Provider, options: ProviderServiceOptions = {}): PluginTransport {
  const service = providerService(provider, options);
  return {
    call: (path, request, { signal } = {}) => service.call(path, request, signal),
    close: async () => {
      service.stop("the client closed");
      await service.idle();
      await provider.close?.();
    },
  };
}

export const PLUGIN_ENVIRONMENT = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
};

export interface PluginProcess extends PluginTransport {
  pid: number;
  socketPath: string;
  /** By `performance.now()`. */
  startedAt: number;
  handshakeMs: number;
  /** What it wrote to standard error so far, and after the handshake to standard output. */
  output(): { stderr: string; stdout: string };
  /** A connection of the caller's own choosing, to see who is let in. */
  connect(client?: Pick<SelfSignedCertificate, "certificatePem" | "privateKeyPem">): Promise<ClientHttp2Session>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Starts an executable as Terraform does: cookie, certificate, handshake, one encrypted connection on its socket. Ours
 * speaks protocol 6; of another's, 5, only the handshake is read.
 */
export async function startPlugin(
  command: string,
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
  spoken: "5" | "6" = "6",
): Promise<PluginProcess> {
  const own = selfSignedCertificate({ commonName: "client", dnsNames: ["localhost"] });
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...PLUGIN_ENVIRONMENT, PLUGIN_CLIENT_CERT: own.certificatePem, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  const exited = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  await Promise.race([once(child.stdout, "data"), exited]);
  const handshakeMs = performance.now() - startedAt;
  const [core, protocol, network, socketPath = "", transport, certificate = ""] = output.stdout
    .split("\n")[0]!
    .split("|");
  if ([core, protocol, network, transport].join() !== `1,${spoken},unix,grpc`) {
    child.kill("SIGKILL");
    throw new Error(`no handshake but ${JSON.stringify(output)}`);
  }
  output.stdout = output.stdout.slice(output.stdout.indexOf("\n") + 1);
  const ca = new X509Certificate(Buffer.from(certificate, "base64")).toString();
  const open = async (
    client?: Pick<SelfSignedCertificate, "certificatePem" | "privateKeyPem">,
  ): Promise<ClientHttp2Session> => {
    const session = connect("https://localhost", {
      createConnection: () =>
        connectTls({
          socket: createConnection(socketPath),
          ca,
          servername: "localhost",
          ALPNProtocols: ["h2"],
          ...(client && { cert: client.certificatePem, key: client.privateKeyPem }),
        }),
    });
    await once(session, "connect");
    session.on("error", () => {}); // a call under way fails with it; without one nobody minds
    return session;
  };
  const session = await open(own);
  return {
    pid: child.pid!,
    socketPath,
    startedAt,
    handshakeMs,
    output: () => output,
    connect: open,
    exited,
    call: (path, request, { signal } = {}) => unaryCall(session, { path, request, signal }),
    close: async () => {
      await unaryCall(session, { path: "/plugin.GRPCController/Shutdown", request: new Uint8Array() });
      session.close();
      const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** @throws Error with the gRPC status in `code` when it isn't 0 */
export async function unaryCall(
  session: ClientHttp2Session,
  { path, request, signal }: { path: string; request: Uint8Array; signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const stream = session.request(
    { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" },
    { ...(signal && { signal }) },
  );
  const chunks: Buffer[] = [];
  let status: Record<string, unknown> = {};
  stream.on("response", (headers) => (status = { ...status, ...headers }));
  stream.on("trailers", (headers) => (status = { ...status, ...headers }));
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.end(frame(request));
  await once(stream, "close");
  if (signal?.aborted) throw signal.reason as Error;
  if (status["grpc-status"] === undefined) throw new Error(`${path}: the stream closed without a status`);
  if (Number(status["grpc-status"]) !== 0)
    throw Object.assign(new Error(`${path}: ${decodeURIComponent(String(status["grpc-message"]))}`), {
      code: Number(status["grpc-status"]),
    });
  return unframe(Buffer.concat(chunks));
}
