import { spawnSync } from "node:child_process";
import { EngineMissingError, findEngine } from "./engine";
import { openTofu } from "./opentofu";

/**
 * Terraform and OpenTofu with their paths; undefined, with a word on standard error, for one that can't be had, which
 * in CI is an error.
 */
export async function bothEngines(): Promise<["Terraform" | "OpenTofu", string | undefined][]> {
  const found = await orMissing(async () => (await findEngine()).path);
  const tofu = await orMissing(() => openTofu());
  const isTofu =
    found !== undefined && spawnSync(found, ["version"], { encoding: "utf8" }).stdout.startsWith("OpenTofu");
  return [
    ["Terraform", isTofu ? undefined : found],
    ["OpenTofu", tofu ?? (isTofu ? found : undefined)],
  ];
}

async function orMissing(engine: () => string | Promise<string>): Promise<string | undefined> {
  try {
    return await engine();
  } catch (error) {
    if (!(error instanceof EngineMissingError) || process.env["CI"]) throw error;
    console.error(error.message);
    return undefined;
  }
}
