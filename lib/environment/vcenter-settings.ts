import { X509Certificate } from "node:crypto";
import type { Environment } from "./environment";
import { proxyFor, type Proxy } from "./proxy";
import { isServerAddress, parseServerAddress } from "./server-address";
import { readTextFile } from "./text-file";

/** What it takes to talk to a vCenter. */
export interface VcenterSettings {
  server: string;
  user: string;
  password: string;
  allowUnverifiedSsl: boolean;
  /** PEM bundle. */
  ca?: string;
  apiTimeoutSeconds: number;
  /** What the environment says that the server is reached through. */
  proxy?: Proxy;
}

/** The provider's arguments, each with the environment variable that stands in for it: all that the command knows. */
export const VARIABLES = {
  vsphere_server: "VSPHERE_SERVER",
  user: "VSPHERE_USER",
  password: "VSPHERE_PASSWORD",
  allow_unverified_ssl: "VSPHERE_ALLOW_UNVERIFIED_SSL",
  ca_file: "VSPHERE_CA_FILE",
  api_timeout: "VSPHERE_API_TIMEOUT",
} as const;

export type Argument = keyof typeof VARIABLES;

/** What was given for an argument; undefined where nothing was. */
type Given = (argument: Argument) => string | undefined;

/**
 * What is wrong with an argument, or (`WARNINGS`) to be warned of. `value`: what was given; `reason`: the system's.
 */
export interface SettingsProblem {
  argument: Argument;
  kind:
    | "not set"
    | "no address"
    | "no minutes"
    | "no boolean"
    | "unreadable"
    | "no certificate"
    | "unverified"
    | "line break"
    | "no proxy";
  value?: string;
  reason?: string;
}

/** Kinds that nothing stands against. */
export const WARNINGS: readonly SettingsProblem["kind"][] = ["unverified", "line break"];

const REQUIRED = ["vsphere_server", "user", "password"] as const;
const DEFAULT_API_TIMEOUT_MINUTES = 5;

/** The settings, where nothing stands against them, and what is to be said of what was given. */
export function readVcenterSettings(
  given: Given,
  environment: Environment,
): { settings?: VcenterSettings; problems: SettingsProblem[] } {
  const [server, user, password] = REQUIRED.map(given);
  const { ca, problem } = readCertificates(given("ca_file"));
  const address = server !== undefined && isServerAddress(server) ? parseServerAddress(server) : undefined;
  const { proxy, problem: noProxy } = address ? proxyFor(address, environment) : {};
  const problems: SettingsProblem[] = [
    ...REQUIRED.filter((argument) => given(argument) === undefined).map((argument) => ({
      argument,
      kind: "not set" as const,
    })),
    ...checkArguments(given),
    ...(problem ? [problem] : []),
    ...(noProxy
      ? [
          {
            argument: "vsphere_server" as const,
            kind: "no proxy" as const,
            value: noProxy.variable,
            reason: noProxy.reason,
          },
        ]
      : []),
    ...(/[\r\n]$/.test(password ?? "") ? [{ argument: "password" as const, kind: "line break" as const }] : []),
  ];
  if (problems.some(({ kind }) => !WARNINGS.includes(kind))) return { problems };
  return {
    settings: {
      server: server!,
      user: user!,
      password: password!,
      allowUnverifiedSsl: booleanOf(given("allow_unverified_ssl"))!,
      ...(ca !== undefined && { ca }),
      ...(proxy && { proxy }),
      apiTimeoutSeconds: Number(given("api_timeout") ?? DEFAULT_API_TIMEOUT_MINUTES) * 60,
    },
    problems,
  };
}

/** What can be said of the arguments without asking for those that are missing, or for a file. */
export function checkArguments(given: Given): SettingsProblem[] {
  const [server, minutes, verified] = [given("vsphere_server"), given("api_timeout"), given("allow_unverified_ssl")];
  const allows = booleanOf(verified);
  const problems: SettingsProblem[] = [];
  if (server !== undefined && !isServerAddress(server)) {
    problems.push({ argument: "vsphere_server", kind: "no address", value: server });
  }
  if (minutes !== undefined && !(Number(minutes) > 0 && Number.isFinite(Number(minutes)))) {
    problems.push({ argument: "api_timeout", kind: "no minutes", value: minutes });
  }
  if (allows !== false) {
    problems.push({ argument: "allow_unverified_ssl", kind: allows === undefined ? "no boolean" : "unverified" });
  }
  return problems;
}

function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined || /^(false|0|f)$/i.test(text)) return false;
  return /^(true|1|t)$/i.test(text) ? true : undefined;
}

function readCertificates(file: string | undefined): { ca?: string; problem?: SettingsProblem } {
  if (file === undefined) return {};
  try {
    const ca = readTextFile(file);
    const blocks = ca.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length > 0 && blocks.every(isCertificate)) return { ca };
    return { problem: { argument: "ca_file", kind: "no certificate", value: file } };
  } catch (error) {
    return { problem: { argument: "ca_file", kind: "unreadable", value: file, reason: (error as Error).message } };
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
