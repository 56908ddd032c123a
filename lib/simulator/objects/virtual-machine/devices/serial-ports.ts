import { isDataObject } from "../../../value";
import type { DeviceFamily } from "./device-family";
import { row } from "./places";

export const serialPorts: DeviceFamily = {
  types: ["VirtualSerialPort"],
  carriers: { VirtualSIOController: row({ key: 9000, unit: 0, count: 32 }) },
  defaultController: 400,
  hotPlug: false,
  label: (index) => `Serial port ${index + 1}`,
  summary: ({ backing }) => {
    if (!isDataObject(backing)) return "Serial port";
    const { fileName, deviceName, pipeName, serviceURI } = backing;
    return String(fileName ?? deviceName ?? pipeName ?? serviceURI ?? "Serial port");
  },
};
