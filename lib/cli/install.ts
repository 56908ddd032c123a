import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { installProvider } from "../install/install-provider";
import { type Command, UsageError } from "./command";

/**
 * Lays the provider beside a configuration written in HCL. A CDKTF stack needs none of it: HotplugProvider does it at
 * synth.
 */
export const installCommand: Command = {
  name: "install",
  summary: "Lay the provider under DIR/terraform.d/plugins, where terraform init and tofu init look for it.",
  positionals: ["DIR"],
  options: {
    link: { type: "boolean", description: "Link to this package instead of copying from it." },
    json: { type: "boolean", description: "Print one JSON object: version, packages, lock_file." },
  },
  notes: [
    'In the configuration: required_providers { hotplug = { source = "vsphere-hotplug/hotplug" } }.',
    "An entry for it in DIR/.terraform.lock.hcl is brought up to date; init makes a missing one.",
  ],
  run({ positionals, options }, { stdout }) {
    const directory = resolve(positionals[0] as string);
    if (!existsSync(directory) || !statSync(directory).isDirectory())
      throw new UsageError(`${directory} is not a directory.`);
    const { version, packages, lockFile } = installProvider(directory, {
      method: options["link"] ? "link" : "copy",
      lockHosts: [],
    });
    if (options["json"]) stdout.write(`${JSON.stringify({ version, packages, lock_file: lockFile })}\n`);
    else
      stdout.write(
        `Provider hotplug ${version} is laid for terraform init and tofu ` +
          `init:\n${packages.map((path) => `  ${path}\n`).join("")}`,
      );
    return Promise.resolve(0);
  },
};
