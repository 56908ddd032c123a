import { X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAGIC_COOKIE = {
  name: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
};
const PROTOCOL_VERSION = "6";

/** The process can't serve whoever started it; the message is for that person. */
export class HandshakeError extends Error {}

/**
 * What Terraform says to the plugin it starts, through the environment.
 *
 * @returns the one certificate, as PEM, that may talk to this process
 * @throws HandshakeError when it was not Terraform, or one that speaks another protocol, or one that can't be told from
 * others
 */
export function readHandshake(environment: NodeJS.ProcessEnv): { clientCertificate: string } {
  if (environment[MAGIC_COOKIE.name] !== MAGIC_COOKIE.value) {
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

/** A path for a socket inside a new folder that only this user can enter. */
export async function socketFolder(
  environment: NodeJS.ProcessEnv,
): Promise<{ socketPath: string; remove(): Promise<void> }> {
  const wanted = join(environment["PLUGIN_UNIX_SOCKET_DIR"] || tmpdir(), "plugin-");
  const fits = Buffer.byteLength(wanted) + "XXXXXX/socket".length <= MAX_SOCKET_PATH_BYTES;
  const folder = await mkdtemp(fits ? wanted : "/tmp/plugin-");
  return { socketPath: join(folder, "socket"), remove: () => rm(folder, { recursive: true, force: true }) };
}
