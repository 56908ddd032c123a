import type { PreparableDevice } from "../../lib/hotplug/host/target";
import { SAMSUNG } from "./model-vcenter";

/** An NVMe drive of a host that nobody prepared: capable of passthrough, and not enabled for it. */
export const preparableDrive = (address: string, more: Partial<PreparableDevice> = {}): PreparableDevice => ({
  ...SAMSUNG,
  address,
  vendorName: "Samsung",
  deviceName: "PM1733",
  passthroughCapable: true,
  passthroughEnabled: false,
  passthroughActive: false,
  dependentDevice: address,
  usedByHost: [],
  ...more,
});
