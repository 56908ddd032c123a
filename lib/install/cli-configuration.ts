import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../environment/environment";
import { PROVIDER_SOURCE, REGISTRY_HOSTS } from "./install-provider";
import { readTextFile } from "../environment/text-file";

/** Where Terraform and OpenTofu look whatever folder they are started in; both read this one. */
export function userPlugins(environment: Environment): string {
  return join(environment["HOME"] || homedir(), ".terraform.d", "plugins");
}

/**
 * What keeps init from looking into a folder of plugins, with the way out: a CLI configuration that says where
 * providers come from turns the folders off in which it looks by itself. Undefined where nothing does.
 */
export function whyNotLookedAt(plugins: string, environment: Environment): string | undefined {
  const file = configurationFiles(environment).find((candidate) => namesOtherPlaces(candidate, plugins));
  if (file === undefined) return undefined;
  const ours = REGISTRY_HOSTS.map((host) => JSON.stringify(`${host}/${PROVIDER_SOURCE}`)).join(", ");
  return [
    `${file} has a provider_installation block: init looks where that says, and not here.`,
    "Add this to the block, and the same list as `exclude` to its other methods:",
    "",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(plugins)}`,
    `    include = [${ours}]`,
    "  }",
    "",
  ].join("\n");
}

/** In the order of the engines: the file that the environment names, or else those of the user's own folder. */
function configurationFiles(environment: Environment): string[] {
  const named = environment["TF_CLI_CONFIG_FILE"] || environment["TERRAFORM_CONFIG"];
  if (named) return [named];
  const home = environment["HOME"] || homedir();
  const folder = join(home, ".terraform.d");
  const more = existsSync(folder) ? readdirSync(folder).filter((name) => /\.tfrc(\.json)?$/.test(name)) : [];
  const { XDG_CONFIG_HOME } = environment;
  return [
    join(home, ".terraformrc"),
    join(home, ".tofurc"),
    ...(XDG_CONFIG_HOME ? [join(XDG_CONFIG_HOME, "opentofu", "tofurc")] : []),
    ...more.map((name) => join(folder, name)),
  ];
}

function namesOtherPlaces(file: string, plugins: string): boolean {
  let content: string;
  try {
    content = readTextFile(file).replace(/\/\*[^]*?\*\/|^\s*(#|\/\/).*$/gm, "");
  } catch {
    return false; // the engine says so itself
  }
  if (!/(^|[\s{,])"?provider_installation"?\s*[{:=]/.test(content)) return false;
  const paths = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!);
  return !paths.some(
    (path) => path === plugins || (path.startsWith("/") && existsSync(path) && real(path) === real(plugins)),
  );
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
