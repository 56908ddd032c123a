import { errorDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import { errorToDiagnostic } from "./errors";

/** Does `work`; an error of vCenter, or one that the person has to mend, becomes a diagnostic beside `otherwise`. */
export async function guarded<T extends { diagnostics?: Diagnostic[] }>(
  otherwise: T,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return { ...otherwise, diagnostics: [errorToDiagnostic(error)] };
  }
}

export function notConfigured(): Diagnostic {
  return errorDiagnostic(
    "The provider is not configured",
    "Its configuration is not known yet. Give the provider's arguments values that are known.",
  );
}
