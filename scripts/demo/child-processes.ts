import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export interface Finished {
  status: number | null;
  output: string;
}

/**
 * Processes that end with this one, whatever ends it. Each has a process group of its own, so that its children end
 * too.
 */
export class ChildProcesses {
  private readonly running = new Set<ChildProcess>();

  start(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(file, args, { ...options, detached: true });
    this.running.add(child);
    child.once("close", () => this.running.delete(child));
    child.once("error", () => this.running.delete(child));
    return child;
  }

  /** Runs a command to its end; standard output and standard error together. */
  run(file: string, args: readonly string[], options: SpawnOptions): Promise<Finished> {
    const child = this.start(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, output }));
    });
  }

  killAll(): void {
    for (const { pid } of this.running) {
      try {
        if (pid !== undefined) process.kill(-pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }
}
