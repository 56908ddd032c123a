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
