import type { Inventory } from "../inventory/inventory";
import type { DataObject } from "../value";
import { stableUuid } from "./random";
import { apiVersion } from "./version";

/** The AboutInfo of a product: vCenter, or ESXi on a host. */
export const aboutProduct = (product: { name: string; version: string; build: string; [field: string]: string }) => ({
  fullName: `${product.name} ${product.version} build-${product.build}`,
  vendor: "VMware, Inc.",
  localeVersion: "INTL",
  localeBuild: "000",
  apiVersion: apiVersion(product.version),
  licenseProductVersion: "8.0",
  ...product,
});

/** What the service says about itself. */
export function aboutService({ vcenter = {} }: Inventory): DataObject {
  const { version = "8.0.3", build = "24022515", apiType = "VirtualCenter" } = vcenter;
  return aboutProduct({
    name: apiType === "VirtualCenter" ? "VMware vCenter Server" : "VMware ESXi",
    version,
    build,
    osType: "linux-x64",
    productLineId: apiType === "VirtualCenter" ? "vpx" : "embeddedEsx",
    apiType,
    instanceUuid: vcenter.instanceUuid ?? stableUuid("vcenter"),
    licenseProductName: "VMware VirtualCenter Server",
  });
}
