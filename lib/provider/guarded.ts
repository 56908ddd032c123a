import type { Clock } from "../clock";
import { errorDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import type { Connection } from "./connection";
import { errorToDiagnostic, isOutOfSight } from "./errors";

/** What the provider gives to its resources and data sources. */
export interface Dependencies {
  /** Undefined while the provider's configuration isn't known. */
  connection(): Connection | undefined;
  clock: Clock;
}

interface Answer {
  diagnostics?: Diagnostic[];
}

/** Does `work`; an error of vCenter, or one that the person has to mend, becomes a diagnostic beside `otherwise`. */
export async function guarded<T extends Answer>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return { ...otherwise, diagnostics: [errorToDiagnostic(error)] };
  }
}

/**
 * A refresh or a plan of a resource: does `work`, guarded, with the connection; `otherwise` stands while there is none.
 * An error that is about no argument of the resource, such as a vCenter that is away, is told once: it fails the run as
 * a whole. A host that is away fails nothing: what it has is left as it was, and everybody else goes on.
 */
export async function whereConnected<T extends Answer>(
  { connection }: Pick<Dependencies, "connection">,
  otherwise: T,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const current = connection();
  if (!current) return otherwise;
  try {
    return await work(current);
  } catch (error) {
    const severity = isOutOfSight(error) ? "warning" : "error";
    return { ...otherwise, diagnostics: current.notes.toTellOnce({ ...errorToDiagnostic(error), severity }) };
  }
}

/** Any other work: does it, guarded, with the connection; that there is none is an error. */
export function connected<T extends Answer>(
  dependencies: Pick<Dependencies, "connection">,
  otherwise: T,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const current = dependencies.connection();
  return current
    ? guarded(otherwise, () => work(current))
    : Promise.resolve({ ...otherwise, diagnostics: [notConfigured()] });
}

function notConfigured(): Diagnostic {
  return errorDiagnostic(
    "The provider is not configured",
    "Its configuration is not known yet. Give the provider's arguments values that are known.",
  );
}
