import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { directoryHash } from "../../lib/install/directory-hash";
import type { Distribution } from "../../lib/install/distribution";

/** A distribution with packages that do nothing: init only looks at their names and their content. */
export async function fakeDistribution(
  directory: string,
  options: { version?: string; content?: string } = {},
): Promise<Distribution> {
  const { version = "0.1.0", content = "one" } = options;
  for (const name of ["linux_amd64", "node"]) {
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(
      join(directory, name, `terraform-provider-hotplug_v${version}`),
      `#!/bin/sh\n# ${name} ${content}\n`,
      { mode: 0o755 },
    );
  }
  await writeFile(join(directory, "node/package.json"), "{}");
  const pack = (path: string): { path: string; h1: string } => ({ path, h1: directoryHash(join(directory, path)) });
  return {
    directory,
    version,
    platforms: {
      linux_amd64: pack("linux_amd64"),
      linux_arm64: pack("node"),
      darwin_amd64: pack("node"),
      darwin_arm64: pack("node"),
    },
  };
}
