import { Console } from "node:console";
import { failWhereUnfinished } from "../unfinished-work";
import { selfSignedCertificate } from "../x509/self-signed";
import { endInOrder } from "./ending";
import {
  HandshakeError,
  handshakeLine,
  isStartedByTerraform,
  openInSocketFolder,
  readHandshake,
  removeDeadSocketFolders,
} from "./handshake";
import { hclog, logLevel, type Log } from "./log";
import { pluginServer } from "./plugin-server";
import type { Provider } from "./provider";
import { providerService } from "./provider-service";
import { serveForReattach } from "./reattach";

interface ServePluginOptions {
  /** The provider's source address, such as `registry.terraform.io/vsphere-hotplug/hotplug`. */
  address: string;
  /** Takes secrets out of every text that is logged or shown. */
  redact?: (text: string) => string;
  /**
   * Stay, started by hand, and print the variable that makes Terraform use this process, until interrupted.
   * @default false
   */
  debug?: boolean;
  /**
   * How long to wait for Terraform's connection before it is taken for gone. @default 60, as long as Terraform waits
   */
  firstConnectionLimitSeconds?: number;
}

type Serving = Pick<ServePluginOptions, "redact" | "firstConnectionLimitSeconds"> & {
  log: Log;
  print: (text: string) => Promise<void>;
};

/**
 * Runs this process as a plugin of Terraform: from the handshake until Terraform asks it to end, or is gone. Takes the
 * process over (standard output, signals, its end): the promise never resolves, the process exits.
 */
export async function servePlugin(provider: Provider, options: ServePluginOptions): Promise<void> {
  const { address, redact, debug = false } = options;
  const print = claimStandardStreams();
  const finished = failWhereUnfinished(address);
  const log = hclog({
    module: address.split("/").at(-1) ?? address,
    write: (line) => process.stderr.write(line),
    level: logLevel(process.env),
    ...(redact && { redact }),
  });
  // A plugin that falls over leaves Terraform with nothing to say; every call has its own boundary and limits.
  process.on("uncaughtException", (error) => log("error", "uncaught exception", { stack: error.stack }));
  process.on("unhandledRejection", (reason) =>
    log("error", "unhandled rejection", { stack: reason instanceof Error ? reason.stack : String(reason) }),
  );
  try {
    if (debug) {
      const server = await serveForReattach(provider, { address, log, ...(redact && { redact }) });
      await print(`Provider started. To use it:\n\n\texport TF_REATTACH_PROVIDERS='${server.reattach}'\n\n`);
      await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
      await server.close();
    } else {
      await serveUntilEnd(provider, { ...options, log, print });
    }
    finished();
    process.exit(0);
  } catch (error) {
    finished();
    if (!(error instanceof HandshakeError))
      log("error", "the plugin could not start", { stack: (error as Error).stack });
    const { message } = error as Error;
    process.stderr.write(`${message}\n`);
    // Terraform shows nothing of what a plugin says before the handshake but the line that comes in its place.
    if (isStartedByTerraform(process.env) && !debug) await print(`${message.replace(/[|\s]+/g, " ")}\n`);
    process.exit(1);
  }
}

async function serveUntilEnd(
  provider: Provider,
  { log, print, redact, firstConnectionLimitSeconds = 60 }: Serving,
): Promise<void> {
  const { clientCertificate } = readHandshake(process.env);
  // A terminal's Ctrl-C reaches the whole process group; Terraform says by StopProvider what to do about it.
  process.on("SIGINT", () => log("debug", "interrupt left to Terraform"));
  const { certificatePem, certificateDer, privateKeyPem } = selfSignedCertificate({
    commonName: "localhost",
    dnsNames: ["localhost"],
  });
  const service = providerService(provider, { log, ...(redact && { redact }) });
  let end: (why: string) => void = () => {};
  const ended = new Promise<string>((resolve) => (end = resolve));
  // It comes to a whole process group (a cancelled CI job) as to Terraform itself: what is under way is ended in order,
  // and answered.
  process.on("SIGTERM", () => {
    service.stop("terminated");
    void service.idle().then(() => end("terminated"));
  });
  const tls = { certificatePem, privateKeyPem, clientCertificate };
  const nobody = setTimeout(() => end("Terraform never connected"), firstConnectionLimitSeconds * 1000);
  const {
    opened: server,
    socketPath,
    remove,
  } = await openInSocketFolder(process.env, (path) =>
    pluginServer(service, {
      socketPath: path,
      log,
      tls,
      onConnect: () => clearTimeout(nobody),
      onShutdown: () => end("asked to"),
      onDisconnect: () => end("Terraform is gone"),
    }),
  );
  try {
    await print(handshakeLine({ socketPath, certificateDer }));
    removeDeadSocketFolders(socketPath);
    log("debug", "ending", { why: await ended });
    await endInOrder({ provider, service, server, log });
  } finally {
    clearTimeout(nobody);
    await remove();
  }
}

/**
 * Whatever else writes to standard output, a library's greeting say, goes to the log: Terraform reads the first line
 * there.
 */
function claimStandardStreams(): (text: string) => Promise<void> {
  // When Terraform is killed both pipes are broken: what is written then is lost, and no reason to fail.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  globalThis.console = new Console(process.stderr);
  return (text) => new Promise((resolve) => write(text, () => resolve()));
}
