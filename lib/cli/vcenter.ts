import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { printable } from "../printable";
import { VERSION } from "../version";
import { VimClient } from "../vim/session/client";
import { VimConnectionError, type ConnectionErrorKind } from "../vim/wire/connection-error";
import { VimFault } from "../vim/wire/fault";
import { parseServerAddress, quoteServerAddress } from "../server-address";
import { UsageError, type CommandContext } from "./command";

const DEFAULT_API_TIMEOUT_MINUTES = 5;

/** Said in the help of every command that asks a vCenter. */
export const ENVIRONMENT_NOTES = [
  "Which vCenter is asked, and as whom, is told by the provider's environment variables: VSPHERE_SERVER, VSPHERE_USER,",
  "VSPHERE_PASSWORD, VSPHERE_CA_FILE, VSPHERE_ALLOW_UNVERIFIED_SSL, VSPHERE_API_TIMEOUT (minutes).",
];

/**
 * Nothing came of it, for a reason that the person can do something about. Its message is printable, whatever the
 * server said.
 */
export class VcenterError extends Error {
  override name = "VcenterError";

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/**
 * Does some work with the vCenter that the environment names, and logs out.
 *
 * @throws UsageError where the environment names none, VcenterError where it doesn't answer or refuses
 */
export async function withVcenter<T>(
  { environment, stderr, signal }: CommandContext,
  work: (client: VimClient) => Promise<T>,
): Promise<T> {
  const client = new VimClient({ ...configurationFrom(environment), userAgent: `vsphere-hotplug/${VERSION}` });
  if (isTrue(environment["VSPHERE_ALLOW_UNVERIFIED_SSL"]))
    stderr.write("Warning: vCenter's certificate is not verified (VSPHERE_ALLOW_UNVERIFIED_SSL).\n");
  // Many requests under way listen to it at the same time; node takes more than ten for a leak.
  setMaxListeners(0, signal);
  try {
    return await work(client);
  } catch (error) {
    throw explained(error);
  } finally {
    await client.close();
  }
}

function configurationFrom(
  environment: CommandContext["environment"],
): Omit<ConstructorParameters<typeof VimClient>[0], "userAgent"> {
  const required = (name: string): string => {
    const value = environment[name];
    if (!value)
      throw new UsageError(`${name} is not set: the environment has to name the vCenter, the user and the password.`);
    return value;
  };
  const minutes = Number(environment["VSPHERE_API_TIMEOUT"] || DEFAULT_API_TIMEOUT_MINUTES);
  if (!(minutes > 0 && Number.isFinite(minutes)))
    throw new UsageError("VSPHERE_API_TIMEOUT is not a positive number of minutes.");
  const caFile = environment["VSPHERE_CA_FILE"];
  return {
    server: serverFrom(required("VSPHERE_SERVER")),
    user: required("VSPHERE_USER"),
    password: required("VSPHERE_PASSWORD"),
    allowUnverifiedSsl: isTrue(environment["VSPHERE_ALLOW_UNVERIFIED_SSL"]),
    ...(caFile && { ca: readCertificates(caFile) }),
    apiTimeoutSeconds: minutes * 60,
  };
}

function serverFrom(server: string): string {
  try {
    parseServerAddress(server);
    return server;
  } catch (error) {
    throw new UsageError(
      `VSPHERE_SERVER is ${quoteServerAddress(server)}; it is a host or host:port, without https://, a user or a path.`,
      { cause: error },
    );
  }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`VSPHERE_CA_FILE can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function isTrue(text: string | undefined): boolean {
  if (text === undefined || /^(|false|0|f)$/i.test(text)) return false;
  if (/^(true|1|t)$/i.test(text)) return true;
  throw new UsageError("VSPHERE_ALLOW_UNVERIFIED_SSL is neither true nor false.");
}

const REMEDIES: Partial<Record<ConnectionErrorKind, string>> = {
  unreachable: "Check VSPHERE_SERVER, and the network between here and there.",
  untrusted_certificate: "Give the certificate of its authority with VSPHERE_CA_FILE.",
  wrong_host_name: "Use the name that is in the certificate as VSPHERE_SERVER.",
  bad_answer: "Check that VSPHERE_SERVER is a vCenter, and not a proxy or another service.",
};

function explained(error: unknown): unknown {
  if (error instanceof VimConnectionError)
    return new VcenterError([error.message, REMEDIES[error.kind]].filter(Boolean).join(" "), { cause: error });
  if (error instanceof VimFault) return new VcenterError(explainFault(error), { cause: error });
  return error;
}

function explainFault(fault: VimFault): string {
  if (fault.is("InvalidLogin"))
    return "vCenter refused the user or the password. Check VSPHERE_USER and VSPHERE_PASSWORD.";
  if (fault.privilegeId === undefined) return `vCenter answered ${fault.type}: ${fault.message}`;
  return (
    `The account lacks the privilege ${fault.privilegeId} on ` +
    `${fault.object ? `${fault.object.type} ${fault.object.value}` : "an object that vCenter doesn't name"}.`
  );
}
