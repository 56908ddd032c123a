import { version } from "cdktf/package.json";
import type { Construct } from "constructs";
import { otherCdktf } from "./errors";

/**
 * A stack that one release of CDKTF made and elements of another don't go together: cdktn, say, calls what cdktf's
 * elements don't have, and the synthesis ends in a TypeError. An app remembers its release.
 *
 * @throws HotplugConstructError
 */
export function requireOneCdktf(scope: Construct): void {
  const other: unknown = scope.node.tryGetContext("cdktfVersion");
  if (typeof other === "string" && other !== version) throw otherCdktf(scope.node.path, { app: other, ours: version });
}
