import { type DataObject, isDataObject, Reference } from "../../../value";
import type { DeviceContext, DeviceFamily } from "./device-family";
import { row } from "./places";
import { shares } from "./shares";

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export const networkAdapters: DeviceFamily = {
  types: ["VirtualVmxnet3", "VirtualVmxnet2", "VirtualVmxnet", "VirtualE1000", "VirtualE1000e", "VirtualPCNet32"],
  carriers: { VirtualPCIController: row({ key: 4000, unit: 7, count: 10 }) },
  defaultController: 100,
  hotPlug: true,
  label: (index) => `Network adapter ${index + 1}`,
  summary: (card) => (card["backing"] as DataObject)["deviceName"] as string,
  complete: (card, context) => ({
    ...card,
    backing: backingOf(card, context),
    ...address(card, context),
    wakeOnLanEnabled: card["wakeOnLanEnabled"] ?? true,
    resourceAllocation: allocation(card["resourceAllocation"]),
  }),
};

/** vCenter chooses the address, or takes the one given. */
function address({ addressType = "assigned", macAddress }: DataObject, { former, refuse }: DeviceContext): DataObject {
  if (addressType === "manual") {
    if (!MAC.test((macAddress as string | undefined) ?? ""))
      throw refuse("InvalidDeviceSpec", `"${(macAddress as string | undefined) ?? ""}" is no MAC address`);
    return { addressType, macAddress: (macAddress as string).toLowerCase() };
  }
  if (addressType !== "assigned" && addressType !== "generated")
    throw refuse("InvalidDeviceSpec", `An address is assigned, generated or manual, not "${String(addressType)}"`);
  return {
    addressType: "assigned",
    macAddress: former?.["addressType"] === "assigned" ? former["macAddress"] : undefined,
  };
}

function backingOf({ backing }: DataObject, { owner, refuse }: DeviceContext): DataObject {
  if (!isDataObject(backing) || backing.$type !== "VirtualEthernetCardNetworkBackingInfo")
    throw refuse("InvalidDeviceBacking", "A network adapter is on a network of its host; port groups aren't there");
  const { network: ref, deviceName } = backing;
  const network = owner.host.networks.find(({ ref: { id }, name }) =>
    ref instanceof Reference ? ref.id === id : name === deviceName,
  );
  if (!network)
    throw refuse(
      "InvalidDeviceBacking",
      `${owner.host.name} has no network ${ref instanceof Reference ? ref.id : `"${String(deviceName)}"`}`,
    );
  return { ...backing, deviceName: network.name, network: network.ref };
}

function allocation(given: DataObject[string]): DataObject {
  const { reservation = 0, limit = -1, share } = isDataObject(given) ? given : {};
  return { reservation, share: shares(share, 50), limit };
}
