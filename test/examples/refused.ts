import type { CallLogEntry } from "../../lib/simulator/call-log";

/**
 * Whether a call was refused for want of a privilege that its role was to have. What esxcli lists is read where the
 * account may, and not known where it may not: no role but the one for hosts has it.
 */
export function isRefused({ outcome, arguments: given }: CallLogEntry): boolean {
  return outcome === "NoPermission" && !/"method":"vim\.EsxCLI\.[\w.]+\.list"/.test(JSON.stringify(given));
}
