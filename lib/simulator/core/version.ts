import { compareVersions, parseVersion } from "../schema/parse-schema";

/** "8.0.3" as an API version, "8.0.3.0". */
export const apiVersion = (product: string): string => [...product.split("."), "0", "0", "0"].slice(0, 4).join(".");

/** Whether a product's version is at least 8.0 U1, where hot plug of passthrough devices began. */
export const atLeast = (version: string, minimum: string): boolean =>
  compareVersions(parseVersion(version), parseVersion(minimum)) >= 0;
