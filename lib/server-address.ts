export interface ServerAddress {
  /** Without brackets, also for IPv6. */
  host: string;
  port: number;
}

/** Reads `host`, `host:port`, `[::1]:443` or a bare IPv6 address; throws a RangeError at anything else. */
export function parseServerAddress(server: string): ServerAddress {
  const bare = /^[\da-f:.]+$/i.test(server) && server.split(":").length > 2;
  const match = bare ? [server, server] : /^(?:\[([\da-f:.%\w]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(server);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 443);
  if (!host || port < 1 || port > 65535) {
    throw new RangeError(
      `${quoteServerAddress(server)} is not a server's address: it must be a host name or an IP address, with ` +
        '":port" behind it if need be.',
    );
  }
  return { host, port };
}

/** What was given for a server's address, in quotation marks: user and password of a URL are left out. */
export function quoteServerAddress(server: string): string {
  return JSON.stringify(server.replace(/^(\w+:\/\/)?[^]*@/, "$1***@"));
}
