import type { ManagedObjectReference } from "../wire/managed-object-reference";

/** vCenter shows only a part of an object, as it does while it can't reach its host. What is missing is not absent. */
export class IncompleteAnswerError extends Error {
  override readonly name = "IncompleteAnswerError";

  constructor(
    readonly object: ManagedObjectReference,
    readonly property: string,
    /** The object's own connection state, if that much is known. */
    readonly connectionState: string | undefined,
    /** What that leaves open, and the way out, as sentences. */
    consequence?: string,
  ) {
    const state = connectionState && connectionState !== "connected" ? `; it is ${connectionState}` : "";
    const what = `vCenter does not show ${property} of ${object.type} ${object.value}${state}.`;
    super(consequence ? `${what} ${consequence}` : what);
  }

  /** vCenter can't reach the object itself now, whoever asks. */
  get isOutOfReach(): boolean {
    return this.connectionState !== undefined && this.connectionState !== "connected";
  }
}
