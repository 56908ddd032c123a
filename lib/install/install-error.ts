/** The provider can't be laid into a directory; the message says why and what to do. */
export class InstallError extends Error {
  override name = "InstallError";
}
