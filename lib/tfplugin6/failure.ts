import { errorDiagnostic, type Diagnostic } from "./diagnostic";

/** Terraform asked for something that can't be read: not a fault of the provider's own code. */
export class RequestError extends Error {}

/** The one diagnostic that an error becomes when it escapes from a provider. Never holds a stack. */
export function failureDiagnostic(
  error: unknown,
  {
    rpc,
    typeName,
    signal,
    redact,
  }: { rpc: string; typeName?: string | undefined; signal: AbortSignal; redact: (text: string) => string },
): Diagnostic {
  const where = typeName ? `${rpc} of ${typeName}` : rpc;
  const text = error instanceof Error ? redact(`${error.name}: ${error.message}`) : `a thrown ${typeof error}`;
  if (error instanceof RequestError) {
    return errorDiagnostic(
      "Request that can't be read",
      `${where}: ${redact(error.message)}. Nothing was changed. Terraform and the provider may not fit together: ` +
        "please report their versions with this text.",
    );
  }
  if (signal.aborted) {
    return errorDiagnostic(
      "Stopped",
      `${where} was stopped before it had finished (${text}). Run a plan to see what is left to do.`,
    );
  }
  return errorDiagnostic(
    "Internal error of the provider",
    `${where} failed in a way that it never should: ${text}. This is a bug in the provider. Please report it ` +
      "with this text, the versions of the provider and of Terraform, and the log of the same command under " +
      "TF_LOG=debug. Before you apply again, run a plan to see what is left to do.",
  );
}
