/** Environment variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, with the password gone from it afterwards: Node's diagnostic reports hold the
 * environment, and programs that are started inherit it.
 */
export function takeEnvironment(): Environment {
  const taken = { ...process.env };
  delete process.env["VSPHERE_PASSWORD"];
  return taken;
}
