import { writeSync } from "node:fs";
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
import type { ProviderService } from "./provider-service";

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
  print: (text: string) => void;
};

/**
 * Runs this process as a plugin of Terraform: from the handshake until Terraform asks it to end, or is gone. Takes the
 * process over (standard output, signals, its end): the promise never resolves, the process exits.
 *
 * What is needed for calls only, the provider among it, is loaded once the handshake is out: Terraform connects
 * meanwhile.
 */
export async function servePlugin(load: () => Promise<Provider>, options: ServePluginOptions): Promise<void> {
  const { address, redact, debug = false } = options;
  const print = claimStandardStreams();
  const finished = failWhereUnfinished(address);
  const log = hclog({
    module: address.split("/").at(-1) ?? address,
    write: (line) => standardError().write(line),
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
      const { serveForReattach } = await import("./reattach.js");
      const server = await serveForReattach(await load(), { address, log, ...(redact && { redact }) });
      print(`Provider started. To use it:\n\n\texport TF_REATTACH_PROVIDERS='${server.reattach}'\n\n`);
      await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
      await server.close();
    } else {
      await serveUntilEnd(load, { ...options, log, print });
    }
    finished();
    process.exit(0);
  } catch (error) {
    finished();
    if (!(error instanceof HandshakeError))
      log("error", "the plugin could not start", { stack: (error as Error).stack });
    const { message } = error as Error;
    standardError().write(`${message}\n`);
    // Terraform shows nothing of what a plugin says before the handshake but the line that comes in its place.
    if (isStartedByTerraform(process.env) && !debug) print(`${message.replace(/[|\s]+/g, " ")}\n`);
    process.exit(1);
  }
}

async function serveUntilEnd(
  load: () => Promise<Provider>,
  { log, print, redact, firstConnectionLimitSeconds = 60 }: Serving,
): Promise<void> {
  const { clientCertificate } = readHandshake(process.env);
  // A terminal's Ctrl-C reaches the whole process group; Terraform says by StopProvider what to do about it.
  process.on("SIGINT", () => log("debug", "interrupt left to Terraform"));
  const { certificatePem, certificateDer, privateKeyPem } = selfSignedCertificate({
    commonName: "localhost",
    dnsNames: ["localhost"],
  });
  let begin: () => void = () => {};
  const provider = new Promise<void>((resolve) => (begin = resolve)).then(load);
  const service = provider.then(async (loaded): Promise<ProviderService> => {
    const { providerService } = await import("./provider-service.js");
    return providerService(loaded, { log, ...(redact && { redact }) });
  });
  let end: (why: string) => void = () => {};
  const ended = new Promise<string>((resolve) => (end = resolve));
  // It comes to a whole process group (a cancelled CI job) as to Terraform itself: what is under way is ended in order,
  // and answered.
  process.on("SIGTERM", () => {
    void service.then(async (begun) => {
      begun.stop("terminated");
      await begun.idle();
      end("terminated");
    });
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
    print(handshakeLine({ socketPath, certificateDer }));
    begin();
    await service;
    removeDeadSocketFolders(socketPath);
    log("debug", "ending", { why: await ended });
    await endInOrder({ provider: await provider, service: await service, server, log });
  } finally {
    clearTimeout(nobody);
    await remove();
  }
}

/** What console writes to standard output. */
const PRINTING = "log info debug dir dirxml table count group groupCollapsed timeEnd timeLog".split(" ") as "log"[];

/**
 * Whatever else writes to standard output, a library's greeting say, goes to the log: Terraform reads the first line
 * there. The streams themselves are made when somebody writes: most runs of a plugin end without.
 */
function claimStandardStreams(): (text: string) => void {
  Object.defineProperty(process, "stdout", { get: standardError, configurable: true });
  const { console } = globalThis;
  for (const name of PRINTING) console[name] = console.error;
  return (text) => {
    try {
      writeSync(1, text);
    } catch {
      // Terraform was killed meanwhile, and the pipe with it.
    }
  };
}

let claimed = false;

function standardError(): NodeJS.WriteStream {
  // When Terraform is killed the pipe is broken: what is written then is lost, and no reason to fail.
  if (!claimed) process.stderr.on("error", () => {});
  claimed = true;
  return process.stderr;
}
