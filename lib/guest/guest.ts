import { randomBytes } from "node:crypto";
import { printable } from "../printable";
import { GuestError } from "./guest-error";
import { readLook, type Look } from "./look";
import { isGuestAddress, lookScript, type LookRequest } from "./look-script";
import { nameOfServer, SshConnection, type CommandResult, type SshCredentials, type SshServer } from "./ssh-connection";

/** How a guest is reached. */
export interface GuestAccess {
  server: SshServer;
  credentials: SshCredentials;
  /** A server to go through. */
  jump?: { server: SshServer; credentials: SshCredentials };
}

/** How long a connection, and one look, may take. */
const CONNECT_SECONDS = 20;
const LOOK_SECONDS = 60;

/**
 * The Linux guest of one virtual machine, looked into by SSH: one connection, made when it is first needed and again
 * where it broke, and one round trip a look. Fails with a GuestError.
 */
export class Guest {
  private connection?: SshConnection;

  constructor(private readonly access: GuestAccess) {}

  async look(request: LookRequest & { timeoutSeconds?: number } = {}): Promise<Look> {
    const { timeoutSeconds = LOOK_SECONDS } = request;
    const holdersOf = (request.holdersOf ?? []).filter(isGuestAddress);
    const nonce = `look-${randomBytes(8).toString("hex")}`;
    const connection = await this.connected(Math.min(CONNECT_SECONDS, timeoutSeconds));
    const { user } = this.access.server;
    // By exec, any login shell becomes a POSIX one; the script comes by standard input, so that none quotes it.
    const result = await connection.run(user === "root" ? "exec /bin/sh -s" : "exec sudo -n /bin/sh -s", {
      stdin: lookScript(nonce, { ...request, holdersOf }),
      timeoutSeconds,
    });
    const look = readLook(nonce, result.stdout);
    if (look?.seesDevices) return look;
    if (look) throw this.seesNothing();
    throw this.explain(result);
  }

  close(): void {
    this.connection?.close();
    delete this.connection;
  }

  private async connected(timeoutSeconds: number): Promise<SshConnection> {
    if (this.connection && !this.connection.isLost) return this.connection;
    this.close();
    const { server, credentials, jump } = this.access;
    const through = jump && (await SshConnection.open(jump.server, { credentials: jump.credentials, timeoutSeconds }));
    this.connection = await SshConnection.open(server, { credentials, timeoutSeconds, ...(through && { through }) });
    return this.connection;
  }

  private seesNothing(): GuestError {
    return new GuestError(
      "no_answer",
      `${nameOfServer(this.access.server)} shows no PCI device at all, and each virtual machine has some`,
      "It takes /sys as the guest's kernel has it: check for a container, a chroot or a restricted login.",
    );
  }

  private explain({ stdout, stderr, exitCode }: CommandResult): GuestError {
    const { user } = this.access.server;
    const title = nameOfServer(this.access.server);
    const said = printable((stderr.trim() || stdout.trim()).slice(0, 300));
    if (/\bsudo(ers)?\b|\btty\b|not allowed to (execute|run)/i.test(stderr))
      return new GuestError(
        "no_root",
        `${title} may not look as root: ${said}`,
        `Let sudo run /bin/sh for ${printable(user)} without a password and without a terminal ` +
          `("${printable(user)} ALL=(root) NOPASSWD: /bin/sh -s" and "Defaults:${printable(user)} !requiretty" in ` +
          "sudoers), " +
          "or log in as root.",
      );
    if (/is not recognized|CommandNotFoundException|Microsoft/i.test(said))
      return new GuestError(
        "no_answer",
        `${title} seems to be a Windows guest: ${said}`,
        "Windows guests can't be asked yet: leave guest out for this virtual machine.",
      );
    const end = exitCode === undefined ? "it ended without an exit status" : `exit status ${exitCode}`;
    return new GuestError(
      "no_answer",
      `${title} didn't answer the look (${end})${said ? `: ${said}` : ""}`,
      "It takes a Linux guest whose user gets /bin/sh by SSH: check for a forced command, or a restricted shell.",
    );
  }
}
