import { createHash } from "node:crypto";

/** A server's public key as OpenSSH writes it: `ssh-ed25519 AAAA…`. */
export interface HostKey {
  type: string;
  blob: Buffer;
}

/** What ssh2 signs with for each type of key. SHA-1 (`ssh-rsa`) is not among them: OpenSSH has it off since 8.8. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** Reads one public key, with or without a comment behind it; undefined where it is none that can be checked. */
export function parseHostKey(text: string): HostKey | undefined {
  const [type, base64] = text.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || !(type in ALGORITHMS)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const named = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1") : "";
  return named === type && blob.toString("base64").replace(/=+$/, "") === base64.replace(/=+$/, "")
    ? { type, blob }
    : undefined;
}

/** The key that a server showed, from its bytes. */
export function hostKeyOf(blob: Buffer): HostKey {
  return { type: blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1") : "unknown", blob };
}

export function isSameKey(one: HostKey, other: HostKey): boolean {
  return one.blob.equals(other.blob);
}

/** `ssh-ed25519 SHA256:…`, as ssh-keygen -l prints it. */
export function formatHostKey({ type, blob }: HostKey): string {
  return `${type} SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** Every algorithm to offer, those of the known keys first: the server shows a key of the first that it has. */
export function algorithmsFor(known: readonly HostKey[]): string[] {
  const types = [...new Set([...known.map(({ type }) => type), ...Object.keys(ALGORITHMS)])];
  return types.flatMap((type) => ALGORITHMS[type] ?? []);
}
