import { version } from "cdktf/package.json";
import type { Construct } from "constructs";
import { otherCdktf } from "./errors";

/** What goes together. Tests write `stubbed` in its place, which is nothing to compare. */
const FAMILY = /^\d+\.\d+/;

/**
 * A stack that one release of CDKTF made and elements of another don't go together: cdktn, say, calls what cdktf's
 * elements don't have, and the synthesis ends in a TypeError. An app remembers its release.
 *
 * @throws HotplugConstructError
 */
export function requireOneCdktf(scope: Construct): void {
  const app = String(scope.node.tryGetContext("cdktfVersion"));
  const [theirs] = FAMILY.exec(app) ?? [];
  if (theirs !== undefined && theirs !== FAMILY.exec(version)?.[0])
    throw otherCdktf(scope.node.path, { app, ours: version });
}
