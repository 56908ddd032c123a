import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Guest, type GuestAccess } from "../../lib/guest/guest";
import { until } from "../support/until";
import { layDrive, layLspci } from "./fake-drive";
import { realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

realSshd("what a guest is logged in to with", () => {
  let sshd: Sshd;
  let folder: string;
  let keyFile: string;
  let agent: ChildProcess | undefined;
  const asked: Guest[] = [];

  beforeAll(async () => {
    sshd = await startSshd({
      prepare: (root) => {
        layDrive(root, { address: "0000:13:00.0", controller: "nvme0" });
        layLspci(root);
      },
    });
    folder = mkdtempSync(join(tmpdir(), "hotplug-keys-"));
    keyFile = join(folder, "key");
    writeFileSync(keyFile, sshd.privateKey, { mode: 0o600 });
  }, 30_000);
  afterAll(async () => {
    for (const guest of asked) guest.close();
    agent?.kill();
    await sshd.close();
    rmSync(folder, { recursive: true });
  });

  async function drivesBy(credentials: GuestAccess["credentials"]): Promise<number> {
    const guest = new Guest({ ...rootAccess(sshd), credentials });
    asked.push(guest);
    return (await guest.look()).drives.length;
  }

  it("may be an agent's key; where the agent has none, nobody is let in", async () => {
    const socket = join(folder, "agent");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await until(() => existsSync(socket));

    await expect(drivesBy({ agent: socket })).rejects.toMatchObject({ kind: "credentials" });
    execFileSync("ssh-add", ["-q", keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "pipe" });
    expect(await drivesBy({ agent: socket })).toBe(1);
  });

  it("may be an encrypted key with its passphrase; without it, or with another, it can't be read", async () => {
    const encrypted = join(folder, "encrypted");
    writeFileSync(encrypted, sshd.privateKey, { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "a phrase of words", "-f", encrypted]);
    const privateKey = readFileSync(encrypted, "utf8");

    expect(await drivesBy({ privateKey, passphrase: "a phrase of words" })).toBe(1);
    for (const credentials of [{ privateKey }, { privateKey, passphrase: "another phrase" }])
      await expect(drivesBy(credentials)).rejects.toMatchObject({
        kind: "credentials",
        message: expect.stringContaining("can't be read") as string,
      });
  });

  it("is tried in order: a key that the server refuses doesn't keep the agent's from being asked", async () => {
    const other = join(folder, "other");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);

    expect(await drivesBy({ privateKey: readFileSync(other, "utf8"), agent: join(folder, "agent") })).toBe(1);
  });
});
