import { BlockList, isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

/** Where the embedded vCenter listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only this machine reaches it there. A name is judged by what it says: `localhost` is one. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}

const EVERYWHERE = ["0.0.0.0", "::"];

/** The host by which clients reach it: nobody can connect to "every address", so there it is one of this machine's. */
export function announcedHost(host: string): string {
  return isEverywhere(host) ? (machineAddresses()[0] ?? "127.0.0.1") : host;
}

/** The names that its certificate holds for clients here and, where they reach it, elsewhere. */
export function certificateNames(host: string): { dnsNames: string[]; ipAddresses: string[] } {
  const names = [host, announcedHost(host), ...(isEverywhere(host) ? [hostname(), ...machineAddresses()] : [])];
  const known = ["localhost", "127.0.0.1", "::1", ...names.filter((name) => !isEverywhere(name))];
  const unique = [...new Set(known)].filter((name) => !name.includes("%"));
  return {
    dnsNames: unique.filter((name) => isIP(name) === 0),
    ipAddresses: unique.filter((name) => isIP(name) !== 0),
  };
}

function isEverywhere(host: string): boolean {
  return EVERYWHERE.includes(host) || /^[0:]+$/.test(host);
}

/** IPv4 first, since a name or a client of IPv6 alone is rarer; without addresses that hold on one link only. */
function machineAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return found
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .sort((left, right) => left.family.localeCompare(right.family))
    .map(({ address }) => address);
}
