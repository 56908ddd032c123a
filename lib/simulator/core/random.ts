import { createHash, randomBytes } from "node:crypto";

/** Identifiers: unguessable without a seed, the same at each run with one. */
export class Identifiers {
  private count = 0;

  constructor(private readonly seed?: string) {}

  /** 32 hexadecimal digits. */
  hex(): string {
    if (this.seed === undefined) return randomBytes(16).toString("hex");
    return stableHex(`${this.seed}/${++this.count}`);
  }

  uuid(): string {
    return asUuid(this.hex());
  }
}

const stableHex = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The same UUID for the same text, for objects whose inventory gives none. */
export const stableUuid = (text: string): string => asUuid(stableHex(text));
