import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { CACHE, ProgramMissingError, onPath, run, runs, unlessMissing } from "./run";

/** The OpenTofu that is built where the machine has none. Go checks the module against its checksum database. */
const MODULE = "github.com/opentofu/opentofu";
const VERSION = "1.10.10";

/** Terraform or OpenTofu, whichever the machine has. */
export interface Engine {
  path: string;
  /** As it calls itself: `Terraform v1.11.4`. */
  title: string;
}

/** There is neither terraform nor tofu here; the message says what to install. */
export class EngineMissingError extends ProgramMissingError {
  override name = "EngineMissingError";
}

/**
 * HOTPLUG_TEST_ENGINE, else terraform or tofu on PATH, else an OpenTofu built into .cache/ of this clone.
 *
 * @throws EngineMissingError where there is none and none can be built
 */
export function findEngine(cache = CACHE): Engine {
  const path = process.env["HOTPLUG_TEST_ENGINE"] ?? onPath("terraform") ?? openTofu(cache);
  const { PATH, HOME } = process.env;
  try {
    const version = run(path, ["version"], { environment: { PATH, HOME, CHECKPOINT_DISABLE: "1" } });
    return { path, title: version.split("\n")[0] as string };
  } catch (cause) {
    throw missing(`${path} doesn't start`, cause);
  }
}

/**
 * `tofu` on PATH, else one built from its Go module, which takes a few minutes once.
 *
 * @throws EngineMissingError where there is neither, and no Go to build it with
 */
export function openTofu(cache = CACHE): string {
  const found = openTofuAtHand(cache);
  if (found !== undefined) return found;
  if (!runs("go", ["version"])) throw missing("There is no tofu on PATH, and no Go to build it with");
  console.error(`Building OpenTofu ${VERSION}, which takes a few minutes …`);
  const built = builtOpenTofu(cache);
  try {
    buildOpenTofu(built);
  } catch (cause) {
    throw missing(`${(cause as Error).message.trimEnd()}\nThere is no tofu on PATH, and Go can't build it`, cause);
  }
  return built;
}

/** `tofu` on PATH, or one that was built before. */
export function openTofuAtHand(cache = CACHE): string | undefined {
  const built = builtOpenTofu(cache);
  return onPath("tofu") ?? (existsSync(built) ? built : undefined);
}

function builtOpenTofu(cache: string): string {
  return join(cache, `opentofu-${VERSION}-built`, "tofu");
}

function buildOpenTofu(target: string): void {
  const environment = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };
  const module = run("go", ["mod", "download", "-json", `${MODULE}@v${VERSION}`], { environment });
  const { Dir } = JSON.parse(module) as { Dir: string };
  mkdirSync(dirname(target), { recursive: true });
  const flags = [`-ldflags=-X ${MODULE}/version.dev=no`, "-o", `${target}.partial`];
  run("go", ["build", "-C", Dir, ...flags, "./cmd/tofu"], { environment });
  renameSync(`${target}.partial`, target);
}

function missing(what: string, cause?: unknown): EngineMissingError {
  const advice = "install terraform (1.11 or later), tofu (1.10 or later) or Go (1.25 or later) to build it";
  return new EngineMissingError(`${what}: ${advice}.`, { cause });
}

/** Terraform and OpenTofu with their paths; undefined, with a word on standard error, for one that can't be had. */
export function bothEngines(): ["Terraform" | "OpenTofu", string | undefined][] {
  const found = unlessMissing(() => findEngine());
  const isTerraform = found !== undefined && !found.title.startsWith("OpenTofu");
  return [
    ["Terraform", isTerraform ? found.path : undefined],
    ["OpenTofu", isTerraform ? unlessMissing(() => openTofu()) : found?.path],
  ];
}
