import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, markIn, markedName, pidOf } from "../living-process";

const PREFIX = "in-use-by-";
const SIGN_OF_LIFE_MS = 3_000;
/** After so long without one, a process of another container or machine is taken for gone. */
const SILENCE_MS = 20_000;
const ATTEMPTS = 10;

/** A folder for one process at a time. However that ends, the next one may have it. */
export class FolderLock {
  private readonly signs: NodeJS.Timeout;

  private constructor(private readonly file: string) {
    this.signs = setInterval(() => giveSign(file), SIGN_OF_LIFE_MS).unref();
  }

  /**
   * Each leaves a file of its own first and then looks for others': of two that come at once, one at least sees the
   * other. A file tells its process by pid and start, so nothing has to be taken away from anyone who may still live.
   *
   * @throws Error that names the process that has it
   */
  static async take(folder: string): Promise<FolderLock> {
    for (let attempt = 1; ; attempt++) {
      const name = markedName(PREFIX);
      const file = join(folder, name);
      writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      const other = otherUser(folder, name);
      if (other === undefined) return new FolderLock(file);
      rmSync(file, { force: true });
      if (attempt === ATTEMPTS) {
        throw new Error(
          `${folder} is in use by process ${other.pid}${other.seen ? "" : " of another container or machine"}: ` +
            `stop it, or keep this one's in another folder`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    }
  }

  release(): void {
    clearInterval(this.signs);
    rmSync(this.file, { force: true });
  }
}

function giveSign(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder is gone: whoever keeps something in it will be told.
  }
}

function otherUser(folder: string, own: string): { pid: number; seen: boolean } | undefined {
  const now = statSync(join(folder, own)).mtimeMs; // by the clock of whoever has the disk
  for (const name of readdirSync(folder)) {
    const mark = markIn(name, PREFIX);
    if (mark === undefined || name === own) continue;
    const file = join(folder, name);
    const alive = isAlive(mark) ?? now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < SILENCE_MS;
    if (alive) return { pid: pidOf(mark), seen: isAlive(mark) !== undefined };
    rmSync(file, { force: true });
  }
  return undefined;
}
