const OPERATING_SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64", ia32: "386", arm: "arm" };

/** The machine that Terraform will run on. */
export interface Platform {
  /** As Terraform names it: `linux_amd64`. */
  name: string;
  /** Whether the C library is musl (Alpine): an executable made for glibc doesn't start there. */
  musl: boolean;
}

export function currentPlatform(): Platform {
  const system = OPERATING_SYSTEMS[process.platform] ?? process.platform;
  return {
    name: `${system}_${ARCHITECTURES[process.arch] ?? process.arch}`,
    musl: process.platform === "linux" && !hasGlibc(),
  };
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
