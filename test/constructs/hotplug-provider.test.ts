import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Construct } from "constructs";
import { VsphereProvider, type VsphereProviderConfig } from "@cdktf/provider-vsphere/lib/provider";
import { App, TerraformProvider, TerraformStack, TerraformVariable } from "cdktf";
import { HotplugConstructError, HotplugProvider, type HotplugProviderProps } from "../../lib/index";
import { LOCK_FILE } from "../../lib/install/lock-file";
import * as install from "../../lib/install/install-provider";
import { currentPlatform } from "../../lib/install/platform";

jest.mock("../../lib/install/install-provider", () => ({
  ...jest.requireActual<object>("../../lib/install/install-provider"),
  installProvider: jest.fn(),
}));
const installProvider = jest.mocked(install.installProvider);

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "hotplug-synth-"));
  installProvider.mockClear();
});
afterEach(() => rmSync(outdir, { recursive: true }));

function synth(...all: (HotplugProviderProps | undefined)[]): Record<string, unknown> {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "lab");
  for (const [index, props] of (all.length > 0 ? all : [undefined]).entries())
    new HotplugProvider(stack, `hotplug${index}`, props);
  app.synth();
  return JSON.parse(readFileSync(join(outdir, "stacks/lab/cdk.tf.json"), "utf8")) as Record<string, unknown>;
}

test("the provider is linked into the stack's folder at synth, pinned for the one host that the stack names", () => {
  const stack = synth();
  expect(stack).toMatchObject({
    terraform: {
      required_providers: { hotplug: { source: "registry.terraform.io/vsphere-hotplug/hotplug", version: "0.1.0" } },
    },
  });
  expect(installProvider.mock.calls).toEqual([
    [join(outdir, "stacks/lab"), { method: "link", lockHosts: ["registry.terraform.io"], others: [] }],
  ]);
});

