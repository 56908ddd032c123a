import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hotplugProvider } from "../../lib/provider/provider";
import { UNKNOWN } from "../../lib/tfplugin6/value";
import { PluginClient, type Config } from "../support/plugin-client";
import { A, TYPE, errorsOf, texts, warningsOf } from "./scenario";

jest.setTimeout(60_000);

const COMPLETE = { VSPHERE_SERVER: "vcenter.example.com", VSPHERE_USER: "terraform", VSPHERE_PASSWORD: "pass-marker" };

let client: PluginClient | undefined;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hotplug-configuration-"));
});
afterEach(async () => {
  await client?.close();
  await rm(folder, { recursive: true });
});

/** What configuring says. Nothing is asked of any server by it. */
async function configure(config: Config, environment: Record<string, string> = COMPLETE) {
  client = await PluginClient.inProcess(hotplugProvider({ environment }));
  return { diagnostics: await client.configure(config) };
}

describe("the provider's configuration", () => {
  it("is taken from the environment, and the block goes before it", async () => {
    expect((await configure({})).diagnostics).toEqual([]);
    expect((await configure({ vsphere_server: "127.0.0.1:8989", api_timeout: 1 })).diagnostics).toEqual([]);
  });

  it("names each argument that is missing, with its environment variable", async () => {
    expect(errorsOf(await configure({}, {}))).toEqual([
      expect.stringMatching(/^error: vsphere_server is not set\n[^]*VSPHERE_SERVER/),
      expect.stringMatching(/^error: user is not set\n[^]*VSPHERE_USER/),
      expect.stringMatching(/^error: password is not set\n[^]*VSPHERE_PASSWORD/),
    ]);
  });

  it.each<[string, Config, Record<string, string>, RegExp]>([
    [
      "a server with a scheme",
      { vsphere_server: "https://vcenter.example.com/sdk" },
      {},
      /^error: vsphere_server is not a host or host:port: "https:[^]*without a scheme/,
    ],
    [
      "a server in the environment with a path",
      {},
      { VSPHERE_SERVER: "vcenter/sdk" },
      /^error: vsphere_server is not a host or host:port: "vcenter\/sdk"/,
    ],
    [
      "a server with a user and a password",
      {},
      { VSPHERE_SERVER: "https://admin:marker@vcenter.example.com" },
      /^error: vsphere_server is not a host or host:port: "https:\/\/\*\*\*@vcenter.example.com"[^]*without a scheme, a user/,
    ],
    [
      "a port that there isn't",
      { vsphere_server: "vcenter:99999" },
      {},
      /^error: vsphere_server is not a host or host:port/,
    ],
    ["a time limit of nothing", { api_timeout: 0 }, {}, /^error: api_timeout is not a positive number of minutes\n/],
    [
      "a time limit that is no number",
      {},
      { VSPHERE_API_TIMEOUT: "long" },
      /^error: api_timeout is not a positive number of minutes\n/,
    ],
    [
      "a switch that is neither on nor off",
      {},
      { VSPHERE_ALLOW_UNVERIFIED_SSL: "maybe" },
      /^error: allow_unverified_ssl is neither true nor false\n/,
    ],
    [
      "a certificate file that isn't there",
      { ca_file: "/nowhere/ca.pem" },
      {},
      /^error: ca_file can't be read: \/nowhere\/ca.pem\n/,
    ],
  ])("%s: one error, and no secret in it", async (_what, config, environment, says) => {
    const outcome = await configure(config, { ...COMPLETE, ...environment });
    expect(texts(outcome.diagnostics)).toEqual([expect.stringMatching(says)]);
    expect(JSON.stringify(outcome)).not.toContain("marker");
  });

  it.each([
    "not a certificate",
    "-----BEGIN CERTIFICATE-----\nbut no PEM",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  ])("refuses a certificate file without a certificate: %j", async (content) => {
    const file = join(folder, "ca.pem");
    await writeFile(file, content);
    expect(errorsOf(await configure({ ca_file: file }))).toEqual([
      expect.stringMatching(/^error: ca_file holds no certificate: [^]*BEGIN CERTIFICATE/),
    ]);
  });

  it.each([
    [{ allow_unverified_ssl: true }, {}],
    [{}, { VSPHERE_ALLOW_UNVERIFIED_SSL: "true" }],
  ])("warns once where certificates are not verified (%j, %j)", async (config, environment) => {
    const outcome = await configure(config, { ...COMPLETE, ...environment });
    expect(errorsOf(outcome)).toEqual([]);
    expect(warningsOf(outcome)).toEqual([
      expect.stringMatching(/^warning: vCenter's certificate is not verified\n[^]*ca_file/),
    ]);
  });

  it("may be unknown at plan: the steps are planned all the same, without asking anybody", async () => {
    expect((await configure({ vsphere_server: UNKNOWN as never })).diagnostics).toEqual([]);
    const plan = await client!.plan(TYPE, { config: { virtual_machine_id: "vm-42", devices: [A] } });
    expect(plan).toMatchObject({ action: "create", diagnostics: [], planned: { steps: [`add ${A}`] } });
    expect(errorsOf(await client!.apply(plan))).toEqual([expect.stringContaining("The provider is not configured")]);
  });
});

describe("the file of a private key", () => {
  it("may be below one's home, written as ~", async () => {
    await writeFile(join(folder, "key"), "-----BEGIN OPENSSH PRIVATE KEY-----\n", { mode: 0o600 });
    const environment = { ...COMPLETE, HOME: folder };

    expect((await configure({ guest_ssh: { private_key: "~/key" } }, environment)).diagnostics).toEqual([]);
    await client?.close();
    expect(errorsOf(await configure({ guest_ssh: { private_key: "~/other" } }, environment))).toEqual([
      expect.stringContaining("guest_ssh.private_key can't be read (ENOENT)"),
    ]);
  });

  it("is warned of where others may read it, as ssh refuses it, and used all the same", async () => {
    const file = join(folder, "key");
    await writeFile(file, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    const configured = async (mode: number): Promise<string[]> => {
      await chmod(file, mode);
      await client?.close();
      return texts((await configure({ guest_ssh: { private_key: file } })).diagnostics);
    };

    for (const open of [0o644, 0o640, 0o604])
      expect(await configured(open)).toEqual([expect.stringMatching(/^warning: guest_ssh\.private_key is[^]*chmod/)]);
    for (const own of [0o600, 0o400]) expect(await configured(own)).toEqual([]);
  });
});
