import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import type { Inventory } from "./inventory/inventory";
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

  /** Makes the folder where there is none. */
  constructor(path: string) {
    const folder = resolve(path);
    this.certificateFile = join(folder, "certificate.pem");
    this.inventoryFile = join(folder, "inventory.json");
    this.privateKeyFile = join(folder, "private-key.pem");
    explained(`${folder} can't keep the embedded vCenter`, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
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
      writeFileSync(`${file}.new`, content, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    });
  }
}

function isGoodFor(certificatePem: string, address: string): boolean {
  const certificate = new X509Certificate(certificatePem);
  const named = isIP(address) === 0 || certificate.checkIP(address) !== undefined;
  return named && Date.parse(certificate.validTo) > Date.now();
}

function explained<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
