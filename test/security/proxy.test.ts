/** vCenter behind a proxy: CONNECT to the proxy, and TLS with vCenter itself inside. */
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { currentPlatform } from "../../lib/install/platform";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { runCli } from "../support/cli";
import { PluginClient } from "../support/plugin-client";
import { ScriptedVcenter } from "../vim/scripted-vcenter";

jest.setTimeout(60_000);

const PASSWORD = "Pr0xy/Mk7f3aQz91";
let vcenter: ScriptedVcenter;
let folder: string;
let asked: { target: string | undefined; authorization: string | undefined }[];
let refuse: string | undefined;
const sockets = new Set<Socket>();
const proxy = createServer();
let environment: Record<string, string>;

beforeAll(() => {
  // Only the proxy knows the way to vcenter.test, and all that goes by it ends at the scripted vCenter.
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push({ target: request.url, authorization: request.headers["proxy-authorization"] });
    sockets.add(socket.on("error", () => undefined));
    if (refuse) return void socket.end(refuse);
    const onwards = connect({ host: "127.0.0.1", port: vcenter.port }, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onwards.pipe(socket).pipe(onwards);
    });
    sockets.add(onwards.on("error", () => undefined));
  });
  return new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => proxy.close(resolve)));
beforeEach(async () => {
  [asked, refuse] = [[], undefined];
  vcenter = await ScriptedVcenter.start();
  const { certificatePem, privateKeyPem } = selfSignedCertificate({ commonName: "x", dnsNames: ["vcenter.test"] });
  vcenter.present({ cert: certificatePem, key: privateKeyPem });
  folder = mkdtempSync(join(tmpdir(), "hotplug-proxy-"));
  writeFileSync(join(folder, "ca.pem"), certificatePem);
  environment = {
    VSPHERE_SERVER: "vcenter.test",
    VSPHERE_USER: "u",
    VSPHERE_PASSWORD: "Mk7f3aQz91-vcenter",
    VSPHERE_CA_FILE: join(folder, "ca.pem"),
    VSPHERE_API_TIMEOUT: "0.1",
    HTTPS_PROXY: `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await vcenter.stop();
  rmSync(folder, { recursive: true });
});

async function commandSays(more: Record<string, string> = {}): Promise<string> {
  const { stderr } = await runCli(["devices"], { ...environment, ...more });
  return stderr;
}

async function providerSays(artefact: "native" | "node", more: Record<string, string> = {}): Promise<string> {
  const { directory, platforms, version } = shippedDistribution();
  const { path } =
    artefact === "node"
      ? Object.values(platforms).find((shipped) => shipped.path === NODE_PACKAGE)!
      : platforms[currentPlatform().name]!;
  const executable = join(directory, path, `terraform-provider-hotplug_v${version}`);
  const client = await PluginClient.start(executable, [], { ...environment, ...more });
  try {
    const configured = await client.configure();
    const config = { virtual_machine_id: "vm-42", devices: ["0000:3b:00.0"] };
    const { diagnostics } = await client.plan("hotplug_passthrough_devices", { config });
    return [...configured, ...diagnostics].map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");
  } finally {
    await client.close();
  }
}

describe.each([
  ["the command", commandSays],
  ["the native provider", (more?: Record<string, string>) => providerSays("native", more)],
  ["the node provider", (more?: Record<string, string>) => providerSays("node", more)],
])("%s", (_, says) => {
  test("reaches vCenter by the proxy that HTTPS_PROXY names, and shows the proxy nothing of it", async () => {
    // The scripted vCenter knows no reads: that it says so shows that it was reached.
    expect(await says()).toContain("vCenter answered MethodNotFound");
    const authorization = `Basic ${Buffer.from(`me:${PASSWORD}`).toString("base64")}`;
    expect(asked[0]).toEqual({ target: "vcenter.test:443", authorization });
    expect(vcenter.methods).toContain("Login");
  });

  test("names the proxy where it refuses, and shows none of its credentials", async () => {
    refuse = `HTTP/1.1 407 ${PASSWORD}\r\nProxy-Authenticate: Basic\r\n\r\n`;
    const said = await says();
    expect(said).toMatch(
      /vcenter\.test \(by the proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\) can't be reached \(PROXY_407\)/,
    );
    expect(said).not.toContain("Mk7f3aQz91");
    expect(vcenter.requests).toEqual([]);
  });

  test("asks no proxy under NO_PROXY", async () => {
    expect(await says({ NO_PROXY: "vcenter.test" })).toMatch(/vcenter\.test can't be reached/);
    expect(asked).toEqual([]);
  });
});

test("vCenter's certificate is verified through a proxy as without one", async () => {
  const other = selfSignedCertificate({ commonName: "x", dnsNames: ["other.test"] });
  vcenter.present({ cert: other.certificatePem, key: other.privateKeyPem });
  expect(await commandSays()).toMatch(/certificate of vcenter\.test \(by the proxy .*\) is/);
});

test("a proxy of another kind is refused by name", async () => {
  expect(await commandSays({ HTTPS_PROXY: "socks5://127.0.0.1:1080" })).toMatch(
    /HTTPS_PROXY names a proxy of the kind socks5/,
  );
});
