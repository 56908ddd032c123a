export interface ServerAddress {
  /** Without brackets, also for IPv6. */
  host: string;
  port: number;
}

/** What stands in `host`, `host:port`, `[::1]:443` or a bare IPv6 address; undefined for anything else. */
export function splitServerAddress(text: string): { host: string; port?: number } | undefined {
  if (/^[\da-f:.]+$/i.test(text) && text.split(":").length > 2) return { host: text };
  const [, bracketed, plain, port] = /^(?:\[([\da-f:.%\w]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 0) > 65535) return undefined;
  return { host, ...(port !== undefined && { port: Number(port) }) };
}

/** Whether it is the address of a server that can be asked: `host` or `host:port`. */
export function isServerAddress(text: string): boolean {
  const address = splitServerAddress(text);
  return address !== undefined && address.port !== 0;
}

/** Reads a server's address; port 443 where it names none. Throws a RangeError where it is none. */
export function parseServerAddress(server: string): ServerAddress {
  const address = splitServerAddress(server);
  if (address && address.port !== 0) return { port: 443, ...address };
  throw new RangeError(
    `${quoteServerAddress(server)} is not a server's address: it must be a host name or an IP address, with ` +
      '":port" behind it if need be.',
  );
}

/** What was given for a server's address, in quotation marks: user and password of a URL are left out. */
export function quoteServerAddress(server: string): string {
  return JSON.stringify(server.replace(/^(\w+:\/\/)?[^]*@/, "$1***@"));
}
