import { explain, type Violation } from "../hotplug/rules/violation";
import { printable } from "../printable";
import type { AttributePath } from "../tfplugin6/diagnostic";

/** Something that the person has to mend: it becomes a diagnostic as it stands. */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(
    readonly summary: string,
    readonly detail: string,
    readonly path?: AttributePath,
  ) {
    super(summary);
  }
}

/** What vCenter itself can't see now: it decides nothing about an object, and is no matter of any other. */
export class OutOfSightError extends UserError {}

/** A rule that stands in the way, in its own words. */
export function brokenRule(violation: Violation, path?: AttributePath): UserError {
  return new UserError(violation.summary, explain(violation), path);
}

/**
 * The same text names another object by now, which no replacement can follow: Terraform replaces for a text that has
 * changed.
 */
export function otherObject(
  attribute: "virtual_machine_id" | "host_id",
  name: string,
  { found, known }: { found: string; known: string },
): UserError {
  return new UserError(
    `${attribute} ${printable(name)} names another ${attribute === "host_id" ? "host" : "virtual machine"} by ` +
      `now: ${found}`,
    `The state is about ${known}. Name that one by its managed object id; or, if ${found} is meant, take the ` +
      "resource out of the state (terraform state rm) and import it. Nothing was changed.",
    [attribute],
  );
}

/** What is named is another object by now than the one that was planned for. `name` is told where it says more. */
export function otherThanAtPlan(attribute: "host_id" | "virtual_machine_id", name?: string): UserError {
  const object = attribute === "host_id" ? "host" : "virtual machine";
  return new UserError(
    `${name === undefined ? attribute : `${attribute} ${name}`} names another ${object} than at plan`,
    "Nothing was changed. Plan again: the resource will be replaced.",
    [attribute],
  );
}
