import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Environment } from "../environment/environment";
import { userPlugins, whyNotLookedAt } from "../install/cli-configuration";
import { PLUGINS, REGISTRY_HOSTS, type RegistryHost, installProvider } from "../install/install-provider";
import { type Command, type CommandInput, UsageError } from "./command";

/**
 * Lays the provider beside a configuration written in HCL. A CDKTF stack needs none of it: HotplugProvider does it at
 * synth.
 */
export const installCommand: Command = {
  name: "install",
  summary: "Lay the provider under DIR/terraform.d/plugins, where terraform init and tofu init look for it.",
  positionals: ["DIR"],
  positionalsMayMiss: true,
  options: {
    user: {
      type: "boolean",
      description: "Instead of DIR, lay it for this user: init finds it in whatever folder it is started.",
    },
    platforms: {
      type: "string",
      value: "LIST",
      description: "The platforms that it is laid for, such as linux_amd64,darwin_arm64. Default: this machine's.",
    },
    engine: {
      type: "string",
      value: "NAME",
      description: "Pin it in the lock file for terraform or tofu. Default: those that are on PATH.",
    },
    link: { type: "boolean", description: "Link to this package instead of copying from it." },
    json: { type: "boolean", description: "Print one JSON object: version, packages, lock_file." },
  },
  notes: [
    'In the configuration: required_providers { hotplug = { source = "vsphere-hotplug/hotplug" } }.',
    "It is found where init is started in DIR, not by terraform -chdir=DIR: that looks where it was started.",
    "With --user it is found in either case.",
    "DIR/.terraform.lock.hcl pins it with the hashes of every platform that ships: commit that file after init.",
  ],
  run(input, { stdout, stderr, environment }) {
    const { options } = input;
    const platforms = options["platforms"] as string | undefined;
    if (platforms !== undefined && options["link"])
      throw new UsageError("install takes --platforms or --link, not both: a link serves this machine.");
    const plugins = options["user"] ? userPlugins(environment) : join(directoryOf(input), PLUGINS);
    if (options["user"] && input.positionals.length > 0) throw new UsageError("install takes DIR or --user, not both.");
    const { version, packages, lockFile } = installProvider(options["user"] ? dirname(plugins) : directoryOf(input), {
      method: options["link"] ? "link" : "copy",
      lockHosts: options["user"] ? [] : lockHosts(options["engine"], environment),
      plugins,
      ...(platforms !== undefined && { platforms: platforms.split(",").map((name) => name.trim()) }),
    });
    if (options["json"]) {
      stdout.write(`${JSON.stringify({ version, packages, lock_file: lockFile })}\n`);
    } else {
      stdout.write(
        `Provider hotplug ${version} is laid for terraform init and tofu ` +
          `init:\n${packages.map((path) => `  ${path}\n`).join("")}`,
      );
      if (!options["user"])
        stdout.write(
          "Start init in that directory: terraform -chdir looks where it was started, not there. For any directory: " +
            "vsphere-hotplug install --user\n",
        );
    }
    const trouble = whyNotLookedAt(plugins, environment);
    if (trouble) stderr.write(`Warning: ${trouble}`);
    return Promise.resolve(0);
  },
};

const HOSTS: Record<string, RegistryHost> = { terraform: REGISTRY_HOSTS[0], tofu: REGISTRY_HOSTS[1] };

/** Under which host the lock file is to name the provider: init takes the entry of the other engine out again. */
function lockHosts(engine: unknown, environment: Environment): RegistryHost[] {
  if (typeof engine === "string") {
    if (!HOSTS[engine]) throw new UsageError(`--engine ${engine}: it is terraform or tofu.`);
    return [HOSTS[engine]];
  }
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(Boolean);
  const found = Object.keys(HOSTS).filter((name) => folders.some((folder) => existsSync(join(folder, name))));
  return (found.length > 0 ? found : Object.keys(HOSTS)).map((name) => HOSTS[name]!);
}

function directoryOf({ positionals, options }: CommandInput): string {
  if (positionals.length === 0 && !options["user"])
    throw new UsageError("install takes DIR, and was given none; --user may stand in its place.");
  const directory = resolve(positionals[0] ?? ".");
  if (existsSync(directory) && statSync(directory).isDirectory()) return directory;
  throw new UsageError(`${directory} is not a directory.`);
}
