import { chmodSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { ROOT, command, run } from "../run";
import { DIST, buildDirectory, hashOf } from "./directory";

/**
 * dist/lib by the TypeScript compiler, with declarations; dist/package.json beside it is where the library reads its
 * version.
 */
export function buildLibrary(log: (line: string) => void): void {
  const sources = readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const files = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
    ...sources.map((name) => join("lib", name)),
  ];
  const inputs = hashOf(files.flatMap((name) => [name, readFileSync(join(ROOT, name))]));
  const built = buildDirectory("lib", inputs, (directory) => {
    run(command("tsc"), ["--project", "tsconfig.build.json", "--outDir", directory]);
    renameSync(join(directory, "package.json"), join(DIST, "package.json"));
    chmodSync(join(directory, "lib/cli/vsphere-hotplug.js"), 0o755);
    return join(directory, "lib");
  });
  if (built) log("Built dist/lib.");
}
