/**
 * OpenTofu for the tests that run over both engines: `tofu` on PATH, else one built from its Go module into .cache/ of
 * this clone, which takes a few minutes once. Go checks the module against its checksum database. Run by itself, prints
 * the executable's path.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT } from "./build-directory";
import { EngineMissingError } from "./engine";

const MODULE = "github.com/opentofu/opentofu";
const VERSION = "1.10.10";

/** @throws EngineMissingError where there is neither tofu nor Go */
export function openTofu(): string {
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "tofu"))
    .find((path) => existsSync(path));
  const target = join(ROOT, ".cache", `opentofu-${VERSION}-built`, "tofu");
  if (onPath ?? existsSync(target)) return onPath ?? target;
  if (spawnSync("go", ["version"]).status !== 0)
    throw new EngineMissingError(
      "There is no tofu on PATH, and no Go to build it with: install OpenTofu 1.10 or later, or Go 1.25 or later.",
    );
  console.error(`Building OpenTofu ${VERSION} …`);
  const { Dir } = JSON.parse(go(["mod", "download", "-json", `${MODULE}@v${VERSION}`])) as { Dir: string };
  mkdirSync(join(target, ".."), { recursive: true });
  go(["build", "-C", Dir, `-ldflags=-X ${MODULE}/version.dev=no`, "-o", `${target}.partial`, "./cmd/tofu"]);
  renameSync(`${target}.partial`, target);
  return target;
}

function go(args: string[]): string {
  const { status, stdout } = spawnSync("go", args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
  });
  if (status !== 0) throw new Error(`go ${args.join(" ")} failed.`);
  return stdout;
}

if (require.main === module) console.log(openTofu());
