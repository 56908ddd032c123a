/** Environment variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SECRETS = [
  "VSPHERE_PASSWORD",
  "HOTPLUG_SSH_PRIVATE_KEY",
  "HOTPLUG_SSH_PRIVATE_KEY_PASSPHRASE",
  "HOTPLUG_SSH_PASSWORD",
];

/**
 * The environment of this process, with its secrets gone from it afterwards: Node's diagnostic reports hold the
 * environment, and programs that are started inherit it.
 */
export function takeEnvironment(): Environment {
  const taken = { ...process.env };
  for (const name of SECRETS) delete process.env[name];
  return taken;
}
