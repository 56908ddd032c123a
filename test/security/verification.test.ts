/**
 * Who is talked to, and who may talk: nothing but the explicit opt-out lets an unknown server in, and nobody but the
 * engine calls the provider.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectPlain } from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { currentPlatform } from "../../lib/install/platform";
import { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { PLUGIN_ENVIRONMENT, startPlugin, unaryCall } from "../support/plugin-transport";
import { startTestVcenter } from "../support/vcenter";
import { A, hotplugWorkspace, stack } from "../terraform/hotplug-stack";

jest.setTimeout(120_000);

const ARTEFACTS = ["native", "node"] as const;

test.each(ARTEFACTS)(
  "the %s provider refuses a certificate that nobody vouches for, whatever the environment and files beside " +
    "the stack say",
  async (artefact) => {
    const vcenter = await startTestVcenter();
    const { VSPHERE_CA_FILE: _, VSPHERE_ALLOW_UNVERIFIED_SSL: __, ...environment } = vcenter.environment;
    const workspace = await hotplugWorkspace(
      { ...vcenter, environment },
      stack({ db: { virtual_machine_id: "vm-42", devices: [A] } }),
      { artefact },
    );
    try {
      for (const name of [".env", ".env.local", ".env.production"])
        await workspace.write(name, "NODE_TLS_REJECT_UNAUTHORIZED=0\nVSPHERE_ALLOW_UNVERIFIED_SSL=true\n");
      await workspace.write("bunfig.toml", "[install]\nca = ''\n");
      const plan = async (more: Record<string, string>): Promise<{ status: number | null; printed: string }> => {
        const { status, stdout, stderr } = await workspace.run(["plan", "-no-color"], { environment: more });
        return { status, printed: stdout + stderr };
      };
      const tricks: Record<string, string>[] = [
        {},
        { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
        { NODE_TLS_REJECT_UNAUTHORIZED: "0", VSPHERE_ALLOW_UNVERIFIED_SSL: "false" },
      ];
      for (const more of tricks) {
        expect(await plan(more)).toEqual({
          status: 1,
          printed: expect.stringContaining("Error: vCenter's certificate is not trusted") as string,
        });
      }
      expect(vcenter.vcenter.calls()).toEqual([]);
      // The one way that there is, and it warns.
      expect(await plan({ VSPHERE_ALLOW_UNVERIFIED_SSL: "true" })).toEqual({
        status: 0,
        printed: expect.stringMatching(/Warning: .*(not|un)\s?(checked|verified)/) as string,
      });
      expect(vcenter.vcenter.calls()).not.toEqual([]);
    } finally {
      await workspace.dispose();
      await vcenter.stop();
    }
  },
);

describe.each(ARTEFACTS)("the %s provider's socket", (artefact) => {
  const { directory, platforms, version } = shippedDistribution();
  const { path } =
    artefact === "node"
      ? Object.values(platforms).find((shipped) => shipped.path === NODE_PACKAGE)!
      : platforms[currentPlatform().name]!;
  const executable = join(directory, path, `terraform-provider-hotplug_v${version}`);
  const schema = { path: "/tfplugin6.Provider/GetProviderSchema", request: new Uint8Array() };

  test("answers the holder of the certificate that it was started for, and nobody else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hotplug-mtls-"));
    const plugin = await startPlugin(executable, [], { TMPDIR: folder });
    try {
      for (const stranger of [undefined, selfSignedCertificate({ commonName: "client", dnsNames: ["localhost"] })]) {
        const refused = async (): Promise<unknown> => {
          const session = await plugin.connect(stranger);
          return unaryCall(session, schema).finally(() => session.destroy());
        };
        await expect(refused()).rejects.toThrow();
      }
      const plain = connectPlain("http://localhost", {
        createConnection: () => createConnection(plugin.socketPath),
      }).on("error", () => undefined);
      await expect(unaryCall(plain, schema)).rejects.toThrow();
      plain.destroy();
      expect((await plugin.call(schema.path, schema.request)).length).toBeGreaterThan(1_000);
    } finally {
      await plugin.close();
      rmSync(folder, { recursive: true });
    }
  });

  test("is never opened for a launcher that has no certificate", () => {
    const { status, stdout, stderr } = spawnSync(executable, {
      env: { PATH: process.env["PATH"], ...PLUGIN_ENVIRONMENT },
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/^This provider talks only .* PLUGIN_CLIENT_CERT holds none[^|\n]*\n$/) as string,
      stderr: expect.stringContaining("PLUGIN_CLIENT_CERT") as string,
    });
  });
});

test("the embedded vCenter can be reached by 127.0.0.1 alone, unless it is told where to listen", async () => {
  const reached = (host: string, port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = createConnection({ host, port }, () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  const port = ({ url }: EmbeddedVcenter): number => Number(new URL(url).port);
  const byDefault = await EmbeddedVcenter.start();
  const told = await EmbeddedVcenter.start({ listen: { host: "127.0.0.2", port: 0 } });
  try {
    expect([await reached("127.0.0.1", port(byDefault)), await reached("127.0.0.2", port(byDefault))]).toEqual([
      true,
      false,
    ]);
    expect([await reached("127.0.0.1", port(told)), await reached("127.0.0.2", port(told))]).toEqual([false, true]);
  } finally {
    await byDefault.stop();
    await told.stop();
  }
});
