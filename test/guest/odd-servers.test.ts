/** What a real OpenSSH server puts between a login and a look. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Guest, type GuestAccess } from "../../lib/guest/guest";
import type { GuestError } from "../../lib/guest/guest-error";
import { layDrive, layLspci, takeDrive } from "./fake-drive";
import { realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

const DRIVE = "0000:13:00.0";

realSshd("a guest's SSH server", () => {
  let sshd: Sshd;
  const asked: Guest[] = [];

  beforeAll(async () => {
    sshd = await startSshd({
      users: {
        provisioner: () => "/bin/sh",
        // Knows one command and its arguments, as csh and fish do of what POSIX shells share.
        plain: (root) => join(root, "bin/plain-shell"),
        noisy: (root) => join(root, "bin/noisy-shell"),
        nobody2: () => "/usr/sbin/nologin",
        forced: () => "/bin/sh",
        sftp: () => "/bin/sh",
      },
      match: [
        "Match User forced",
        "  ForceCommand echo 'This account is for backups only.'",
        "Match User sftp",
        "  ForceCommand internal-sftp",
      ],
      prepare: (root) => {
        layDrive(root, { address: DRIVE, controller: "nvme0" });
        layLspci(root);
        lay(root, "sudo", '[ "$1" = -n ] && shift; exec "$@"');
        lay(
          root,
          "plain-shell",
          'case "$2" in *[\\;\\|\\&\\=\\"]*) echo "syntax error" >&2; exit 1 ;; esac; exec /bin/sh -c "$2"',
        );
        lay(root, "noisy-shell", 'echo "Last login: today"; echo look-0 begin; exec /bin/sh -c "$2"');
      },
    });
  }, 30_000);

  afterEach(() => lay(sshd.root, "sudo", '[ "$1" = -n ] && shift; exec "$@"'));
  afterAll(async () => {
    for (const guest of asked) guest.close();
    await sshd.close();
  });

  function lay(root: string, name: string, script: string): void {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  }

  function guestOf(user: string): Guest {
    const access: GuestAccess = rootAccess(sshd);
    const guest = new Guest({ ...access, server: { ...access.server, user } });
    asked.push(guest);
    return guest;
  }
  const failure = (user: string): Promise<GuestError> =>
    guestOf(user)
      .look()
      .then(
        () => Promise.reject(new Error("it answered")),
        (error: GuestError) => error,
      );

  it.each(["provisioner", "plain", "noisy"])(
    "answers %s by sudo, whatever the login shell is and prints",
    async (user) => {
      expect((await guestOf(user).look()).drives).toEqual([expect.objectContaining({ address: DRIVE })]);
    },
  );

  it.each([
    ["asks for a password", 'echo "sudo: a password is required" >&2; exit 1'],
    ["wants a terminal", 'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1'],
    [
      "allows other commands",
      "echo \"Sorry, user provisioner is not allowed to execute '/bin/sh -s' as root on db.\" >&2; exit 1",
    ],
    ["doesn't know the user", 'echo "provisioner is not in the sudoers file." >&2; exit 1'],
  ])("whose sudo %s says what to write into sudoers", async (_what, sudo) => {
    lay(sshd.root, "sudo", sudo);
    const error = await failure("provisioner");

    expect(error.kind).toBe("no_root");
    expect(error.remedy).toContain("provisioner ALL=(root) NOPASSWD: /bin/sh -s");
  });

  it.each([
    ["nobody2", /account is currently not available|didn't answer/],
    ["forced", /This account is for backups only/],
    ["sftp", /didn't answer the look/],
  ])("that gives %s no shell says what came instead", async (user, text) => {
    expect(await failure(user)).toMatchObject({ kind: "no_answer", message: expect.stringMatching(text) as string });
  });

  it.each([
    ["is missing", "exit 127"],
    ["prints nothing and succeeds", "exit 0"],
    ["prints garbage", "echo 'pcilib: Cannot open /sys'; exit 0"],
    ["knows no -D, as busybox's", "echo 'lspci: invalid option -- D' >&2; exit 1"],
  ])("whose lspci %s answers by the kernel's own list", async (_what, lspci) => {
    lay(sshd.root, "lspci", lspci);
    const { drives } = await guestOf("root").look();
    layLspci(sshd.root);

    expect(drives).toEqual([expect.objectContaining({ address: DRIVE, vendorId: 0x8086, deviceId: 0x0a54 })]);
  });

  it("shows 32 drives of one model by one look, each with its serial number", async () => {
    const addresses = Array.from(
      { length: 32 },
      (_, index) => `0000:a${(index >> 4).toString(16)}:${(index & 15).toString(16).padStart(2, "0")}.0`,
    );
    for (const [index, address] of addresses.entries())
      layDrive(sshd.root, { address, controller: `nvme${100 + index}`, serial: `TWIN${index}` });
    const { drives } = await guestOf("root").look({ holdersOf: addresses });
    for (const address of addresses) takeDrive(sshd.root, address);

    expect(new Set(drives.map(({ serialNumber }) => serialNumber)).size).toBe(33);
  });

  it("that shows no PCI device at all can't be asked: a container's or a chroot's login", async () => {
    takeDrive(sshd.root, DRIVE);
    const error = await failure("root");
    layDrive(sshd.root, { address: DRIVE, controller: "nvme0" });

    expect(error.message).toContain("shows no PCI device at all");
  });
});
