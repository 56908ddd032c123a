import { BlockList, isIP } from "node:net";
import type { Environment } from "./environment";
import type { ServerAddress } from "./server-address";

/** The proxy that leads to a server. */
export interface Proxy extends ServerAddress {
  /** The proxy itself is spoken to by TLS. */
  secure: boolean;
  /** What to send as Proxy-Authorization; a secret, as its password is. */
  authorization?: string;
  password?: string;
  /** The environment variable that names it. */
  variable: string;
}

/** The variable that names the proxy can't be used. */
interface ProxyProblem {
  variable: string;
  reason: string;
}

/**
 * The proxy that the environment names for a server, as Go's `http.ProxyFromEnvironment` finds it for an https address,
 * and so govmomi and govc: HTTPS_PROXY before https_proxy, but for what NO_PROXY (no_proxy) excepts, and never for
 * loopback addresses. https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function proxyFor(server: ServerAddress, environment: Environment): { proxy?: Proxy; problem?: ProxyProblem } {
  const [variable, value] = firstSet(environment, ["HTTPS_PROXY", "https_proxy"]);
  if (value === "" || isExcepted(server, firstSet(environment, ["NO_PROXY", "no_proxy"])[1])) return {};
  const url = parseUrl(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (!url || url.hostname === "") return { problem: { variable, reason: "is no address of a proxy" } };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return {
      problem: {
        variable,
        reason: `names a proxy of the kind ${url.protocol.slice(0, -1)}: only http and https are used`,
      },
    };
  const secure = url.protocol === "https:";
  const [user, password] = [decoded(url.username), decoded(url.password)];
  return {
    proxy: {
      variable,
      secure,
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(url.port) || (secure ? 443 : 80),
      ...(user !== "" && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }),
      ...(password !== "" && { password }),
    },
  };
}

function firstSet(environment: Environment, names: readonly string[]): [name: string, value: string] {
  const name = names.find((candidate) => environment[candidate]) ?? names[0]!;
  return [name, (environment[name] ?? "").trim()];
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** People write a per cent sign as it is, too. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names match themselves and what is below them; those that begin with a dot only what is below. */
function isExcepted({ host, port }: ServerAddress, noProxy: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || isWithin(name, "127.0.0.0/8") || isWithin(name, "::1/128")) return true;
  return noProxy
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim())
    .some((entry) => {
      if (entry === "") return false;
      if (entry === "*") return true;
      if (entry.includes("/")) return isWithin(name, entry);
      const [, bracketed, plain, onlyPort] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
      const excepted = bracketed ?? plain ?? entry;
      if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
      if (isIP(excepted)) return isWithin(name, `${excepted}/${isIP(excepted) === 4 ? 32 : 128}`);
      const below = excepted.replace(/^\*?\./, "");
      return name.endsWith(`.${below}`) || (below === excepted && name === below);
    });
}

function isWithin(address: string, network: string): boolean {
  const [base = "", bits = ""] = network.split("/");
  const [family, version] = [isIP(base), isIP(address)];
  if (family === 0 || family !== version || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  const kind = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(base, Number(bits), kind);
  return list.check(address, kind);
}
