import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Guest } from "../../lib/guest/guest";
import type { DriveHolders } from "../../lib/guest/look";
import { SshConnection } from "../../lib/guest/ssh-connection";
import { layDrive } from "./fake-drive";
import { layNode, realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

const DRIVE = "0000:13:00.0";
const FREE = { holders: [], unanswered: [] };

/** A loop device under a drive's name; undefined where the machine has none to give. */
function attachLoop(file: string): { name: string; minor: number } | undefined {
  try {
    writeFileSync(file, Buffer.alloc(16 * 1024 * 1024));
    const name = execFileSync("losetup", ["--show", "-f", file], { encoding: "utf8", stdio: "pipe" }).trim();
    return { name, minor: Number(name.replace("/dev/loop", "")) };
  } catch {
    return undefined;
  }
}

realSshd("who holds a drive, by a kernel that knows it", () => {
  let sshd: Sshd;
  let loop: ReturnType<typeof attachLoop>;
  let guest: Guest;
  let shell: SshConnection;

  beforeAll(async () => {
    sshd = await startSshd({
      prepare: (root) => {
        loop = attachLoop(join(root, "disk"));
        layDrive(root, { address: DRIVE, controller: "nvme9" });
        if (!loop) return;
        layNode(root, { name: "nvme9n1", kind: "b", major: 7, minor: loop.minor });
        writeFileSync(join(root, "sys/class/block/nvme9n1/dev"), `7:${loop.minor}\n`);
        mkdirSync(join(root, "mnt"));
      },
    });
    const access = rootAccess(sshd);
    guest = new Guest(access);
    shell = await SshConnection.open(access.server, { credentials: access.credentials, timeoutSeconds: 20 });
  }, 30_000);

  afterAll(async () => {
    guest.close();
    shell.close();
    if (loop) execFileSync("losetup", ["-d", loop.name]);
    await sshd.close();
  });

  const run = async (command: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await shell.run(`PATH=$PATH:/usr/sbin:/sbin; ${command}`, {
      stdin: "",
      timeoutSeconds: 30,
    });
    if (exitCode !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout.trim();
  };
  const holders = async (): Promise<DriveHolders> => (await guest.look({ holdersOf: [DRIVE] })).holders.get(DRIVE)!;
  const whats = async (): Promise<string[]> => (await holders()).holders.map(({ what }) => what);
  const mnt = (): string => join(sshd.root, "mnt");
  /** With a loop device only: without one these cases can't be had, and each says so. */
  const onDisk = (title: string, test: () => Promise<void>): void =>
    it(title, async () => {
      if (loop) return test();
      process.stderr.write(`Skipped, "${title}": this machine has no loop device to give.\n`);
    }, 60_000);

  onDisk("nobody", async () => {
    expect(await holders()).toEqual(FREE);
  });

  onDisk("a mount, wherever it is, until it is unmounted", async () => {
    await run(`mkfs.ext4 -q /dev/nvme9n1 && mount /dev/nvme9n1 ${mnt()}`);
    const [held] = (await holders()).holders;
    await run(`umount ${mnt()}`);

    expect(held).toEqual({
      what: `mounted at ${mnt()} (/dev/nvme9n1)`,
      letGo: `Unmount it: umount ${mnt()}.`,
      passing: false,
    });
    expect(await holders()).toEqual(FREE);
  });

  onDisk("a mount in another mount namespace", async () => {
    await run("mkfs.ext4 -q -F /dev/nvme9n1");
    const pid = await run(
      `unshare -m sh -c 'mount /dev/nvme9n1 ${mnt()} && exec sleep 600' >/dev/null 2>&1 </dev/null & ` +
        "while ! grep -q nvme9n1 /proc/$!/mountinfo; do :; done; echo $!",
    );
    const held = await whats();
    await run(`kill ${pid}; while readlink /proc/${pid}/cwd; do :; done`);

    expect(held).toEqual([`mounted at ${mnt()} (/dev/nvme9n1)`]);
  });

  onDisk("a file system that was unmounted lazily and is still in use", async () => {
    await run(`mkfs.ext4 -q -F /dev/nvme9n1 && mount /dev/nvme9n1 ${mnt()}`);
    const pid = await run(
      `cd ${mnt()} && { sleep 600 >/dev/null 2>&1 </dev/null & } && cd / && umount -l ${mnt()} && echo $!`,
    );
    const held = await whats();
    await run(`kill ${pid}; while readlink /proc/${pid}/cwd; do :; done`);

    expect(held).toEqual(["held by the kernel (/dev/nvme9n1 can't be opened exclusively)"]);
  });

  onDisk("swap space", async () => {
    await run("mkswap /dev/nvme9n1 && swapon /dev/nvme9n1");
    const held = await whats();
    await run("swapoff /dev/nvme9n1");

    expect(held).toEqual(["swap space (/dev/nvme9n1)"]);
  });

  onDisk("a process that has it open, which may pass", async () => {
    const pid = await run("sleep 600 </dev/nvme9n1 >/dev/null 2>&1 & echo $!");
    const { holders: held } = await holders();
    await run(`kill ${pid}`);

    expect(held).toEqual([expect.objectContaining({ what: `open in process ${pid} (sleep)`, passing: true })]);
  });

  it("what stands on top of it: LVM, an encrypted device, RAID, btrfs, a loop device, an exported target", async () => {
    const block = join(sshd.root, "sys/class/block");
    const lay = (path: string, text = ""): void => {
      mkdirSync(join(sshd.root, path, ".."), { recursive: true });
      writeFileSync(join(sshd.root, path), `${text}\n`);
    };
    lay("sys/class/block/dm-0/dm/uuid", "LVM-abc");
    lay("sys/class/block/dm-0/dm/name", "vg--fast-data");
    lay("sys/class/block/dm-1/dm/uuid", "CRYPT-LUKS2-abc-secret");
    lay("sys/class/block/dm-1/dm/name", "secret");
    lay("sys/class/block/md0/md/level", "raid1");
    for (const top of ["dm-0", "dm-1", "md0"]) symlinkSync(`../../${top}`, join(block, "nvme9n1/holders", top));
    lay("sys/fs/btrfs/0ff1ce/devices/nvme9n1");
    lay("sys/block/loop7/loop/backing_file", "/dev/nvme9n1");
    lay("sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path", "/dev/nvme9n1");

    const { holders: held } = await holders();

    expect(held.map(({ what }) => what.replace(" (/dev/nvme9n1)", ""))).toEqual([
      "under the LVM volume vg--fast-data",
      "under the encrypted device secret",
      "in the RAID array /dev/md0",
      "part of a btrfs file system",
      "under the loop device /dev/loop7",
      "exported by /sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path",
    ]);
    expect(held[0]!.letGo).toBe("Unmount it and deactivate its group: vgchange -an vg-fast.");
  });
});
