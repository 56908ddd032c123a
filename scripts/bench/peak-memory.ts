import { readFileSync, readdirSync } from "node:fs";

const PAUSE_MS = 20;

/** The most memory, in bytes, that a process and the largest of its descendants had. */
export interface PeakMemory {
  process: number;
  descendants: number;
}

/**
 * Follows a process and its descendants until told to end. Linux keeps the peak itself, so what is missed is only what
 * a process took on in its last moments. Nothing is known elsewhere.
 */
export function watchMemory(pid: number): () => PeakMemory {
  const peak: PeakMemory = { process: 0, descendants: 0 };
  const look = (): void => {
    peak.process = Math.max(peak.process, peakOf(pid));
    for (const descendant of descendantsOf(pid)) peak.descendants = Math.max(peak.descendants, peakOf(descendant));
  };
  look();
  const timer = setInterval(look, PAUSE_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function descendantsOf(pid: number): number[] {
  const children = threadsOf(pid)
    .flatMap((thread) => text(`/proc/${pid}/task/${thread}/children`).trim().split(" "))
    .filter((child) => child !== "")
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty where the process has just ended. */
function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
