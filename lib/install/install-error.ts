/** The provider can't be laid into a directory; the message says why and what to do. */
export class InstallError extends Error {
  override name = "InstallError";
}

/** Runs `act`; what the system says against it becomes an InstallError. */
export function explained<T>(what: string, wayOut: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof InstallError) throw error;
    throw new InstallError(`${what}: ${(error as Error).message}. ${wayOut}`, { cause: error });
  }
}
