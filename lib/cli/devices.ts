import { formatId, isNvme } from "../hotplug/facts";
import { titleOf } from "../hotplug/observed-facts";
import { isBehindVmd } from "../hotplug/pci-address";
import { printable } from "../printable";
import type { Session } from "../vim/session/session";
import type { Host, HostPciDevice } from "../vim/host/host";
import { readUsesByAddress } from "../vim/host/devices-in-use";
import type { Unreadable } from "../vim/inventory";
import { orUnknown } from "../vim/session/answers";
import type { PassthroughDevice } from "../vim/virtual-machine/passthrough-device";
import type { VirtualMachine } from "../vim/virtual-machine/virtual-machine";
import type { Command } from "./command";
import { namedBy, readSelection, SELECTION_OPTIONS, type Named } from "./selection";
import { json, table, terminalOf, wrap, type Terminal } from "./terminal";
import { ENVIRONMENT_NOTES, withVcenter } from "./vcenter";

/** Hosts' PCI devices, and who uses them. */
export const devicesCommand: Command = {
  name: "devices",
  summary:
    "List the NVMe devices of hosts: what they are, whether they can be passed through, and who uses them. It " +
    "only reads.",
  positionals: [],
  options: {
    ...SELECTION_OPTIONS,
    all: { type: "boolean", description: "Every class of PCI device, not NVMe alone." },
    json: { type: "boolean", description: "Print one JSON object." },
  },
  notes: [
    "A row is one line, its columns two blanks apart (awk -F '  +'); what nobody has is free.",
    "Exit status: 0, 1 if something can't be read, 2 for wrong usage.",
    "",
    ...ENVIRONMENT_NOTES,
  ],
  async run(input, context) {
    const { options } = input;
    const named = namedBy(input, context.signal);
    const { hosts, unreadable } = await withVcenter(context, (session) =>
      list(session, named, { all: options["all"] === true }),
    );
    const terminal = terminalOf(context);
    context.stdout.write(
      options["json"]
        ? json({
            hosts: hosts.map(hostValue),
            unreadable: unreadable.map(({ reference, name, error }) => ({
              id: reference.value,
              name,
              error: error.message,
            })),
          })
        : hosts.map((one) => printHost(one, terminal)).join("\n"),
    );
    if (!options["json"])
      for (const object of unreadable)
        context.stderr.write(
          `${titleOf(object)} can't be read, and what it uses isn't known: ${printable(object.error.message)}\n`,
        );
    return unreadable.length > 0 || hosts.some(({ host: { connectionState } }) => connectionState !== "connected")
      ? 1
      : 0;
  },
};

interface ListedDevice {
  address: string;
  vendorId: number;
  deviceId: number;
  /** Undefined for one that a virtual machine has and the host no longer shows. */
  onHost?: HostPciDevice;
  virtualMachines: VirtualMachine[];
  /** Undefined where it can't be told. */
  usedByHost?: readonly string[];
}

interface ListedHost {
  host: Host;
  devices: ListedDevice[];
  /** What is said where there are none. */
  none: string;
}

async function list(
  session: Session,
  named: Named,
  { all }: { all: boolean },
): Promise<{ hosts: ListedHost[]; unreadable: Unreadable[] }> {
  const selection = await readSelection(session, named);
  const hosts: ListedHost[] = [];
  for (const host of selection.hosts) {
    const uses =
      host.connectionState === "connected"
        ? await orUnknown(readUsesByAddress(session, host.reference, { signal: named.signal, readOnly: true }))
        : undefined;
    const attached = selection.virtualMachines
      .filter((vm) => vm.host?.value === host.reference.value)
      .flatMap((vm) => vm.passthroughDevices.map((device) => ({ vm, device })));
    const machinesWith = (address: string): VirtualMachine[] =>
      attached.filter(({ device }) => device.address === address).map(({ vm }) => vm);
    const devices = [
      ...host.pciDevices
        .filter((device) => all || isNvme(device))
        .map((onHost) => ({
          ...onHost,
          onHost,
          virtualMachines: machinesWith(onHost.address),
          ...(uses && { usedByHost: uses.get(onHost.address) ?? [] }),
        })),
      ...goneFromHost(host, attached).map(({ address, vendorId, deviceId }) => ({
        address,
        vendorId,
        deviceId,
        virtualMachines: machinesWith(address),
      })),
    ];
    const [wanted] = named.vms.length > 0 ? selection.chosen : [];
    hosts.push({
      host,
      devices: devices.filter(
        ({ virtualMachines }) =>
          !wanted || virtualMachines.some(({ reference }) => reference.value === wanted.reference.value),
      ),
      none:
        `${wanted ? `Virtual machine ${titleOf(wanted)}` : "It"} has no ${all ? "PCI" : "NVMe"} ` +
        `${wanted ? "passthrough " : ""}device.`,
    });
  }
  return { hosts, unreadable: [...selection.unreadable, ...selection.unreadableBeside] };
}

