import { endInOrder } from "./ending";
import { openInSocketFolder } from "./handshake";
import type { Log } from "./log";
import { pluginServer } from "./plugin-server";
import type { Provider } from "./provider";
import { providerService } from "./provider-service";

export interface ReattachServer {
  /** The value of TF_REATTACH_PROVIDERS. */
  reattach: string;
  close(): Promise<void>;
}

/**
 * A provider that stays while many Terraform commands use it, for tests and debuggers. Not encrypted: the socket lies
 * in a folder that only this user can enter.
 */
export async function serveForReattach(
  provider: Provider,
  { address, redact, log = () => {} }: { address: string; redact?: (text: string) => string; log?: Log },
): Promise<ReattachServer> {
  const service = providerService(provider, { log, ...(redact && { redact }) });
  const {
    opened: server,
    socketPath,
    remove,
  } = await openInSocketFolder(process.env, (path) =>
    pluginServer(Promise.resolve(service), { socketPath: path, log }),
  );
  // `Test` tells Terraform that the process is not its own to end.
  const reattach = {
    [address]: {
      Protocol: "grpc",
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true,
      Addr: { Network: "unix", String: socketPath },
    },
  };
  return {
    reattach: JSON.stringify(reattach),
    async close() {
      await endInOrder({ provider, service, server, log });
      await remove();
    },
  };
}
