import { orUnknown } from "../session/answers";
import type { Abortable, Session } from "../session/session";
import { readUsesByAddress } from "./devices-in-use";
import type { Host } from "./host";
import { readBootParameters, type BootParameters } from "./kernel-setting";

/**
 * All that a report asks of one host beside the inventory: at most six requests. An account that may only read is
 * enough: what it may not ask for is not known. Of a host that isn't connected nothing is.
 */
export async function readHostExtras(
  session: Session,
  { connectionState, reference }: Pick<Host, "connectionState" | "reference">,
  { signal }: Abortable = {},
): Promise<
  BootParameters & {
    /** What the host itself uses devices for, by address. */
    usedByHost?: ReadonlyMap<string, readonly string[]>;
  }
> {
  if (connectionState !== "connected") return {};
  const options = { signal, readOnly: true };
  const [usedByHost, parameters] = await Promise.all([
    orUnknown(readUsesByAddress(session, reference, options)),
    orUnknown(readBootParameters(session, reference, options)),
  ]);
  return { ...(usedByHost && { usedByHost }), ...parameters };
}
