import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  TRUE,
  unsignedInteger,
  utf8String,
} from "./der";

interface SelfSignedCertificateOptions {
  commonName: string;
  /** Names the certificate is good for. */
  dnsNames?: string[];
  /** IPv4 and IPv6 addresses the certificate is good for. */
  ipAddresses?: string[];
  /** @default one hour ago, so that a client whose clock is a little behind accepts it */
  notBefore?: Date;
  /** @default 365 days after `notBefore` */
  notAfter?: Date;
  /** Big-endian bytes, at most 20. @default 16 random bytes */
  serial?: Buffer;
}

export interface SelfSignedCertificate {
  certificatePem: string;
  certificateDer: Buffer;
  /** PKCS #8. */
  privateKeyPem: string;
}

const HOUR_MS = 3_600_000;
const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const P256_SPKI_HEADER_BYTES = 26;

/**
 * A fresh ECDSA P-256 key and a certificate for it, signed by itself: an authority of its own, so that a peer can
 * trust it by holding exactly this certificate.
 *
 * @throws TypeError for an IP address that is none; RangeError for a validity that ends before it begins or a serial
 * over 20 bytes
 */
export function selfSignedCertificate(options: SelfSignedCertificateOptions): SelfSignedCertificate {
  const { commonName, dnsNames = [], ipAddresses = [], serial = randomBytes(16) } = options;
  const notBefore = options.notBefore ?? new Date(Date.now() - HOUR_MS);
  const notAfter = options.notAfter ?? new Date(notBefore.getTime() + 365 * 24 * HOUR_MS);
  if (notAfter <= notBefore)
    throw new RangeError(
      `a certificate can't end (${notAfter.toISOString()}) before it begins (${notBefore.toISOString()})`,
    );
  if (serial.length > 20) throw new RangeError(`a certificate's serial has at most 20 bytes, not ${serial.length}`);

  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const name = sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String(commonName))));
  const alternativeNames = [
    ...dnsNames.map((dnsName) => implicit(2, Buffer.from(dnsName, "ascii"))),
    ...ipAddresses.map((address) => implicit(7, ipAddressBytes(address))),
  ];
  // RFC 7093 (method 1): the leftmost 160 bits of the SHA-256 of the public key's own bits.
  const keyIdentifier = createHash("sha256")
    .update(publicKey.subarray(P256_SPKI_HEADER_BYTES))
    .digest()
    .subarray(0, 20);
  const extensions = [
    extension("2.5.29.19", sequence(TRUE), { critical: true }), // basic constraints: an authority
    // digital signature, certificate signing
    extension("2.5.29.15", bitString(Buffer.from([0x84]), 2), { critical: true }),
    // TLS server and client
    extension("2.5.29.37", sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"), objectIdentifier("1.3.6.1.5.5.7.3.2"))),
    extension("2.5.29.14", octetString(keyIdentifier)),
    ...(alternativeNames.length > 0 ? [extension("2.5.29.17", sequence(...alternativeNames))] : []),
  ];
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(Buffer.from([2]))), // version 3
    unsignedInteger(serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    explicit(3, sequence(...extensions)),
  );
  const certificateDer = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign("sha256", toBeSigned, privateKey)));
  return { certificateDer, certificatePem: pem(certificateDer), privateKeyPem: privateKey };
}

function extension(oid: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [TRUE] : []), octetString(value));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function ipAddressBytes(address: string): Buffer {
  const version = isIP(address);
  if (version === 0 || address.includes("%")) throw new TypeError(`"${address}" is not an IP address`);
  if (version === 4) return Buffer.from(address.split(".").map(Number));
  // URL writes every IPv6 address, one with an IPv4 tail included, as hexadecimal groups around at most one "::".
  const [head = "", tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const missing = Array<string>(8 - groups(head).length - groups(tail).length).fill("0");
  return Buffer.from(
    [...groups(head), ...missing, ...groups(tail)].map((group) => group.padStart(4, "0")).join(""),
    "hex",
  );
}
