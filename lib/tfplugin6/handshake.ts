import { X509Certificate } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ownMark, removeLeftovers } from "../living-process";

const MAGIC_COOKIE = {
  name: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
};
const PROTOCOL_VERSION = "6";

/** The process can't serve whoever started it; the message is for that person. */
export class HandshakeError extends Error {}

/** Whether Terraform or OpenTofu started this process, and not a person. */
export function isStartedByTerraform(environment: NodeJS.ProcessEnv): boolean {
  return environment[MAGIC_COOKIE.name] === MAGIC_COOKIE.value;
}

/**
 * What Terraform says to the plugin it starts, through the environment.
 *
 * @returns the one certificate, as PEM, that may talk to this process
 * @throws HandshakeError when it was not Terraform, or one that speaks another protocol, or one that can't be told from
 * others
 */
export function readHandshake(environment: NodeJS.ProcessEnv): { clientCertificate: string } {
  if (!isStartedByTerraform(environment)) {
    throw new HandshakeError(
      "This program is a provider for Terraform and OpenTofu: they start it when a configuration asks for it, " +
        "it does nothing when run by hand.",
    );
  }
  const versions = environment["PLUGIN_PROTOCOL_VERSIONS"]?.split(",").map((version) => version.trim());
  if (versions && !versions.includes(PROTOCOL_VERSION)) {
    throw new HandshakeError(
      `This provider speaks plugin protocol ${PROTOCOL_VERSION} (Terraform 1.0 or later, any OpenTofu); asked ` +
        `for was ${versions.join(", ")}.`,
    );
  }
  const clientCertificate = environment["PLUGIN_CLIENT_CERT"];
  if (!clientCertificate) {
    throw new HandshakeError(
      "This provider talks only to a Terraform that shows a certificate, and PLUGIN_CLIENT_CERT holds none. Is " +
        "TF_DISABLE_PLUGIN_TLS set? Unset it.",
    );
  }
  try {
    new X509Certificate(clientCertificate);
  } catch (error) {
    throw new HandshakeError("PLUGIN_CLIENT_CERT holds no certificate that can be read.", { cause: error });
  }
  return { clientCertificate };
}

/** The one line on standard output by which Terraform finds the plugin. Base64 without padding, as Go reads it. */
export function handshakeLine({ socketPath, certificateDer }: { socketPath: string; certificateDer: Buffer }): string {
  return `1|${PROTOCOL_VERSION}|unix|${socketPath}|grpc|${certificateDer.toString("base64").replace(/=+$/, "")}\n`;
}

/** A socket's path has to fit into 104 bytes on macOS and 108 on Linux, the zero at its end included. */
const MAX_SOCKET_PATH_BYTES = 103;

const FOLDER_PREFIX = "plugin-";

interface SocketFolder<Opened> {
  opened: Opened;
  socketPath: string;
  remove(): Promise<void>;
}

/**
 * Opens a socket inside a new folder that only this user can enter: where Terraform or TMPDIR says or, if none can be
 * opened there, in /tmp.
 *
 * @throws HandshakeError that says what stands against each place
 */
export async function openInSocketFolder<Opened>(
  environment: NodeJS.ProcessEnv,
  open: (socketPath: string) => Promise<Opened>,
  lastPlace = "/tmp",
): Promise<SocketFolder<Opened>> {
  const { PLUGIN_UNIX_SOCKET_DIR, TMPDIR } = environment;
  const places = new Set([PLUGIN_UNIX_SOCKET_DIR, TMPDIR, lastPlace].filter((place) => place));
  const refusals: string[] = [];
  for (const place of places as Set<string>) {
    let folder: string | undefined;
    try {
      const wanted = join(resolve(place), FOLDER_PREFIX + ownMark());
      const length = Buffer.byteLength(wanted) + "-XXXXXX/socket".length;
      if (length > MAX_SOCKET_PATH_BYTES) throw new Error(`the socket's path would have ${length} bytes`);
      folder = await mkdtemp(`${wanted}-`);
      await chmod(folder, 0o700); // whatever the umask is
      const socketPath = join(folder, "socket");
      return { opened: await open(socketPath), socketPath, remove: () => removeFolder(folder!) };
    } catch (error) {
      refusals.push(`${JSON.stringify(place)} (${(error as Error).message})`);
      if (folder) await removeFolder(folder);
    }
  }
  throw new HandshakeError(
    `There is no place for this provider's socket: ${refusals.join(", ")}. Set TMPDIR to a folder that can be ` +
      `written and whose path is no longer than ${MAX_SOCKET_PATH_BYTES - 39} bytes.`,
  );
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Takes away the folders beside this one whose processes were killed. */
export function removeDeadSocketFolders(socketPath: string): void {
  removeLeftovers(dirname(dirname(socketPath)), FOLDER_PREFIX);
}
