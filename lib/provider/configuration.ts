import { readFileSync } from "node:fs";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import { containsUnknown, isUnknown, type ObjectValue, type Value } from "../tfplugin6/value";

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

const DEFAULT_API_TIMEOUT_MINUTES = 5;

/** The part of an environment that the provider reads. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration of the provider block, completed from the environment. `configuration` is undefined where something
 * is wrong, which the diagnostics then say, or not known yet, as in a plan whose vCenter another resource still makes.
 */
export function readConfiguration(config: ObjectValue, environment: Environment): { configuration?: Configuration; diagnostics: Diagnostic[] } {
  if (containsUnknown(config)) return { diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const fail = (argument: Argument, summary: string, detail: string): undefined => {
    diagnostics.push(errorDiagnostic(summary, detail, [argument]));
    return undefined;
  };
  const given = (argument: Argument): string | undefined => {
    const value = config[argument] ?? environment[ENVIRONMENT[argument]];
    return value === undefined || value === "" ? undefined : String(value);
  };
  const required = (argument: Argument): string | undefined =>
    given(argument) ?? fail(argument, `${argument} is not set`, `Set ${argument} in the provider block, or ${ENVIRONMENT[argument]} in the environment.`);

  const server = required("vsphere_server");
  if (server !== undefined && !isServer(server)) {
    fail("vsphere_server", `vsphere_server is not a host or host:port: ${JSON.stringify(server)}`, 'Write it like "vcenter.example.com" or "vcenter.example.com:8443", without a scheme, a user or a path.');
  }
  const user = required("user");
  const password = required("password");
  const allowUnverifiedSsl = booleanOf(given("allow_unverified_ssl"));
  if (allowUnverifiedSsl === undefined) fail("allow_unverified_ssl", "allow_unverified_ssl is neither true nor false", `${ENVIRONMENT.allow_unverified_ssl} takes true or false.`);
  if (allowUnverifiedSsl) {
    diagnostics.push(
      warningDiagnostic(
        "vCenter's certificate is not verified",
        "allow_unverified_ssl is set: whoever stands between here and vCenter can read the password and answer in its place. Trust its certificate with ca_file instead.",
        ["allow_unverified_ssl"],
      ),
    );
  }
  const minutes = Number(given("api_timeout") ?? DEFAULT_API_TIMEOUT_MINUTES);
  if (!(minutes > 0)) fail("api_timeout", "api_timeout is not a positive number of minutes", `It is ${given("api_timeout")}.`);
  const ca = readCertificates(given("ca_file"), fail);

  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  return {
    configuration: { server: server!, user: user!, password: password!, allowUnverifiedSsl: allowUnverifiedSsl!, ...(ca !== undefined && { ca }), apiTimeoutSeconds: minutes * 60 },
    diagnostics,
  };
}

/** What can be said of the provider block before anything else is known. */
export function validateConfiguration(config: ObjectValue): Diagnostic[] {
  const known = (value: Value | undefined): value is string | number => value !== null && value !== undefined && !isUnknown(value);
  const { vsphere_server: server, api_timeout: minutes } = config;
  const diagnostics: Diagnostic[] = [];
  if (known(server) && !isServer(String(server))) {
    diagnostics.push(errorDiagnostic(`vsphere_server is not a host or host:port: ${JSON.stringify(server)}`, 'Write it like "vcenter.example.com" or "vcenter.example.com:8443", without a scheme, a user or a path.', ["vsphere_server"]));
  }
  if (known(minutes) && !(Number(minutes) > 0)) {
    diagnostics.push(errorDiagnostic("api_timeout is not a positive number of minutes", `It is ${String(minutes)}.`, ["api_timeout"]));
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

function readCertificates(file: string | undefined, fail: (argument: Argument, summary: string, detail: string) => undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const pem = readFileSync(file, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
    return fail("ca_file", `ca_file holds no certificate: ${file}`, "It has to be a PEM bundle: blocks that begin with -----BEGIN CERTIFICATE-----.");
  } catch (error) {
    return fail("ca_file", `ca_file can't be read: ${file}`, `${(error as Error).message}.`);
  }
}
