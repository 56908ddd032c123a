import { spawnSync } from "node:child_process";
import { ROOT } from "../run";

interface Report {
  metadata?: { vulnerabilities: Record<"low" | "moderate" | "high" | "critical", number> };
  vulnerabilities?: Record<string, { severity: string }>;
}

/**
 * What `npm audit` says of what ships, in a line.
 *
 * @throws on a known weakness that is high or critical
 */
export function audit(): string {
  const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { cwd: ROOT, encoding: "utf8" });
  const { metadata, vulnerabilities = {} } = reportOf(stdout);
  if (!metadata) return "npm audit: no registry answers it here. Run it where one does, before this is published.";
  const bad = Object.entries(vulnerabilities).filter(([, { severity }]) => /^(high|critical)$/.test(severity));
  if (bad.length > 0)
    throw new Error(`npm audit: ${bad.map(([name, { severity }]) => `${name} (${severity})`).join(", ")}`);
  const { low, moderate } = metadata.vulnerabilities;
  return `npm audit: nothing high or critical, ${moderate} moderate, ${low} low.`;
}

function reportOf(text: string): Report {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return {};
  }
}
