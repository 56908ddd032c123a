import { printable } from "../printable";
import { holderOf, type Holder } from "./holder";
import { isGuestAddress } from "./look-script";

/** A non-volatile memory controller as a guest shows it. Ids are unsigned. */
interface GuestDrive {
  /** PCI address inside the guest: another one than on the host. */
  address: string;
  classId: number;
  vendorId: number;
  deviceId: number;
  /** The kernel's driver that has it, `nvme` as a rule. */
  driver?: string;
  serialNumber?: string;
  model?: string;
  /** `/dev/nvme2n1`, whole disks only. */
  blockDevices: string[];
}

/** Who holds a drive, and what could not be asked: a guest that can't answer is not one that says no. */
export interface DriveHolders {
  holders: Holder[];
  unanswered: string[];
}

export interface Look {
  /** Whether it shows any PCI device at all: each virtual machine has some, so that one without can't see them. */
  seesDevices: boolean;
  drives: GuestDrive[];
  /** By guest address, of the drives whose holders were asked for. */
  holders: Map<string, DriveHolders>;
}

/** The longest serial number (20 characters) and model (40) that NVMe has, and then some. */
const TEXT_LIMIT = 64;
/** More than any guest has: what tells more is no answer, and isn't gone through. */
const MOST_RECORDS = 50_000;
const MOST_DEVICES = 1_000;

/** Reads what `lookScript` prints; undefined where the answer is not whole, or no answer to that. */
export function readLook(nonce: string, output: string): Look | undefined {
  const lines = output.split(/\r?\n/);
  const begin = lines.indexOf(`${nonce} begin`);
  const end = lines.findIndex((line, index) => index > begin && line.startsWith(`${nonce} end `));
  if (begin < 0 || end < 0) return undefined;
  const records = lines.slice(begin + 1, end).map((line) => line.split("\t"));
  if (lines[end] !== `${nonce} end ${records.length}` || records.at(-1)?.[0] !== "done") return undefined;
  if (records.length > MOST_RECORDS) return undefined;
  const of = (kind: string): string[][] => records.filter(([name]) => name === kind).map(([, ...fields]) => fields);
  if (of("lspci").length > MOST_DEVICES || of("drive").length > MOST_DEVICES) return undefined;
  const drives = readDrives(of);
  // Addresses go into the next script, into the state and onto terminals.
  if (!drives.every(({ address, vendorId, deviceId }) => isGuestAddress(address) && vendorId >= 0 && deviceId >= 0))
    return undefined;
  const seesDevices = of("bus").length + of("lspci").length > 0;
  return { seesDevices, drives, holders: readHolders(of, drives) };
}

/** The drives that lspci lists, or, where there is no lspci that can, those of the list that it reads itself. */
function readDrives(of: (kind: string) => string[][]): GuestDrive[] {
  const listed = of("lspci").flatMap(([line = ""]) => {
    const [, address, classId, vendorId, deviceId] =
      /^([\da-f:.]+) ([\da-f]{4}): ([\da-f]{4}):([\da-f]{4})/.exec(line) ?? [];
    return address === undefined ? [] : [{ address, ...numbers({ classId, vendorId, deviceId }) }];
  });
  const known = new Map(
    of("drive").map(([address = "", classId = "", vendorId, deviceId, driver]) => [
      address,
      {
        address,
        // Six digits, of which the last two are the programming interface.
        ...numbers({ classId: classId.slice(0, -2), vendorId, deviceId }),
        ...(driver && { driver: printable(driver) }),
      },
    ]),
  );
  const [controllers, disks] = [of("controller"), of("disk")];
  const drives = listed.length > 0 ? listed.filter(({ classId }) => classId === 0x0108) : [...known.values()];
  return drives.map((drive) => {
    const [, , , serialNumber, model] = controllers.find(([address]) => address === drive.address) ?? [];
    return {
      ...drive,
      ...known.get(drive.address),
      ...(serialNumber && { serialNumber: printable(serialNumber.slice(0, TEXT_LIMIT)) }),
      ...(model && { model: printable(model.slice(0, TEXT_LIMIT)) }),
      blockDevices: [
        ...new Set(
          disks.filter(([address]) => address === drive.address).map(([, name = ""]) => `/dev/${printable(name)}`),
        ),
      ],
    };
  });
}

function numbers<K extends string>(hex: Record<K, string | undefined>): Record<K, number> {
  const entries = Object.entries<string | undefined>(hex).map(([name, text = ""]) => [name, Number.parseInt(text, 16)]);
  return Object.fromEntries(entries) as Record<K, number>;
}

const EBUSY = "16";

function readHolders(of: (kind: string) => string[][], drives: readonly GuestDrive[]): Map<string, DriveHolders> {
  const all = new Map<string, DriveHolders>();
  const entry = (address: string): DriveHolders => {
    const known = all.get(address) ?? { holders: [], unanswered: [] };
    all.set(address, known);
    return known;
  };
  for (const [address = ""] of of("asked")) {
    const driver = drives.find((drive) => drive.address === address)?.driver;
    if (driver && driver !== "nvme") entry(address).holders.push(holderOf("driver", "", driver));
    else entry(address);
  }
  for (const [address = ""] of of("unanswered"))
    entry(address).unanswered.push("which processes have it open can't be asked: find, stat or grep is missing");
  const told = new Set<string>();
  for (const [address = "", kind = "", node = "", detail = ""] of of("held")) {
    const holder = holderOf(kind, node, detail);
    const isTold = told.has(`${address} ${holder.what}`);
    told.add(`${address} ${holder.what}`);
    if (!isTold) entry(address).holders.push(holder);
  }
  for (const [address = "", disk = "", errno = ""] of of("exclusive")) {
    const { holders, unanswered } = entry(address);
    const device = `/dev/${printable(disk)}`;
    if (errno === EBUSY && holders.every(({ passing }) => passing)) holders.push(holderOf("kernel", disk, ""));
    else if (errno === "") unanswered.push(`${device} can't be opened exclusively: neither python3 nor perl is there`);
    else if (errno !== "0" && errno !== EBUSY) unanswered.push(`${device} can't be opened (error ${printable(errno)})`);
  }
  const exclusive = of("exclusive");
  for (const { address, blockDevices } of drives) {
    const opened = exclusive.flatMap(([where, disk = ""]) => (where === address ? [`/dev/${printable(disk)}`] : []));
    const left = blockDevices.filter((disk) => !opened.includes(disk));
    all.get(address)?.unanswered.push(...left.map((disk) => `whether ${disk} can be opened exclusively wasn't told`));
  }
  return all;
}
