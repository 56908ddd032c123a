import type { GuestDrive, GuestSystem } from "./guest";

export interface Answer {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const said = (stdout: string): Answer => ({ stdout, stderr: "", exitCode: 0 });
const failed = (stderr: string, exitCode = 1): Answer => ({ stdout: "", stderr: `${stderr}\n`, exitCode });

/**
 * What a login can do there: a look by a script on standard input, and of commands those that one needs to try things
 * out. Nothing of it is ever run on this machine.
 */
export async function runInGuest(guest: GuestSystem, command: string, stdin: string): Promise<Answer> {
  guest.visits.commands++;
  await guest.onCommand(command);
  if (/^exec (sudo -n )?\/bin\/sh -s$/.test(command.trim())) return look(guest, stdin);
  const [name = "", ...words] = command.trim().split(/\s+/);
  const run = COMMANDS[name];
  if (!run) return failed(`sh: ${name}: not found (this guest knows ${Object.keys(COMMANDS).join(", ")})`, 127);
  try {
    return run(guest, words);
  } catch (error) {
    return failed(`${name}: ${(error as Error).message}`);
  }
}

const COMMANDS: Record<string, (guest: GuestSystem, words: string[]) => Answer> = {
  lspci: (guest, words) => {
    const flags = words.join("").replaceAll("-", "");
    return said(
      guest
        .drives()
        .map((drive) => `${lspciLine(drive, { domain: flags.includes("D"), ids: flags.match(/n/g)?.length ?? 0 })}\n`)
        .join(""),
    );
  },
  lsblk: (guest) => {
    const lines = guest.drives().map(({ disk, serialNumber, model }) => {
      const mounted = guest.holds(disk).find(({ kind }) => kind === "mount")?.detail ?? "";
      return `/dev/${disk} ${serialNumber} ${mounted} ${model}`;
    });
    return said(["NAME SERIAL MOUNTPOINT MODEL", ...lines, ""].join("\n"));
  },
  mount: (guest, [disk, directory]) => {
    if (disk !== undefined && directory !== undefined) guest.hold(disk, "mount", directory);
    else if (disk !== undefined) return failed("mount: write mount DISK DIRECTORY");
    const mounts = guest.holds().filter(({ kind }) => kind === "mount");
    return said(
      disk === undefined ? mounts.map((one) => `/dev/${one.disk} on ${one.detail} type ext4\n`).join("") : "",
    );
  },
  umount: (guest, [what]) => {
    if (what === undefined) return failed("umount: write umount DIRECTORY, or a disk");
    guest.release(what);
    return said("");
  },
  true: () => said(""),
};

/** As lspci prints it with -n, -nn or neither, and -D. */
function lspciLine({ address, vendor, device, model }: GuestDrive, how: { domain: boolean; ids: number }): string {
  const where = how.domain ? address : address.slice(5);
  const ids = `${vendor}:${device}`;
  if (how.ids === 1) return `${where} 0108: ${ids}`;
  return how.ids === 0
    ? `${where} Non-Volatile memory controller: ${model}`
    : `${where} Non-Volatile memory controller [0108]: ${model} [${ids}]`;
}

/** The drives, by their addresses in the guest, of which a look asks who holds them. */
export const askedHolders = (script: string): string[] =>
  [...script.matchAll(/^holders (\S+)$/gm)].map(([, address]) => address!);

/**
 * The answer to a look: records of fields between tabs, between two lines that begin with the mark of the script, of
 * which the last has their number. It asks for the holders of a drive by a line `holders ADDRESS`.
 */
function look(guest: GuestSystem, script: string): Answer {
  const mark = /^echo (\S+) begin$/m.exec(script)?.[1];
  if (mark === undefined) return failed("sh: this guest only answers looks", 127);
  const asked = new Set(askedHolders(script));
  const drives = guest.drives();
  const records = drives.flatMap((drive) => {
    const { address, vendor, device, controller, serialNumber, model, disk } = drive;
    const holds = guest.holds(disk);
    const isBusy = holds.some(({ kind }) => kind !== "process");
    return [
      ["lspci", lspciLine(drive, { domain: true, ids: 1 })],
      ["drive", address, "0x010802", `0x${vendor}`, `0x${device}`, "nvme"],
      ["controller", address, controller, "live", serialNumber, model],
      ["disk", address, disk],
      ...(asked.has(address)
        ? [
            ["asked", address],
            ...holds.map(({ kind, detail }) => ["held", address, kind, disk, detail]),
            ["exclusive", address, disk, guest.tellsHolders ? (isBusy ? "16" : "0") : ""],
          ]
        : []),
    ];
  });
  const lines = ["bus", ...records.map((record) => record.join("\t")), "done"];
  return said([`${mark} begin`, ...lines, `${mark} end ${lines.length}`, ""].join("\n"));
}
