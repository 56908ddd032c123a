import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Guest, type GuestAccess } from "../../lib/guest/guest";
import type { GuestError } from "../../lib/guest/guest-error";
import { formatHostKey, parseHostKey } from "../../lib/guest/host-key";
import { layDrive, layLspci } from "./fake-drive";
import { realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

realSshd("the way into a guest", () => {
  let sshd: Sshd;
  let access: GuestAccess;
  const asked: Guest[] = [];

  beforeAll(async () => {
    sshd = await startSshd({
      config: ["Banner /etc/hostname"],
      prepare: (root) => {
        layDrive(root, { address: "0000:13:00.0", controller: "nvme0" });
        layLspci(root);
      },
    });
    access = rootAccess(sshd);
  }, 30_000);

  afterAll(async () => {
    for (const guest of asked) guest.close();
    await sshd.close();
  });

  const guest = (change: Partial<GuestAccess> = {}): Guest => {
    const made = new Guest({ ...access, ...change });
    asked.push(made);
    return made;
  };
  const keys = (...texts: string[]): Pick<GuestAccess, "server"> => ({
    server: { ...access.server, keys: { accepted: texts.map((text) => parseHostKey(text)!), revoked: [] } },
  });
  const failure = (work: Promise<unknown>): Promise<GuestError> =>
    work.then(
      () => Promise.reject(new Error("it went through")),
      (error: GuestError) => error,
    );

  it.each(["ed25519", "ecdsa", "rsa"] as const)("is taken where the known key is the server's %s key", async (type) => {
    const { drives } = await guest(keys(sshd.hostKeys[type])).look();

    expect(drives).toHaveLength(1);
  });

  it("ends before the login where the key is another one, and names both", async () => {
    const other = sshd.hostKeys.ed25519.replace(/.{4}$/, "AAAA");
    const error = await failure(guest(keys(other)).look());

    expect(error).toMatchObject({ name: "GuestError", kind: "host_key" });
    expect(error.message).toContain(formatHostKey(parseHostKey(other)!));
    expect(error.message).toContain(formatHostKey(parseHostKey(sshd.hostKeys.ed25519)!));
  });

  it("ends before the login where no key is known, and where it is revoked", async () => {
    const { ed25519 } = sshd.hostKeys;
    const revoked = { accepted: [parseHostKey(ed25519)!], revoked: [parseHostKey(ed25519)!] };

    expect((await failure(guest(keys()).look())).message).toContain("is not known: it shows ssh-ed25519 SHA256:");
    expect(await failure(guest({ server: { ...access.server, keys: revoked } }).look())).toMatchObject({
      kind: "host_key",
      message: expect.stringContaining("revokes") as string,
    });
  });

  it("says that nobody is let in with the wrong key", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hotplug-key-"));
    const file = join(directory, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    const error = await failure(guest({ credentials: { privateKey: readFileSync(file, "utf8") } }).look());
    rmSync(directory, { recursive: true });

    expect(error).toMatchObject({ kind: "credentials", message: expect.stringContaining("lets nobody in") as string });
  });

  it("says that a private key can't be read, before anybody is asked", async () => {
    const error = await failure(guest({ credentials: { privateKey: "-----BEGIN nothing" } }).look());

    expect(error).toMatchObject({ kind: "credentials", message: expect.stringContaining("can't be read") as string });
  });

  it("goes through a jump host, whose key is checked as well", async () => {
    const jump = { server: access.server, credentials: access.credentials };

    expect((await guest({ jump }).look()).drives).toHaveLength(1);
    const unknown = { ...jump, server: keys().server };
    expect(await failure(guest({ jump: unknown }).look())).toMatchObject({ kind: "host_key" });
  });

  it("says that nobody listens there", async () => {
    const nobody = { server: { ...access.server, port: 1 } };

    expect(await failure(guest(nobody).look())).toMatchObject({ kind: "unreachable" });
  });

  it("connects anew where the connection was lost", async () => {
    const once = guest();
    await once.look();
    sshd.disconnect();

    const again = await once.look().catch(() => once.look());
    expect(again.drives).toHaveLength(1);
  });
});
