import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { currentPlatform } from "../lib/install/platform";
import { ROOT } from "./build-directory";
import { readZipEntry } from "./zip";

/** The OpenTofu that is fetched where the machine has neither engine, with the SHA-256 of its release archives. */
const OPENTOFU = {
  version: "1.10.6",
  sha256: {
    linux_amd64: "15b7bed76420b50da3e121769c43341df8cd57d751ca14e6dbe9c850124c6dac",
    linux_arm64: "a32f653d686a8cad9b9be82101eb5b5e834fbfa8d095842fa1820c5d27fad967",
  } as Record<string, string>,
};

const DOWNLOAD_LIMIT_MS = 120_000;

/** Terraform or OpenTofu, whichever the machine has. */
export interface Engine {
  path: string;
  /** As it calls itself: `Terraform v1.11.4`. */
  title: string;
}

/** There is neither terraform nor tofu here; the message says what to install. */
export class EngineMissingError extends Error {
  override name = "EngineMissingError";
}

/**
 * HOTPLUG_TEST_ENGINE, else terraform or tofu on PATH, else a pinned OpenTofu fetched into .cache/ of this clone.
 *
 * @throws EngineMissingError where there is none and none can be fetched
 */
export async function findEngine(): Promise<Engine> {
  const path = process.env["HOTPLUG_TEST_ENGINE"] ?? onPath("terraform") ?? onPath("tofu") ?? (await fetchOpenTofu());
  const { stdout } = spawnSync(path, ["version"], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], CHECKPOINT_DISABLE: "1" },
  });
  if (!stdout)
    throw new EngineMissingError(
      `${path} doesn't start. Install terraform (1.11 or later) or tofu (1.10 or later), and put it on PATH.`,
    );
  return { path, title: stdout.split("\n")[0] as string };
}

function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

async function fetchOpenTofu(): Promise<string> {
  const { version, sha256 } = OPENTOFU;
  const platform = currentPlatform().name;
  const target = join(ROOT, ".cache", `opentofu-${version}`, "tofu");
  if (existsSync(target)) return target;
  const expected = sha256[platform];
  if (!expected)
    throw new EngineMissingError(
      "Neither terraform nor tofu is on PATH: install terraform (1.11 or later) or tofu (1.10 or later).",
    );
  const archive = await download(
    `https://github.com/opentofu/opentofu/releases/download/v${version}/tofu_${version}_${platform}.zip`,
  );
  const found = createHash("sha256").update(archive).digest("hex");
  if (found !== expected)
    throw new Error(
      `The OpenTofu ${version} that came for ${platform} is not the pinned one: SHA-256 ${found}, expected ` +
        `${expected}.`,
    );
  mkdirSync(join(target, ".."), { recursive: true });
  writeFileSync(`${target}.partial`, readZipEntry(archive, "tofu"), { mode: 0o755 });
  renameSync(`${target}.partial`, target);
  return target;
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new EngineMissingError(
      "Neither terraform nor tofu is on PATH, and OpenTofu can't be fetched from its GitHub releases: install " +
        "terraform (1.11 or later) or tofu (1.10 or later).",
      { cause: error },
    );
  }
}