/** What virtual machines have and a connected host no longer shows: pulled out. */
function goneFromHost(host: Host, attached: readonly { device: PassthroughDevice }[]): PassthroughDevice[] {
  if (host.connectionState !== "connected") return [];
  return attached
    .map(({ device }) => device)
    .filter(({ address }) => !host.pciDevices.some((onHost) => onHost.address === address));
}

const HEAD = ["ADDRESS", "SLOT", "IDS", "PASSTHROUGH", "USED BY", "NAME"];

function printHost({ host, devices, none }: ListedHost, terminal: Terminal): string {
  const isSeen = host.connectionState === "connected";
  const unseen = isSeen ? "" : `: ${printable(host.connectionState)}, its devices can't be seen`;
  const title = `Host ${titleOf(host)}${unseen}`;
  const rows = devices.map((device) => [
    printable(device.address),
    slotOf(device),
    `${formatId(device.vendorId)}:${formatId(device.deviceId)}`,
    isBehindVmd(device.address) ? "no: behind Intel VMD" : passthroughState(device.onHost?.passthrough),
    usersOf(device),
    device.onHost ? printable(device.onHost.deviceName) : "not on the host",
  ]);
  const body =
    rows.length > 0
      ? table(HEAD, rows, terminal)
      : host.connectionState === "connected"
        ? wrap(none, terminal.width)
        : [];
  return `${[...wrap(title, terminal.width).map((line) => terminal.style(line, "bold")), ...body].join("\n")}\n`;
}

/** The slot's number, or what is written on it. */
function slotOf({ onHost }: ListedDevice): string {
  return printable(onHost?.slotDescription ?? onHost?.physicalSlot?.toString() ?? "");
}

function usersOf(device: ListedDevice): string {
  const users = [
    ...device.virtualMachines.map(titleOf),
    ...(device.usedByHost ?? []).map((use) => `the host: ${printable(use)}`),
  ];
  if (users.length > 0) return users.join(", ");
  return { true: "free", false: "nobody", unknown: "unknown" }[`${isFree(device) ?? "unknown"}`];
}

/** Whether nobody has it, so that a virtual machine may; undefined where it can't be told what the host itself uses. */
function isFree({ onHost, virtualMachines, usedByHost }: ListedDevice): boolean | undefined {
  if (!onHost || virtualMachines.length > 0 || usedByHost?.length) return false;
  // What is passed through is out of the host's hands.
  return usedByHost || onHost.passthrough?.active ? true : undefined;
}

/** The furthest that it has come, and what is left where the host waits for a restart. */
function passthroughState(state: HostPciDevice["passthrough"]): string {
  if (!state) return "unknown";
  if (state.enabled) return state.active ? "active" : "enabled, waits for a restart";
  if (state.active) return "disabled, active until a restart";
  return state.capable ? "capable" : "not capable";
}

function hostValue({ host, devices }: ListedHost): object {
  return {
    id: host.reference.value,
    name: host.name,
    connection_state: host.connectionState,
    devices: devices.map((device) => {
      const { address, vendorId, deviceId, onHost, virtualMachines, usedByHost } = device;
      return {
        address,
        class_id: onHost ? formatId(onHost.classId) : null,
        vendor_id: formatId(vendorId),
        device_id: formatId(deviceId),
        vendor_name: onHost?.vendorName ?? null,
        name: onHost?.deviceName ?? null,
        physical_slot: onHost?.physicalSlot ?? null,
        slot_description: onHost?.slotDescription ?? null,
        on_host: onHost !== undefined,
        passthrough: onHost?.passthrough
          ? {
              capable: onHost.passthrough.capable,
              enabled: onHost.passthrough.enabled,
              active: onHost.passthrough.active,
            }
          : null,
        virtual_machines: virtualMachines.map(({ reference, name }) => ({ id: reference.value, name })),
        used_by_host: usedByHost ?? null,
        free: isFree(device) ?? null,
      };
    }),
  };
}