describe("A CLI configuration of this machine with a provider_installation block", () => {
  const before = process.env["TF_CLI_CONFIG_FILE"];
  afterEach(() => {
    if (before === undefined) delete process.env["TF_CLI_CONFIG_FILE"];
    else process.env["TF_CLI_CONFIG_FILE"] = before;
  });

  const warned = (props: HotplugProviderProps, path: string): string => {
    const file = join(outdir, "company.tfrc");
    writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path)}\n  }\n}\n`);
    process.env["TF_CLI_CONFIG_FILE"] = file;
    const provider = new HotplugProvider(new TerraformStack(new App({ outdir }), "lab"), "hotplug", props);
    const warnings = provider.node.metadata.filter(({ type }) => type === "@cdktf/warn");
    return warnings.map(({ data }) => String(data)).join();
  };

  test("that hides the stack's folder is warned of at synth, with the way out", () => {
    expect(warned({}, "/srv/mirror")).toMatch(/company\.tfrc has a provider_installation block.*install --user/s);
    expect(warned({ installProvider: "copy" }, "/srv/mirror")).toMatch(/company\.tfrc/);
  });

  test("is nobody's business where it has that folder, or where nothing is laid", () => {
    expect(warned({}, join(outdir, "stacks/lab/terraform.d/plugins"))).toBe("");
    expect(warned({ installProvider: false }, "/srv/mirror")).toBe("");
  });
});

test("the lock file is begun for other providers of an exact version: cdktf then asks no registry for ours", () => {
  const stack = new TerraformStack(new App({ outdir }), "lab");
  new HotplugProvider(stack, "hotplug");
  new VsphereProvider(stack, "vsphere", {} as VsphereProviderConfig);
  class Ranged extends TerraformProvider {}
  new Ranged(stack, "ranged", {
    terraformResourceType: "acme",
    terraformProviderSource: "acme/acme",
    terraformGeneratorMetadata: { providerName: "acme", providerVersionConstraint: "~> 1.0" },
  });
  (stack.node.root as App).synth();
  expect(installProvider.mock.calls[0]?.[1].others).toEqual([
    { address: "registry.terraform.io/vmware/vsphere", version: "2.15.0" },
  ]);
});

test("it is copied where a pipeline moves cdktf.out", () => {
  synth({ installProvider: "copy" });
  expect(installProvider.mock.calls[0]?.[1].method).toBe("copy");
});

test("of several providers in one folder the one that needs most is served, once, whichever comes first", () => {
  const [copy, link, none] = (["copy", "link", false] as const).map((method) => ({
    ...{ installProvider: method, alias: String(method) },
  }));
  for (const providers of [
    [copy, link, none],
    [link, none, copy],
  ]) {
    installProvider.mockClear();
    synth(...providers);
    expect(installProvider.mock.calls.map(([, { method }]) => method)).toEqual(["copy"]);
  }
  installProvider.mockClear();
  synth(none, link);
  expect(installProvider.mock.calls.map(([, { method }]) => method)).toEqual(["link"]);
});

test("two stacks that one folder serves have what either needs; another stack has its own", () => {
  const app = new App({ outdir });
  const stackOf = (id: string): TerraformStack =>
    new TerraformStack(new Construct(app, `part${app.node.children.length}`), id);
  new HotplugProvider(stackOf("lab"), "hotplug", { installProvider: "copy" });
  new HotplugProvider(stackOf("lab"), "hotplug");
  new HotplugProvider(stackOf("other"), "hotplug");
  app.synth();
  expect(installProvider.mock.calls.map(([directory, { method }]) => [directory, method])).toEqual([
    [join(outdir, "stacks/lab"), "copy"],
    [join(outdir, "stacks/other"), "link"],
  ]);
});

test("a copy holds the platforms that are named, those of all providers together, or this machine's", () => {
  const copied = (...platforms: (string[] | undefined)[]): unknown => {
    installProvider.mockClear();
    synth(
      ...platforms.map((installPlatforms, n) => ({
        alias: `a${n}`,
        installProvider: "copy" as const,
        installPlatforms,
      })),
    );
    return installProvider.mock.calls[0]![1].platforms;
  };
  expect(copied(["linux_arm64"])).toEqual(["linux_arm64"]);
  expect(copied(["linux_arm64"], ["linux_amd64", "linux_arm64"])).toEqual(["linux_arm64", "linux_amd64"]);
  const { name } = currentPlatform();
  expect(copied(undefined)).toEqual([name]);
  expect(copied(["darwin_arm64"], undefined)).toEqual(["darwin_arm64", name]);
});

test("nothing is laid where a registry has it", () => {
  synth({ installProvider: false });
  expect(installProvider).not.toHaveBeenCalled();
  expect(existsSync(join(outdir, "stacks/lab", LOCK_FILE))).toBe(false);
});

test("its arguments are the provider's, and installProvider is not one of them", () => {
  expect(synth({ vsphereServer: "vcenter.example.com", caFile: "ca.pem", installProvider: false })).toMatchObject({
    provider: { hotplug: [{ vsphere_server: "vcenter.example.com", ca_file: "ca.pem" }] },
  });
});

test.each<[string, HotplugProviderProps, string]>([
  [
    "a URL for a server",
    { vsphereServer: "https://vcenter/sdk" },
    'lab/hotplug: vsphereServer is "https://vcenter/sdk"; it is a host or host:port',
  ],
  ["no server at all", { vsphereServer: "" }, "vsphereServer"],
  ["no time", { apiTimeout: 0 }, "apiTimeout is 0; it is a number of minutes above 0."],
  [
    "an unknown way to install",
    { installProvider: true as never },
    'installProvider is true; it can be "link", "copy" or false.',
  ],
])("%s is refused where it is written", (_name, props, message) => {
  const stack = new TerraformStack(new App({ outdir }), "lab");
  expect(() => new HotplugProvider(stack, "hotplug", props)).toThrow(HotplugConstructError);
  expect(() => new HotplugProvider(stack, "again", props)).toThrow(message.replace("lab/hotplug", "lab/again"));
});

test("values that only Terraform knows pass", () => {
  const stack = new TerraformStack(new App({ outdir }), "lab");
  const server = new TerraformVariable(stack, "server", {}).stringValue;
  expect(() => new HotplugProvider(stack, "hotplug", { vsphereServer: server })).not.toThrow();
});
