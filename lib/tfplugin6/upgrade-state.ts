import { errorDiagnostic, type Diagnostic } from "./diagnostic";
import { decodeJson } from "./dynamic-value";
import type { UpgradeResourceStateRequest } from "./generated/tfplugin6_pb";
import type { ObjectValue } from "./value";
import type { ObjectType } from "./value-type";

/**
 * A state as it lies in the state file, in today's schema: attributes that are no more are dropped, new ones are null
 * until the next refresh. A state of a newer schema is refused, since what it says may mean something else by now.
 */
export function upgradeState(
  { typeName, version, rawState }: Pick<UpgradeResourceStateRequest, "typeName" | "version" | "rawState">,
  current: { type: ObjectType; version: number },
): { state?: ObjectValue; diagnostics: Diagnostic[] } {
  if (version > BigInt(current.version)) {
    const detail =
      `The state of this ${typeName} was written by a newer version of the provider (schema ${version}; this one ` +
      `knows ${current.version}). Use that version, or a newer one.`;
    return { diagnostics: [errorDiagnostic("State of a newer provider", detail)] };
  }
  try {
    if (!rawState?.json.length) throw new Error("it is not in the JSON form that Terraform writes since 0.12");
    const state = decodeJson(rawState.json, current.type, { extraAttributes: "drop" });
    if (state === null) throw new Error("it is null");
    return { state, diagnostics: [] };
  } catch (error) {
    const detail =
      `The stored state of this ${typeName} can't be read: ${(error as Error).message}. If the state file was ` +
      "edited by hand, undo that; otherwise remove the object from the state (it stays as it is) and import it " +
      "again.";
    return { diagnostics: [errorDiagnostic("State that can't be read", detail)] };
  }
}
