import { createHmac } from "node:crypto";
import { parseHostKey, type HostKey } from "./host-key";

/** What a known_hosts file says of one server. */
export interface KnownKeys {
  accepted: HostKey[];
  revoked: HostKey[];
}

/**
 * What `text`, the content of an OpenSSH known_hosts file, says of a server (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"):
 * plain and hashed names, patterns and negations, `[host]:port`, `@revoked`. Host certificates are not supported, so
 * that a `@cert-authority` line says nothing.
 */
export function knownKeys(text: string, { host, port }: { host: string; port: number }): KnownKeys {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  const keys: KnownKeys = { accepted: [], revoked: [] };
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === "" || fields[0]!.startsWith("#")) continue;
    const marker = fields[0]!.startsWith("@") ? fields.shift() : undefined;
    const [names = "", ...key] = fields;
    if (marker === "@cert-authority" || !isNamed(name, names)) continue;
    const parsed = parseHostKey(key.join(" "));
    if (parsed) (marker === "@revoked" ? keys.revoked : keys.accepted).push(parsed);
  }
  return keys;
}

function isNamed(name: string, names: string): boolean {
  if (names.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = names.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const patterns = names.toLowerCase().split(",");
  const matches = (pattern: string): boolean => wildcard(pattern).test(name);
  return (
    patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))
  );
}

function wildcard(pattern: string): RegExp {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/\*/g, ".*").replace(/\?/g, ".")}$`);
}
