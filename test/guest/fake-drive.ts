import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface FakeDrive {
  address: string;
  /** `8086:0a54` */
  ids?: string;
  classId?: string;
  driver?: string;
  /** `nvme3`; none where no driver is bound. */
  controller?: string;
  serial?: string;
  model?: string;
  /** As sysfs names them below the controller: `nvme3n1`, or `nvme3c3n1` under native multipath. */
  namespaces?: string[];
}

/** Lays a drive into a /sys below `root`, as Linux shows one. */
export function layDrive(root: string, drive: FakeDrive): void {
  const { address, ids = "8086:0a54", classId = "010802", driver = "nvme", controller } = drive;
  const [vendor = "", device = ""] = ids.split(":");
  const directory = join(root, "sys/bus/pci/devices", address);
  const write = (path: string, text: string): void => {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), `${text}\n`);
  };
  write("class", `0x${classId}`);
  write("vendor", `0x${vendor}`);
  write("device", `0x${device}`);
  if (driver !== "") {
    mkdirSync(join(root, "sys/bus/pci/drivers", driver), { recursive: true });
    symlinkSync(`../../drivers/${driver}`, join(directory, "driver"));
  }
  if (controller === undefined) return;
  write(`nvme/${controller}/state`, "live");
  write(`nvme/${controller}/serial`, (drive.serial ?? "S1").padEnd(20));
  write(`nvme/${controller}/model`, (drive.model ?? "FAKE NVME").padEnd(40));
  for (const namespace of drive.namespaces ?? [`${controller}n1`]) {
    write(`nvme/${controller}/${namespace}/size`, "1024");
    const disk = namespace.replace(/c\d+n/, "n");
    mkdirSync(join(root, "sys/class/block", disk, "holders"), { recursive: true });
    writeFileSync(join(root, "sys/class/block", disk, "dev"), "250:77\n");
  }
}

export function takeDrive(root: string, address: string): void {
  rmSync(join(root, "sys/bus/pci/devices", address), { recursive: true });
}

/** Lays an lspci that lists the drives of `root`, as `lspci -Dn` prints them. */
export function layLspci(root: string): void {
  const file = join(root, "bin/lspci");
  writeFileSync(
    file,
    `#!/bin/sh
[ "$1" = -Dn ] || exit 1
for d in /sys/bus/pci/devices/*; do
  [ -e "$d/class" ] || continue
  read c <"$d/class"; read v <"$d/vendor"; read i <"$d/device"
  c=\${c#0x}; echo "\${d##*/} \${c%??}: \${v#0x}:\${i#0x} (rev 02)"
done
`,
  );
  chmodSync(file, 0o755);
}

export function drivesOf(root: string): string[] {
  return readdirSync(join(root, "sys/bus/pci/devices"));
}
