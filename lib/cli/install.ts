import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { userPlugins, whyNotLookedAt } from "../install/cli-configuration";
import { PLUGINS, installProvider } from "../install/install-provider";
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
    link: { type: "boolean", description: "Link to this package instead of copying from it." },
    json: { type: "boolean", description: "Print one JSON object: version, packages, lock_file." },
  },
  notes: [
    'In the configuration: required_providers { hotplug = { source = "vsphere-hotplug/hotplug" } }.',
    "It is found where init is started in DIR, not by terraform -chdir=DIR: that looks where it was started.",
    "With --user it is found in either case.",
    "An entry for it in DIR/.terraform.lock.hcl is brought up to date; init makes a missing one.",
  ],
  run(input, { stdout, stderr, environment }) {
    const { options } = input;
    const plugins = options["user"] ? userPlugins(environment) : join(directoryOf(input), PLUGINS);
    if (options["user"] && input.positionals.length > 0) throw new UsageError("install takes DIR or --user, not both.");
    const { version, packages, lockFile } = installProvider(options["user"] ? dirname(plugins) : directoryOf(input), {
      method: options["link"] ? "link" : "copy",
      lockHosts: [],
      plugins,
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

function directoryOf({ positionals, options }: CommandInput): string {
  if (positionals.length === 0 && !options["user"])
    throw new UsageError("install takes DIR, and was given none; --user may stand in its place.");
  const directory = resolve(positionals[0] ?? ".");
  if (existsSync(directory) && statSync(directory).isDirectory()) return directory;
  throw new UsageError(`${directory} is not a directory.`);
}
