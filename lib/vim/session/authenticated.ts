import { faultFrom } from "../wire/fault";
import type { FromVim } from "../wire/types";

type Read = Pick<FromVim<"RetrieveResult">, "objects"> | undefined;

/**
 * Throws the VimFault NotAuthenticated of a read whose session has expired: such a one is answered as if it had gone
 * well, with that fault for each property. As in public reports of vCenter and ESXi, and in govmomi's simulator:
 * https://github.com/evoila/meho/issues/3773
 */
export function authenticated<T>(answer: T): T {
  const objects = (answer as Read)?.objects ?? [];
  for (const { fault } of objects.flatMap(({ missingSet }) => missingSet)) {
    if (fault.fault.$type === "NotAuthenticated") throw faultFrom(fault);
  }
  return answer;
}
