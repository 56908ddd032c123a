import { faultOf, type SoapFault } from "../support/soap-requests";
import { add, change, create, devices, disk, flat, nic, pvscsi } from "./device-specs";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> =>
  (running = await startInProcess(...options));
afterEach(() => running?.vcenter.stop());

describe("is refused, with nothing changed:", () => {
  it.each<[string, string, string]>([
    ["a kind of device that isn't known", add("VirtualTPM", "<key>-1</key>"), "NotSupported"],
    ["a disk on a controller that isn't there", disk(1003), "InvalidController"],
    ["a disk on a controller of another kind", disk(400), "InvalidController"],
    ["a disk where another one is", disk(1000, 0), "InvalidDeviceSpec"],
    ["a disk in the controller's own place", disk(1000, 7), "InvalidDeviceSpec"],
    ["a disk on a datastore that the host hasn't", disk(1000, 1, "[else]"), "InvalidDatastore"],
    ["a disk at no path", disk(1000, 1, "db.vmdk"), "InvalidDatastorePath"],
    ["a new disk in a file that is there", disk(1000, 1, "[datastore-esx01] db/db.vmdk"), "FileAlreadyExists"],
    ["a network that the host hasn't", nic("", "else"), "InvalidDeviceBacking"],
    [
      "an address that is none",
      nic("<addressType>manual</addressType><macAddress>x</macAddress>"),
      "InvalidDeviceSpec",
    ],
    [
      "a fifth SCSI controller",
      [0, 1, 2, 3].map((n) => pvscsi(-n - 1).replace("<busNumber>0", "<busNumber>-1")).join(""),
      "TooManyDevices",
    ],
    [
      "the end of what every machine has",
      change("remove", "VirtualKeyboard", "<key>600</key>"),
      "InvalidDeviceOperation",
    ],
    [
      "the end of a controller with a disk on it",
      change(
        "remove",
        "ParaVirtualSCSIController",
        "<key>1000</key><busNumber>0</busNumber><sharedBus>noSharing</sharedBus>",
      ),
      "InvalidDeviceSpec",
    ],
    [
      "the end of a device that isn't there",
      change("remove", "VirtualDisk", "<key>2009</key><capacityInKB>0</capacityInKB>"),
      "DeviceNotFound",
    ],
    ["a device under another one's key", change("edit", "VirtualVmxnet3", "<key>2000</key>"), "DeviceNotFound"],
    [
      "a disk that shrinks",
      change("edit", "VirtualDisk", `<key>2000</key>${flat("")}<capacityInKB>1024</capacityInKB>`),
      "InvalidDeviceSpec",
    ],
    [
      "a disk that moves",
      change(
        "edit",
        "VirtualDisk",
        `<key>2000</key>${flat("[datastore-esx01] x.vmdk")}<capacityInKB>41943040</capacityInKB>`,
      ),
      "NotSupported",
    ],
    ["a file of what has none", add("VirtualVmxnet3", "<key>-1</key>", "create"), "InvalidDeviceOperation"],
    ["a storage policy", nic().replace("</deviceChange>", "<changeMode>x</changeMode></deviceChange>"), "NotSupported"],
  ])("%s", async (_, spec, fault) => {
    const { soap } = await start();
    const before = await devices(soap, "vm-44");
    expect(await faultOf(soap.reconfigure("vm-44", spec))).toBe(fault);
    // The good half of a call with a bad one isn't made either.
    expect(await faultOf(soap.reconfigure("vm-44", disk(1000, 5, "") + spec))).toBe(fault);
    expect(await devices(soap, "vm-44")).toEqual(before);
    await soap.reconfigure("vm-44", disk(1000, 5, ""));
    expect(await devices(soap, "vm-44")).toHaveLength(before.length + 1);
  });

  it("a machine with such a device, which is then not there at all", async () => {
    const { soap } = await start();
    const failure = await create(soap, disk(1003)).catch((error: SoapFault) => error);
    expect((failure as SoapFault).type).toBe("InvalidController");
    expect((failure as SoapFault).field("property")).toBe("configSpec.deviceChange[0]");
    await create(soap, "");
  });
});
