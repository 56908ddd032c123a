import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { PluginClient } from "../support/plugin-client";
import { PLUGIN_ENVIRONMENT, startPlugin, unaryCall, type PluginProcess } from "../support/plugin-transport";
import { until } from "../support/until";

const METADATA = { path: "/tfplugin6.Provider/GetMetadata", request: new Uint8Array() };

describe("a provider as a process of its own", () => {
  let folder: string;
  let plugin: string;
  const running: PluginProcess[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "serve-"));
    plugin = join(folder, "plugin.js");
    buildSync({
      entryPoints: [join(__dirname, "tiny-plugin.ts")],
      bundle: true,
      platform: "node",
      target: "node20",
      outfile: plugin,
    });
  });
  afterEach(async () => {
    for (const { pid, exited } of running.splice(0)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // has ended, as it should
      }
      await exited;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function start(environment: NodeJS.ProcessEnv = {}): Promise<PluginProcess> {
    const started = await startPlugin(process.execPath, [plugin], { TMPDIR: folder, ...environment });
    running.push(started);
    return started;
  }

  const refusals: [string, NodeJS.ProcessEnv, RegExp][] = [
    ["a person who runs it by hand", {}, /^This program is a provider for Terraform and OpenTofu.*\n$/],
    [
      "a launcher that speaks protocol 5 only",
      { ...PLUGIN_ENVIRONMENT, PLUGIN_PROTOCOL_VERSIONS: "4,5", PLUGIN_CLIENT_CERT: "x" },
      /speaks plugin protocol 6 .*4, 5/,
    ],
    ["a launcher without a certificate", PLUGIN_ENVIRONMENT, /PLUGIN_CLIENT_CERT.*TF_DISABLE_PLUGIN_TLS/],
    [
      "a certificate that is none",
      { ...PLUGIN_ENVIRONMENT, PLUGIN_CLIENT_CERT: "x" },
      /PLUGIN_CLIENT_CERT holds no certificate/,
    ],
  ];
  it.each(refusals)("turns away %s with a sentence and exit status 1", (_, environment, sentence) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [plugin], {
      env: { ...environment, TMPDIR: folder },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    // A person reads both streams, Terraform shows the other one only.
    expect(stdout).toMatch("TF_PLUGIN_MAGIC_COOKIE" in environment ? sentence : /^$/);
    expect(stderr.replace(/^(a greeting|and another).*\n/gm, "")).toMatch(sentence);
    expect(readdirSync(folder)).toEqual(["plugin.js"]);
  });

  it("serves who holds the certificate, and nobody else", async () => {
    const started = await start();
    const client = await PluginClient.over(started);
    expect((await client.read("tiny_digest", { of: "a" })).value).toMatchObject({ value: "ca978112" });
    for (const stranger of [undefined, selfSignedCertificate({ commonName: "client", dnsNames: ["localhost"] })]) {
      const refused = async (): Promise<unknown> => {
        const session = await started.connect(stranger);
        return unaryCall(session, METADATA).finally(() => session.destroy());
      };
      await expect(refused()).rejects.toThrow();
    }
    const plain = connect("http://localhost", { createConnection: () => createConnection(started.socketPath) });
    plain.on("error", () => {});
    await expect(unaryCall(plain, METADATA)).rejects.toThrow();
    plain.destroy();
    expect((await client.read("tiny_digest", { of: "a" })).diagnostics).toEqual([]);
  });

  it("writes nothing to standard output but the handshake, whatever else prints", async () => {
    const started = await start();
    await PluginClient.over(started);
    await wrote(started, "a greeting that Terraform must not see\nand another\n");
    expect(started.output().stdout).toBe("");
  });

  it("logs in hclog's form, at the level that is asked for, with secrets taken out", async () => {
    const started = await start({ TF_LOG: "INFO" });
    await (await PluginClient.over(started)).read("tiny_digest", { of: "a" });
    await wrote(started, "digesting");
    const lines = started
      .output()
      .stderr.split("\n")
      .filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        "@level": "info",
        "@message": "digesting",
        "@module": "tiny",
        "@timestamp": expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
        password: "(redacted)",
      },
    ]);
  });

  it("ends when it is asked to, and leaves no file behind", async () => {
    const started = await start();
    const client = await PluginClient.over(started);
    expect(existsSync(started.socketPath)).toBe(true);
    await client.close();
    expect(await started.exited).toEqual({ code: 0, signal: null });
    expect(existsSync(dirname(started.socketPath))).toBe(false);
  });

  it("stops what it is doing and ends when Terraform is killed", async () => {
    // A process between this one and the plugin plays Terraform: it holds the only connection.
    const launcher = join(folder, "launcher.js");
    buildSync({
      stdin: { resolveDir: __dirname, loader: "ts", contents: LAUNCHER },
      bundle: true,
      platform: "node",
      target: "node20",
      outfile: launcher,
    });
    const terraform = spawn(process.execPath, [launcher, plugin], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TMPDIR: folder },
    });
    const [chunk] = (await once(terraform.stdout, "data")) as [Buffer];
    const { pid, socketPath } = JSON.parse(chunk.toString()) as { pid: number; socketPath: string };
    expect(existsSync(socketPath)).toBe(true);
    terraform.kill("SIGKILL");
    await until(() => !existsSync(dirname(socketPath)) && !alive(pid));
  });

  it("ends when nobody ever connects", async () => {
    const child = spawn(process.execPath, [plugin], {
      env: {
        ...PLUGIN_ENVIRONMENT,
        PLUGIN_CLIENT_CERT: selfSignedCertificate({ commonName: "c" }).certificatePem,
        TINY_CONNECTION_LIMIT: "0.05",
        TMPDIR: folder,
      },
      stdio: "ignore",
    });
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  it("leaves an interrupt to Terraform, and stops an operation when Terraform says so", async () => {
    const started = await start();
    const client = await PluginClient.over(started);
    const plan = await client.plan("tiny_thing", { config: { name: "slow" } });
    const applied = client.apply(plan);
    await wrote(started, "slow apply began");
    process.kill(started.pid, "SIGINT");
    expect((await client.read("tiny_digest", { of: "a" })).diagnostics).toEqual([]);
    expect(started.output().stderr).not.toContain("slow apply stopped");
    await client.stop();
    expect((await applied).diagnostics).toMatchObject([{ summary: "Stopped" }]);
    await wrote(started, "Terraform asked the provider to stop");
  });

  it(
    "asks what is under way to stop when it is terminated, waits for it however long it takes, " + "answers, and ends",
    async () => {
      const started = await start({ TINY_HASTE: "50" });
      const client = await PluginClient.over(started);
      const applied = client.apply(await client.plan("tiny_thing", { config: { name: "steady" } }));
      await wrote(started, "steady apply began");
      process.kill(started.pid, "SIGTERM");
      expect(await applied).toMatchObject({
        state: { value: { name: "steady", notes: ["made after planned"] } },
        diagnostics: [],
      });
      await wrote(started, '"reason":"terminated"');
      expect(await started.exited).toEqual({ code: 0, signal: null });
      expect(existsSync(dirname(started.socketPath))).toBe(false);
    },
  );

  it("stops an operation that its caller cancelled", async () => {
    const started = await start();
    const client = await PluginClient.over(started);
    const cancelled = new AbortController();
    const applied = client.apply(await client.plan("tiny_thing", { config: { name: "slow" } }), {
      signal: cancelled.signal,
    });
    await wrote(started, "slow apply began");
    cancelled.abort(new Error("enough"));
    await expect(applied).rejects.toThrow();
    await wrote(started, "the caller cancelled the call");
  });

  it("puts its socket where it is told, and into /tmp where the path would be too long for one", async () => {
    const wanted = join(folder, "sockets");
    mkdirSync(wanted);
    expect((await start({ PLUGIN_UNIX_SOCKET_DIR: wanted })).socketPath.startsWith(join(wanted, "plugin-"))).toBe(true);
    const long = join(folder, "x".repeat(90));
    mkdirSync(long);
    const elsewhere = await start({ TMPDIR: long });
    expect(elsewhere.socketPath).toMatch(/^\/tmp\/plugin-/);
    await elsewhere.close();
  });

  it("stays for many commands in debug mode, without a cookie, and prints how to use it", async () => {
    const child = spawn(process.execPath, [plugin, "--debug"], {
      env: { TMPDIR: folder },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    const reattach = JSON.parse(/TF_REATTACH_PROVIDERS='(.*)'/.exec(chunk.toString())![1]!) as Record<
      string,
      { Pid: number; Addr: { String: string } }
    >;
    const { Pid, Addr } = reattach["registry.terraform.io/example/tiny"]!;
    expect(Pid).toBe(child.pid);
    for (let command = 0; command < 2; command++) {
      const session = connect("http://localhost", { createConnection: () => createConnection(Addr.String) });
      expect((await unaryCall(session, METADATA)).length).toBeGreaterThan(0);
      session.destroy();
    }
    child.kill("SIGINT");
    expect((await once(child, "exit"))[0]).toBe(0);
    expect(existsSync(dirname(Addr.String))).toBe(false);
  });
});

const LAUNCHER = `
import { PluginClient } from "../support/plugin-client";
import { startPlugin } from "../support/plugin-transport";
void (async () => {
  const plugin = await startPlugin(process.execPath, [process.argv[2]!]);
  const client = await PluginClient.over(plugin);
  void client.apply(await client.plan("tiny_thing", { config: { name: "slow" } }));
  const tell = setInterval(() => {
    if (!plugin.output().stderr.includes("slow apply began")) return;
    clearInterval(tell);
    process.stdout.write(JSON.stringify({ pid: plugin.pid, socketPath: plugin.socketPath }));
  }, 5);
})();
`;

/** What a provider writes comes by a pipe of its own, and may come after an answer that was given later. */
async function wrote(plugin: PluginProcess, text: string): Promise<void> {
  await until(() => plugin.output().stderr.includes(text)).catch(() => {});
  expect(plugin.output().stderr).toContain(text);
}

/** An orphan that has ended may stay a zombie for as long as whoever inherits it doesn't look. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
