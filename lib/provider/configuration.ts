import type { Environment } from "../environment/environment";
import { quoteServerAddress } from "../environment/server-address";
import {
  checkArguments,
  readVcenterSettings,
  VARIABLES,
  type Argument,
  type SettingsProblem,
  type VcenterSettings,
} from "../environment/vcenter-settings";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import { containsUnknown, type ObjectValue } from "../tfplugin6/value";
import { isSet } from "./attributes/values";

/**
 * The configuration of the provider block, completed from the environment. `settings` are undefined where something is
 * wrong, which the diagnostics then say, or not known yet, as in a plan whose vCenter another resource still makes.
 */
export function readConfiguration(
  config: ObjectValue,
  environment: Environment,
): { settings?: VcenterSettings; diagnostics: Diagnostic[] } {
  if (containsUnknown(config)) return { diagnostics: [] };
  const { problems, ...read } = readVcenterSettings((argument) => {
    const value = config[argument] ?? environment[VARIABLES[argument]];
    return value === undefined || value === "" ? undefined : String(value);
  }, environment);
  return { ...read, diagnostics: problems.map(describe) };
}

/** What is wrong with the provider block by itself; what is unknown is not judged. */
export function validateConfiguration(config: ObjectValue): Diagnostic[] {
  const given = (argument: Argument): string | undefined => {
    const value = config[argument];
    return isSet(value) ? String(value) : undefined;
  };
  return checkArguments(given)
    .map(describe)
    .filter(({ severity }) => severity === "error");
}

function describe({ argument, kind, value = "", reason }: SettingsProblem): Diagnostic {
  const error = (summary: string, detail: string): Diagnostic => errorDiagnostic(summary, detail, [argument]);
  const variable = VARIABLES[argument];
  switch (kind) {
    case "not set":
      return error(
        `${argument} is not set`,
        `Set ${argument} in the provider block, or ${variable} in the environment.`,
      );
    case "no address":
      return error(
        `${argument} is not a host or host:port: ${quoteServerAddress(value)}`,
        'Write it like "vcenter.example.com" or "vcenter.example.com:8443", without a scheme, a user or a path.',
      );
    case "no minutes":
      return error(`${argument} is not a positive number of minutes`, `It is ${value}.`);
    case "no boolean":
      return error(`${argument} is neither true nor false`, `It, or ${variable}, takes true or false.`);
    case "unreadable":
      return error(`${argument} can't be read: ${value}`, `${reason}.`);
    case "no certificate":
      return error(
        `${argument} holds no certificate: ${value}`,
        "It has to be a PEM bundle: whole blocks, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
      );
    case "no proxy":
      return error(
        `${value} ${reason}`,
        "It names the proxy that vCenter is reached through, such as http://proxy.example.com:3128. NO_PROXY names " +
          "what is reached without.",
      );
    case "line break":
      return warningDiagnostic(
        "The password ends with a line break",
        `${argument} (${variable}) is sent as it is. Where it was read from a file, take the line break off.`,
        [argument],
      );
    case "unverified":
      return warningDiagnostic(
        "vCenter's certificate is not verified",
        `${argument} is set: whoever stands between here and vCenter can read the password and answer in its place. ` +
          "Trust its certificate with ca_file instead.",
        [argument],
      );
  }
}
