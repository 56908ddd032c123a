import { readFileSync } from "node:fs";
import type { Environment } from "../environment";
import { errorDiagnostic, hasError, warningDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import { containsUnknown, isUnknown, type ObjectValue } from "../tfplugin6/value";
import { quoteServerAddress } from "../server-address";

/** What the provider needs to talk to a vCenter. */
export interface Configuration {
  server: string;
  user: string;
  password: string;
  allowUnverifiedSsl: boolean;
  /** PEM bundle. */
  ca?: string;
  apiTimeoutSeconds: number;
}

const ENVIRONMENT = {
  vsphere_server: "VSPHERE_SERVER",
  user: "VSPHERE_USER",
  password: "VSPHERE_PASSWORD",
  allow_unverified_ssl: "VSPHERE_ALLOW_UNVERIFIED_SSL",
  ca_file: "VSPHERE_CA_FILE",
  api_timeout: "VSPHERE_API_TIMEOUT",
} as const;

type Argument = keyof typeof ENVIRONMENT;

const REQUIRED = ["vsphere_server", "user", "password"] as const;

const DEFAULT_API_TIMEOUT_MINUTES = 5;

/**
 * The configuration of the provider block, completed from the environment. `configuration` is undefined where something
 * is wrong, which the diagnostics then say, or not known yet, as in a plan whose vCenter another resource still makes.
 */
export function readConfiguration(
  config: ObjectValue,
  environment: Environment,
): { configuration?: Configuration; diagnostics: Diagnostic[] } {
  if (containsUnknown(config)) return { diagnostics: [] };
  const given = (argument: Argument): string | undefined => {
    const value = config[argument] ?? environment[ENVIRONMENT[argument]];
    return value === undefined || value === "" ? undefined : String(value);
  };
  const [server, user, password] = REQUIRED.map(given);
  const ca = readCertificates(given("ca_file"));
  const diagnostics = [
    ...REQUIRED.filter((argument) => given(argument) === undefined).map((argument) =>
      errorDiagnostic(
        `${argument} is not set`,
        `Set ${argument} in the provider block, or ${ENVIRONMENT[argument]} in the environment.`,
        [argument],
      ),
    ),
    ...checkArguments(given),
    ...(typeof ca === "object" ? [ca] : []),
  ];
  if (hasError(diagnostics)) return { diagnostics };
  return {
    configuration: {
      server: server!,
      user: user!,
      password: password!,
      allowUnverifiedSsl: booleanOf(given("allow_unverified_ssl"))!,
      ...(typeof ca === "string" && { ca }),
      apiTimeoutSeconds: Number(given("api_timeout") ?? DEFAULT_API_TIMEOUT_MINUTES) * 60,
    },
    diagnostics,
  };
}

/** What is wrong with the provider block by itself; what is unknown is not judged. */
export function validateConfiguration(config: ObjectValue): Diagnostic[] {
  const given = (argument: Argument): string | undefined => {
    const value = config[argument];
    return value === null || value === undefined || isUnknown(value) ? undefined : String(value);
  };
  return checkArguments(given).filter(({ severity }) => severity === "error");
}

function checkArguments(given: (argument: Argument) => string | undefined): Diagnostic[] {
  const [server, minutes, allow] = [
    given("vsphere_server"),
    given("api_timeout"),
    booleanOf(given("allow_unverified_ssl")),
  ];
  const diagnostics: Diagnostic[] = [];
  if (server !== undefined && !isServer(server)) {
    diagnostics.push(
      errorDiagnostic(
        `vsphere_server is not a host or host:port: ${quoteServerAddress(server)}`,
        'Write it like "vcenter.example.com" or "vcenter.example.com:8443", without a scheme, a user or a path.',
        ["vsphere_server"],
      ),
    );
  }
  if (minutes !== undefined && !(Number(minutes) > 0 && Number.isFinite(Number(minutes)))) {
    diagnostics.push(
      errorDiagnostic("api_timeout is not a positive number of minutes", `It is ${minutes}.`, ["api_timeout"]),
    );
  }
  if (allow === undefined) {
    diagnostics.push(
      errorDiagnostic(
        "allow_unverified_ssl is neither true nor false",
        `It, or ${ENVIRONMENT.allow_unverified_ssl}, takes true or false.`,
        ["allow_unverified_ssl"],
      ),
    );
  } else if (allow) {
    diagnostics.push(
      warningDiagnostic(
        "vCenter's certificate is not verified",
        "allow_unverified_ssl is set: whoever stands between here and vCenter can read the password and answer " +
          "in its place. Trust its certificate with ca_file instead.",
        ["allow_unverified_ssl"],
      ),
    );
  }
  return diagnostics;
}

function isServer(text: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  return port !== null && (port[1] === undefined || (Number(port[1]) >= 1 && Number(port[1]) <= 65535));
}

function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined || /^(false|0|f)$/i.test(text)) return false;
  return /^(true|1|t)$/i.test(text) ? true : undefined;
}

function readCertificates(file: string | undefined): string | Diagnostic | undefined {
  if (file === undefined) return undefined;
  try {
    const pem = readFileSync(file, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
    return errorDiagnostic(
      `ca_file holds no certificate: ${file}`,
      "It has to be a PEM bundle: blocks that begin with -----BEGIN CERTIFICATE-----.",
      ["ca_file"],
    );
  } catch (error) {
    return errorDiagnostic(`ca_file can't be read: ${file}`, `${(error as Error).message}.`, ["ca_file"]);
  }
}
