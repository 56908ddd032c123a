import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { HandshakeError, openInSocketFolder } from "../../lib/tfplugin6/handshake";
import { PLUGIN_ENVIRONMENT, startPlugin, type PluginProcess } from "../support/plugin-transport";
import { until } from "../support/until";

let folder: string;
let plugin: string;
const running: PluginProcess[] = [];
beforeAll(() => {
  const built = mkdtempSync(join(tmpdir(), "serve-places-"));
  plugin = join(built, "plugin.js");
  buildSync({
    entryPoints: [join(__dirname, "tiny-plugin.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    outfile: plugin,
  });
});
afterAll(() => rmSync(dirname(plugin), { recursive: true }));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "places-"))));
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

async function start(environment: NodeJS.ProcessEnv): Promise<PluginProcess> {
  const started = await startPlugin(process.execPath, [plugin], environment);
  running.push(started);
  return started;
}

describe("a temporary folder that is of no use", () => {
  test.each<[string, () => string]>([
    ["is missing", () => join(folder, "missing")],
    ["is a file", () => (writeFileSync(join(folder, "file"), ""), join(folder, "file"))],
    ["is longer than a socket's path may be", () => makeFolder("x".repeat(90))],
    ["holds no sockets", () => "/sys"],
  ])("that %s is left for /tmp", async (_, make) => {
    expect((await start({ TMPDIR: make() })).socketPath).toMatch(/^\/tmp\/plugin-/);
  });

  test("that can't be written, likewise", async () => {
    const open = jest.fn(async (path: string) => path);
    const locked = makeFolder("locked");
    chmodSync(locked, 0o500);
    // Root may write anywhere: it is stopped where the socket is to be opened.
    open.mockRejectedValueOnce(new Error("EACCES"));
    const { socketPath, remove } = await openInSocketFolder({ TMPDIR: locked }, open, folder);
    expect(dirname(dirname(socketPath))).toBe(folder);
    expect(readdirSync(locked)).toEqual([]);
    await remove();
    expect(readdirSync(folder)).toEqual(["locked"]);
  });

  test("that is relative is told to Terraform in full", async () => {
    makeFolder("here");
    const child = await startPlugin(
      "/bin/sh",
      ["-c", `cd "$1" && exec "$2" "$3"`, "sh", folder, process.execPath, plugin],
      {
        TMPDIR: "here",
      },
    );
    running.push(child);
    expect(child.socketPath.startsWith(join(folder, "here", "plugin-"))).toBe(true);
  });
});

test("where no place will do, the error names each with its reason, and what to set", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const places = { PLUGIN_UNIX_SOCKET_DIR: join(folder, "missing"), TMPDIR: file };
  const refused = openInSocketFolder(places, async () => {}, join(folder, "x".repeat(100)));
  await expect(refused).rejects.toThrow(HandshakeError);
  await expect(refused).rejects.toThrow(
    /no place for .*missing" \(ENOENT.*file" \(ENOTDIR.*xxx" \(the socket's path would have \d+ bytes\)\. Set TMPDIR/,
  );
});

test("whatever the umask, this user can enter the folder, and nobody else", async () => {
  const umask = process.umask(0o777);
  try {
    const { socketPath, remove } = await openInSocketFolder({ TMPDIR: folder }, async () => {});
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700);
    await remove();
  } finally {
    process.umask(umask);
  }
});

test("the folders of those that were killed are taken away by the next, the living ones' are not", async () => {
  const living = await start({ TMPDIR: folder });
  const killed = await startPlugin(process.execPath, [plugin], { TMPDIR: folder });
  process.kill(killed.pid, "SIGKILL");
  await killed.exited;
  // As one of another container would be, and somebody's who only uses the same word.
  const strangers = makeFolder("plugin-zzzz-1-1-abcdef");
  makeFolder("plugin-1234");
  expect(readdirSync(folder)).toHaveLength(4);
  const next = await start({ TMPDIR: folder });
  await until(() => readdirSync(folder).length === 4);
  const names = (...more: string[]): string[] =>
    [...[living, next].map(({ socketPath }) => dirname(socketPath).slice(folder.length + 1)), ...more].sort();
  expect(readdirSync(folder).sort()).toEqual(names("plugin-1234", "plugin-zzzz-1-1-abcdef"));
  utimesSync(strangers, 0, 0);
  await (await start({ TMPDIR: folder })).close();
  running.pop();
  expect(readdirSync(folder).sort()).toEqual(names("plugin-1234"));
});

test("what keeps it from starting stands on the one line that Terraform shows", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [plugin], {
    env: { ...PLUGIN_ENVIRONMENT, TMPDIR: folder },
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^This provider talks only to a Terraform that shows a certificate[^|\n]*\n$/);
  expect(stderr).toContain(stdout.trim());
});

test("it starts with standard input closed, without a home, and with few files to open", async () => {
  const started = await startPlugin("/bin/sh", ["-c", 'ulimit -n 40; exec "$0" "$1" <&-', process.execPath, plugin], {
    TMPDIR: folder,
    HOME: undefined,
  });
  running.push(started);
  expect(started.socketPath.startsWith(folder)).toBe(true);
});

function makeFolder(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}
