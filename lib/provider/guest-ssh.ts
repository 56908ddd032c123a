import { statSync } from "node:fs";
import { homedir } from "node:os";
import type { Environment } from "../environment/environment";
import { splitServerAddress } from "../environment/server-address";
import type { SshCredentials } from "../guest/ssh-connection";
import { errorDiagnostic, hasError, warningDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import type { Attribute } from "../tfplugin6/schema";
import { type ObjectValue } from "../tfplugin6/value";
import { optional } from "./attributes/attribute";
import { isSet, text } from "./attributes/values";
import { readTextFile } from "../environment/text-file";

/** What guests are logged in to with. */
export interface GuestSsh {
  user?: string;
  credentials: SshCredentials;
  jump?: { user?: string; host: string; port: number };
  /** Content of a known_hosts file. */
  knownHosts?: string;
}

/** The arguments of `guest_ssh`, each with the environment variable that stands in for it. */
const VARIABLES = {
  user: "HOTPLUG_SSH_USER",
  private_key: "HOTPLUG_SSH_PRIVATE_KEY",
  private_key_passphrase: "HOTPLUG_SSH_PRIVATE_KEY_PASSPHRASE",
  password: "HOTPLUG_SSH_PASSWORD",
  agent: "HOTPLUG_SSH_AGENT",
  jump_host: "HOTPLUG_SSH_JUMP_HOST",
  known_hosts: "HOTPLUG_SSH_KNOWN_HOSTS",
} as const;
type Argument = keyof typeof VARIABLES;

/** Set to `true`, no guest is asked by a run: the way out where one is dead and gone from the configuration. */
export const SKIP_GUEST = "HOTPLUG_SKIP_GUEST";

/** Those that may never be logged or shown. */
const SECRETS = ["private_key", "private_key_passphrase", "password"] as const;

const argument = (name: Argument, description: string, type: "string" | "bool" = "string"): Attribute => ({
  ...optional(type, `${description} Default: the environment variable \`${VARIABLES[name]}\`.`),
  ...((SECRETS as readonly string[]).includes(name) && { sensitive: true }),
});

export const guestSshAttribute: Attribute = {
  nested: {
    nesting: "single",
    attributes: {
      user: argument("user", "The user to log in as, where `guest.user` names none; `root` where neither does."),
      private_key: argument(
        "private_key",
        "The private key, in PEM or OpenSSH format, or the path of a file that holds it.",
      ),
      private_key_passphrase: argument("private_key_passphrase", "The passphrase of an encrypted private key."),
      password: argument("password", "The user's password, for servers that take one."),
      agent: argument("agent", "Whether the SSH agent at `SSH_AUTH_SOCK` is asked for its keys.", "bool"),
      jump_host: argument(
        "jump_host",
        "A server to go through, as `host`, `host:port` or `user@host:port`; it takes the same credentials, and its " +
          "key has to be in `known_hosts`.",
      ),
      known_hosts: argument(
        "known_hosts",
        "The keys of guests, as in an OpenSSH known_hosts file: its path, or its content. A guest whose key is " +
          "neither here nor in `guest.host_key` is never logged in to.",
      ),
    },
  },
  optional: true,
  description:
    "How guests are logged in to, where a resource confirms its operations in them (`guest`). It is never kept in " +
    "the state. Its secrets are better given by the environment: a literal in a stack lands in `cdk.tf.json` and in " +
    "saved plans.",
};

/** What of `guest_ssh` and the environment may never be logged or shown. */
export function guestSecrets(config: ObjectValue | undefined, environment: Environment): (string | undefined)[] {
  const block = (config?.guest_ssh ?? {}) as ObjectValue;
  return SECRETS.flatMap((name) => [text(block[name]), environment[VARIABLES[name]]]);
}

/** What `guest_ssh` says, completed from the environment; undefined where something is wrong, which is then said. */
export function readGuestSsh(
  config: ObjectValue,
  environment: Environment,
): { settings?: GuestSsh; diagnostics: Diagnostic[] } {
  const block = (config.guest_ssh ?? {}) as ObjectValue;
  const given = (name: Argument): string | undefined => {
    const value = block[name];
    const given = isSet(value) ? String(value) : environment[VARIABLES[name]];
    return given === undefined || given === "" ? undefined : given;
  };
  // As shells and ssh's own configuration take it, which Terraform doesn't.
  const pathOf = (value: string): string => value.replace(/^~(?=\/)/, () => environment["HOME"] || homedir());
  const diagnostics: Diagnostic[] = [];
  const complain = (name: Argument, summary: string, detail: string): undefined => {
    diagnostics.push(errorDiagnostic(`guest_ssh.${name} ${summary}`, detail, ["guest_ssh", name]));
  };
  const read = (name: "private_key" | "known_hosts", isContent: (text: string) => boolean): string | undefined => {
    const value = given(name);
    if (value === undefined || isContent(value)) return value;
    try {
      return readTextFile(pathOf(value));
    } catch (error) {
      const { code = "error" } = error as NodeJS.ErrnoException;
      return complain(name, `can't be read (${code})`, "It is taken for the path of a file, since it holds no key.");
    }
  };
  const isKey = (text: string): boolean => text.includes("-----BEGIN ");
  const privateKey = read("private_key", isKey);
  const keyFile = given("private_key");
  if (privateKey !== undefined && keyFile !== undefined && !isKey(keyFile) && isOpenToOthers(pathOf(keyFile)))
    diagnostics.push(
      warningDiagnostic(
        "guest_ssh.private_key is a file that others on this machine may read",
        "It is used all the same; ssh itself would refuse it. Who reads it can log in to the guests: chmod 600.",
        ["guest_ssh", "private_key"],
      ),
    );
  const knownHosts = read("known_hosts", (text) => /\s/.test(text.trim()));
  const jump = given("jump_host");
  const [user, address] = jump?.includes("@") ? jump.split(/@(?=[^@]*$)/) : [undefined, jump];
  // Never shown: what is behind a colon there is a password.
  if (user !== undefined && !/^[^\s:]+$/.test(user))
    complain("jump_host", "has something else than a user before its @", "A password has its own argument, password.");
  const jumpServer = address === undefined ? undefined : splitServerAddress(address);
  if (jump !== undefined && (!jumpServer || jumpServer.port === 0))
    complain(
      "jump_host",
      `is no server: ${JSON.stringify(jump.replace(/^.*@/, "…@"))}`,
      'Write it like "bastion.example.com:22".',
    );
  const agent = /^(true|1|t)$/i.test(given("agent") ?? "");
  if (agent && !environment.SSH_AUTH_SOCK)
    complain("agent", "is set, and no agent is there", "SSH_AUTH_SOCK, which names its socket, isn't set.");
  if (hasError(diagnostics)) return { diagnostics };
  const [passphrase, password] = [given("private_key_passphrase"), given("password")];
  const loginUser = given("user");
  return {
    settings: {
      ...(loginUser !== undefined && { user: loginUser }),
      credentials: {
        ...(privateKey !== undefined && { privateKey }),
        ...(passphrase !== undefined && { passphrase }),
        ...(agent && { agent: environment.SSH_AUTH_SOCK! }),
        ...(password !== undefined && { password }),
      },
      ...(jumpServer && { jump: { port: 22, ...jumpServer, ...(user !== undefined && { user }) } }),
      ...(knownHosts !== undefined && { knownHosts }),
    },
    diagnostics,
  };
}

/** As OpenSSH asks it: of one's own files. What a runner mounts may have an owner and a mode that nobody chose. */
function isOpenToOthers(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.uid === process.getuid?.() && (stats.mode & 0o077) !== 0;
}
