import type { DataObject } from "../../value";
import { guestFullName } from "../compute-resource/guest-os";
import type { VirtualMachine } from "./virtual-machine";

/** The guest runs, and tells of itself. */
export const guestRuns = (vm: VirtualMachine): boolean => vm.powerState === "poweredOn" && vm.hasTools;

function toolsFields(vm: VirtualMachine): DataObject {
  const installed = vm.description.tools !== "notInstalled";
  const running = guestRuns(vm);
  return {
    toolsStatus: running ? "toolsOk" : installed ? "toolsNotRunning" : "toolsNotInstalled",
    toolsVersionStatus: installed ? "guestToolsCurrent" : "guestToolsNotInstalled",
    toolsVersionStatus2: installed ? "guestToolsCurrent" : "guestToolsNotInstalled",
    toolsRunningStatus: running ? "guestToolsRunning" : "guestToolsNotRunning",
  };
}

export function guestInfo(vm: VirtualMachine): DataObject {
  const running = guestRuns(vm);
  return {
    ...toolsFields(vm),
    guestState: running ? "running" : "notRunning",
    ...(running
      ? {
          guestId: vm.settings.guestId,
          guestFullName: guestFullName(vm.settings.guestId),
          guestFamily: "linuxGuest",
          hostName: vm.name,
          ipAddress: addressOf(vm, 0),
          net: nets(vm),
          ipStack: adapters(vm).length === 0 ? [] : [stack],
        }
      : {}),
    guestOperationsReady: false,
    guestStateChangeSupported: running,
  };
}

export const guestSummary = (vm: VirtualMachine): DataObject => ({
  ...toolsFields(vm),
  ...(guestRuns(vm)
    ? {
        guestId: vm.settings.guestId,
        guestFullName: guestFullName(vm.settings.guestId),
        hostName: vm.name,
        ipAddress: addressOf(vm, 0),
      }
    : {}),
});

const adapters = ({ hardware }: VirtualMachine): DataObject[] => hardware.filter((device) => "macAddress" in device);

const nets = (vm: VirtualMachine): DataObject[] =>
  adapters(vm).map((card, index) => {
    const ipAddress = addressOf(vm, index)!;
    return {
      network: (card["backing"] as DataObject)["deviceName"]!,
      ipAddress: [ipAddress],
      macAddress: card["macAddress"]!,
      connected: (card["connectable"] as DataObject)["connected"]!,
      deviceConfigId: card["key"]!,
      ipConfig: { ipAddress: [{ ipAddress, prefixLength: 15, state: "preferred" }] },
    };
  });

/** Clients that wait for a guest's network wait for a way out of it. */
const stack: DataObject = {
  ipRouteConfig: {
    ipRoute: [{ network: "0.0.0.0", prefixLength: 0, gateway: { ipAddress: "198.19.255.254", device: "0" } }],
  },
};

/** Of 198.18.0.0/15, which no network of anyone has (RFC 2544); it goes by the machine's id. */
function addressOf(vm: VirtualMachine, index: number): string | undefined {
  if (index === 0 && vm.guestAddress !== undefined) return vm.guestAddress;
  if (index >= adapters(vm).length) return undefined;
  if (index === 0 && vm.description.ipAddress) return vm.description.ipAddress;
  const number = (Number(vm.ref.id.replace(/\D/g, "")) * 10 + index) % 2 ** 17;
  return `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}
