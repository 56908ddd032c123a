import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import type { Inventory } from "./inventory/inventory";
import { FolderLock } from "./folder-lock";
import { parseInventory } from "./inventory/parse-inventory";

interface ServerCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Where an embedded vCenter keeps what outlives its process. One at a time may use it. */
export class KeptFolder {
  readonly certificateFile: string;
  private readonly inventoryFile: string;
  private readonly privateKeyFile: string;
  private written?: string;
  private lock?: FolderLock;

  private constructor(private readonly folder: string) {
    this.certificateFile = join(folder, "certificate.pem");
    this.inventoryFile = join(folder, "inventory.json");
    this.privateKeyFile = join(folder, "private-key.pem");
  }

  /**
   * Makes the folder where there is none, and takes it for this process alone.
   *
   * @throws Error that says what stands against it: another process, another owner, a mode that lets others in
   */
  static async open(path: string): Promise<KeptFolder> {
    const kept = new KeptFolder(resolve(path));
    const { folder } = kept;
    explained(`${folder} can't keep the embedded vCenter`, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      requireOwn(folder, 0o022);
      for (const file of [kept.inventoryFile, kept.certificateFile]) requireOwn(file, 0o022);
      requireOwn(kept.privateKeyFile, 0o077);
    });
    kept.lock = await FolderLock.take(folder).catch((error: Error) => {
      throw "code" in error ? new Error(`${folder} can't keep the embedded vCenter: ${error.message}`) : error;
    });
    return kept;
  }

  /** Leaves it to the next process. */
  close(): void {
    this.lock?.release();
  }

  /** What was kept; undefined in a new folder. Throws what is wrong in it, with the place. */
  inventory(): Inventory | undefined {
    if (!existsSync(this.inventoryFile)) return undefined;
    return explained(
      `What was kept can't be gone on with; without ${this.inventoryFile} the embedded vCenter begins anew`,
      () => parseInventory(readFileSync(this.inventoryFile, "utf8"), this.inventoryFile),
    );
  }

  keepInventory(inventory: Inventory): void {
    const text = `${JSON.stringify(inventory, undefined, 2)}\n`;
    if (text === this.written) return;
    this.write(this.inventoryFile, text);
    this.written = text;
  }

  /** The certificate that was kept, if clients at this address can still trust it; else a new one. */
  certificate(address: string, make: () => ServerCertificate): ServerCertificate {
    const kept = this.keptCertificate();
    if (kept && isGoodFor(kept.certificatePem, address)) return kept;
    const made = make();
    this.write(this.privateKeyFile, made.privateKeyPem);
    this.write(this.certificateFile, made.certificatePem);
    return made;
  }

  private keptCertificate(): ServerCertificate | undefined {
    if (!existsSync(this.certificateFile) || !existsSync(this.privateKeyFile)) return undefined;
    return explained(
      `${this.certificateFile} and private-key.pem beside it can't be used; without them new ones are made`,
      () => {
        const kept = {
          certificatePem: readFileSync(this.certificateFile, "utf8"),
          privateKeyPem: readFileSync(this.privateKeyFile, "utf8"),
        };
        if (!new X509Certificate(kept.certificatePem).checkPrivateKey(createPrivateKey(kept.privateKeyPem)))
          throw new Error("they don't belong together");
        return kept;
      },
    );
  }

  /** However this process ends, the file is the old one or the new one, whole. Passwords and keys are the owner's. */
  private write(file: string, content: string): void {
    explained(`${file} can't be written`, () => {
      // Whatever is there under that name, a link say, is not written through: only this process may use the folder.
      if (lstatSync(`${file}.new`, { throwIfNoEntry: false })) unlinkSync(`${file}.new`);
      writeFileSync(`${file}.new`, content, { mode: 0o600, flag: "wx" });
      chmodSync(`${file}.new`, 0o600); // whatever the umask is
      renameSync(`${file}.new`, file);
    });
  }
}

/** Passwords and keys are in here: nobody else may own it, or have these rights to it. */
function requireOwn(path: string, othersRights: number): void {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (!entry || !process.getuid) return;
  if (entry.isSymbolicLink() && othersRights === 0o077)
    throw new Error(`${path} is a link; move the file itself there`);
  if (entry.uid !== process.getuid())
    throw new Error(`${path} belongs to another user (uid ${entry.uid}); use a folder of your own`);
  if (!entry.isSymbolicLink() && (entry.mode & othersRights) !== 0) {
    const mode = (entry.mode & 0o7777).toString(8).padStart(4, "0");
    const right = othersRights === 0o077 ? "read" : "write";
    throw new Error(`others may ${right} ${path} (mode ${mode}); chmod ${othersRights === 0o077 ? "600" : "go-w"} it`);
  }
}

function isGoodFor(certificatePem: string, address: string): boolean {
  const certificate = new X509Certificate(certificatePem);
  const named = (isIP(address) === 0 ? certificate.checkHost(address) : certificate.checkIP(address)) !== undefined;
  return named && Date.parse(certificate.validTo) > Date.now();
}

function explained<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
