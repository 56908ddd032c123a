import { createSecureServer, createServer, type Http2Session } from "node:http2";
import { HTTP2_OPTIONS, serveGrpc } from "./grpc-server";
import type { Log } from "./log";
import type { ProviderService } from "./provider-service";

interface PluginServerOptions {
  socketPath: string;
  log: Log;
  /** Without: no encryption, whoever can open the socket may call. */
  tls?: { certificatePem: string; privateKeyPem: string; clientCertificate: string };
  onConnect?: () => void;
  onShutdown?: () => void;
  /** The last connection closed. */
  onDisconnect?: () => void;
}

export interface PluginServer {
  /** Takes no more calls; resolves when those under way are answered and every connection is closed. */
  close(): Promise<void>;
}

/** Methods of go-plugin's own services; their messages are empty. */
const SHUTDOWN = "/plugin.GRPCController/Shutdown";
const STDIO = "/plugin.GRPCStdio/StreamStdio";

/** A provider on a Unix socket, with what Terraform's launcher of plugins expects beside it. */
export async function pluginServer(
  service: Promise<ProviderService>,
  { socketPath, log, tls, onConnect, onShutdown, onDisconnect }: PluginServerOptions,
): Promise<PluginServer> {
  const server = tls
    ? createSecureServer({
        ...HTTP2_OPTIONS,
        cert: tls.certificatePem,
        key: tls.privateKeyPem,
        ca: tls.clientCertificate,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: "TLSv1.2",
      })
    : createServer(HTTP2_OPTIONS);
  const controller = { paths: new Set([SHUTDOWN]), call: async () => new Uint8Array() };
  // gRPC's client in Go closes a connection that had no call under way for half an hour, as may well happen while
  // Terraform waits for other providers. The stream that it opens for the plugin's output, left open, keeps it in use,
  // so that a connection that does close means that Terraform is gone.
  const calls = serveGrpc(server, {
    services: [service, controller],
    heldOpen: [STDIO],
    onRefused: (path, why) => log("debug", "call refused", { path, why }),
    onAnswered: (path) => path === SHUTDOWN && onShutdown?.(),
  });

  const sessions = new Set<Http2Session>();
  server.on("session", (session: Http2Session) => {
    sessions.add(session);
    onConnect?.();
    session.on("error", (error) => log("debug", "connection failed", { why: error.message }));
    session.on("close", () => {
      sessions.delete(session);
      if (sessions.size === 0) onDisconnect?.();
    });
  });
  server.on("tlsClientError", (error: Error) =>
    log("warn", "a peer without Terraform's certificate was refused", { why: error.message }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        calls.release();
        for (const session of sessions) session.close(); // once what is under way is answered and sent
      }),
  };
}
