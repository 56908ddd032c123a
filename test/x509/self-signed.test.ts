import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSignedCertificate } from "../../lib/x509/self-signed";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe("a self-signed certificate", () => {
  it("is what node reads it to be: names, validity, serial, authority, key", () => {
    const made = selfSignedCertificate({
      commonName: "vCenter Größe",
      dnsNames: ["localhost", "vcenter.example"],
      ipAddresses: ["127.0.0.1", "::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"],
      notBefore: new Date("2026-01-02T03:04:05Z"),
      notAfter: new Date("2051-01-02T03:04:05Z"),
      serial: Buffer.from("00ff01", "hex"),
    });
    const read = new X509Certificate(made.certificatePem);
    expect(read.subject).toBe("CN=vCenter Größe");
    expect(read.issuer).toBe(read.subject);
    expect(read.subjectAltName).toBe(
      "DNS:localhost, DNS:vcenter.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, " +
        "IP Address:2001:DB8:0:0:0:FF00:42:8329, IP Address:0:0:0:0:0:FFFF:C000:201",
    );
    expect([read.validFrom, read.validTo]).toEqual(["Jan  2 03:04:05 2026 GMT", "Jan  2 03:04:05 2051 GMT"]);
    expect(read.serialNumber).toBe("FF01");
    expect(read.ca).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(made.privateKeyPem))).toBe(true);
    expect(read.raw).toEqual(made.certificateDer);
    expect(read.checkHost("localhost")).toBe("localhost");
    expect(read.checkHost("other.example")).toBeUndefined();
  });

  it("begins an hour ago and lasts a year unless told otherwise, with a serial of its own each time", () => {
    const [one, two] = [1, 2].map(() => new X509Certificate(selfSignedCertificate({ commonName: "a" }).certificateDer));
    expect(Date.parse(one!.validFrom)).toBeLessThan(Date.now() - 3_500_000);
    expect(Date.parse(one!.validTo) - Date.parse(one!.validFrom)).toBe(365 * 24 * 3_600_000);
    expect(one!.serialNumber).not.toBe(two!.serialNumber);
  });

  it.each(["256.0.0.1", "fe80::1%eth0", "localhost", ""])("refuses %p as an IP address", (address) => {
    expect(() => selfSignedCertificate({ commonName: "a", ipAddresses: [address] })).toThrow(TypeError);
  });

  it("refuses a validity that ends before it begins, and a serial of more than 20 bytes", () => {
    const now = new Date();
    expect(() => selfSignedCertificate({ commonName: "a", notBefore: now, notAfter: now })).toThrow(RangeError);
    expect(() => selfSignedCertificate({ commonName: "a", serial: Buffer.alloc(21, 1) })).toThrow(RangeError);
  });

  it(
    "carries a TLS connection to a client that trusts exactly this certificate, and none to one that " + "doesn't",
    async () => {
      const made = selfSignedCertificate({
        commonName: "localhost",
        dnsNames: ["localhost"],
        ipAddresses: ["127.0.0.1"],
      });
      const server = createServer({ cert: made.certificatePem, key: made.privateKeyPem }, (_, response) =>
        response.end("here"),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const get = (ca?: string): Promise<number | string | undefined> =>
        new Promise((resolve) =>
          request({ host: "127.0.0.1", port, ca, agent: false }, (response) =>
            response.resume().on("end", () => resolve(response.statusCode)),
          )
            .on("error", (error: NodeJS.ErrnoException) => resolve(error.code))
            .end(),
        );
      try {
        expect(await get(made.certificatePem)).toBe(200);
        expect(await get()).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
        expect(await get(selfSignedCertificate({ commonName: "localhost" }).certificatePem)).toBe(
          "DEPTH_ZERO_SELF_SIGNED_CERT",
        );
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    },
  );

  (hasOpenssl ? it : it.skip)("passes openssl's strict verification", () => {
    const folder = mkdtempSync(join(tmpdir(), "x509-"));
    try {
      const file = join(folder, "certificate.pem");
      writeFileSync(file, selfSignedCertificate({ commonName: "localhost", dnsNames: ["localhost"] }).certificatePem);
      const verify = (host: string): number | null =>
        spawnSync("openssl", [
          "verify",
          "-x509_strict",
          "-check_ss_sig",
          "-purpose",
          "sslserver",
          "-verify_hostname",
          host,
          "-CAfile",
          file,
          file,
        ]).status;
      expect(verify("localhost")).toBe(0);
      expect(verify("other.example")).not.toBe(0);
      const text = execFileSync("openssl", ["x509", "-in", file, "-noout", "-text"], { encoding: "utf8" });
      expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE/);
      expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Certificate Sign/);
      expect(text).toMatch(/ASN1 OID: prime256v1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
