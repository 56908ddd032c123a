import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { type CliRun, startCli } from "../support/cli";

const HOST = "esx01.example.test";
const DEVICE = "0000:3b:00.0";

const runs: CliRun[] = [];
function simulate(args: string[] = [], environment: Record<string, string> = {}): CliRun {
  const run = startCli(["simulate", ...args], environment);
  runs.push(run);
  return run;
}
afterEach(async () => {
  for (const { stop, ended } of runs.splice(0)) {
    stop.abort();
    await ended;
  }
});

async function announced(
  run: CliRun,
): Promise<{ url: string; ca_file: string; log_url: string; environment: Record<string, string> }> {
  return JSON.parse((await run.printed(/^\{.*\}$/m))[0]) as never;
}

test("--json tells where it is, what to trust and what to set, and its call log is there", async () => {
  const { url, ca_file, log_url, environment } = await announced(simulate(["--json"]));
  expect(environment).toMatchObject({ VSPHERE_SERVER: new URL(url).host, VSPHERE_CA_FILE: ca_file });
  expect(new URL(url).hostname).toBe("127.0.0.1");
  const log = await new Promise<string>((resolve, reject) => {
    request(log_url, { ca: readFileSync(ca_file), agent: false }, (response) => resolve(text(response)))
      .once("error", reject)
      .end();
  });
  expect(JSON.parse(log)).toEqual([]);
});

test.each([
  [{}, "/etc/ssl/certs"],
  [{ SSL_CERT_DIR: "/our/own" }, "/our/own"],
])(
  "its certificate is trusted by programs that know no VSPHERE_CA_FILE, beside all that they trust already: %j",
  async (given, trusted) => {
    const { ca_file, environment } = await announced(simulate(["--json"], given));
    expect(environment["SSL_CERT_DIR"]).toBe(`${dirname(ca_file)}:${trusted}`);
    expect(environment).not.toHaveProperty("SSL_CERT_FILE");
  },
);

test("without --json, standard output is what a shell can take", async () => {
  const run = simulate();
  await run.printed(/It stops on Ctrl-C/);
  const { VSPHERE_SERVER } = JSON.parse(
    execFileSync("/bin/sh", ["-c", `${run.stdout()} exec "$0" -p 'JSON.stringify(process.env)'`, process.execPath], {
      encoding: "utf8",
      env: {},
    }),
  ) as Record<string, string>;
  expect(VSPHERE_SERVER).toMatch(/^127\.0\.0\.1:\d+$/);
});

test("it stops when it is told to, and leaves no file", async () => {
  const run = simulate(["--json"]);
  const { ca_file } = await announced(run);
  expect(existsSync(ca_file)).toBe(true);
  run.stop.abort();
  expect(await run.ended).toBe(0);
  expect(existsSync(ca_file)).toBe(false);
});

test("it stops with its standard input when asked to", async () => {
  const run = simulate(["--until-stdin-closes"]);
  await run.printed(/It stops/);
  run.stdin.end();
  expect(await run.ended).toBe(0);
});

test("typed lines pull a drive out and put it back; anything else is answered with what can be typed", async () => {
  const run = simulate();
  await run.printed(/It stops/);
  run.stdin.write(`pull ${HOST} ${DEVICE}\n`);
  await run.printed(/Pulled 0000:3b:00\.0 out of esx01\.example\.test\./);
  run.stdin.write(`plug ${HOST} ${DEVICE}\n`);
  await run.printed(/Plugged 0000:3b:00\.0 into esx01\.example\.test\./);
  run.stdin.write("eject\n");
  await run.printed(/Type "pull HOST DEVICE" or "plug HOST DEVICE"/);
  run.stdin.write(`pull nowhere ${DEVICE}\n`);
  await run.printed(/nowhere/);
});

async function withGuests(): Promise<(line: string, answer: RegExp) => Promise<void>> {
  const run = simulate(["--guests"]);
  await run.printed(/guest = \{ port/);
  return async (line, answer) => {
    run.stdin.write(`${line}\n`);
    await run.printed(answer);
  };
}

test("with --guests, typed lines are what happens in a guest: what it sees, and who holds a drive", async () => {
  const type = await withGuests();
  await type("mount db /dev/nvme0n1 /data", /the guest of db has no \/dev\/nvme0n1/);
  await type("lag db 2 3.5", /db shows a drive 2 s after it came, and 3.5 s after it left\./);
  await type("lag db soon 3", /Not a number of seconds: soon/);
  await type(`hide db ${DEVICE}`, /db doesn't see 0000:3b:00\.0\./);
  await type(`show db ${DEVICE}`, /db sees 0000:3b:00\.0 where it is attached\./);
  await type("unmount db /data", /nothing holds \/data in the guest of db/);
});

test("with --guests, typed lines are what happens to its SSH server", async () => {
  const type = await withGuests();
  await type("refuse db", /db refuses connections\./);
  await type("impersonate db", /Somebody else answers in place of db\./);
  await type("accept db", /db accepts connections\./);
  await type("reboot db", /db was restarted\./);
  await type("reboot spare now", /Type "reboot VM": restart the guest/);
  await type("refuse spare", /virtual machine "spare" doesn't run/);
  await type("toString", /or "accept VM"\.$/m);
});

test("without guests, a line about one says how to have them", async () => {
  const run = simulate();
  await run.printed(/It stops/);
  run.stdin.write("reboot db\n");
  await run.printed(/There are no guests: start it with --guests\./);
});

test("with --user, the password that it was given is not printed for people", async () => {
  const run = simulate(["--user", "me"], { VSPHERE_PASSWORD: "it's mine" });
  await run.printed(/It stops/);
  expect(run.stdout()).toContain("export VSPHERE_USER=me");
  expect(run.stdout() + run.stderr()).not.toMatch(/VSPHERE_PASSWORD|mine/);
  const anyone = simulate();
  await anyone.printed(/It stops/);
  expect(anyone.stdout()).toContain("export VSPHERE_PASSWORD=");
});

test("with --user, its environment has that user", async () => {
  const { environment } = await announced(simulate(["--json", "--user", "me"], { VSPHERE_PASSWORD: "it's mine" }));
  expect(environment).toMatchObject({ VSPHERE_USER: "me", VSPHERE_PASSWORD: "it's mine" });
});

describe("--listen on an address that other machines reach", () => {
  test.each(["0.0.0.0", "[::]"])("%s is refused where anyone could log in, with the ways out", async (host) => {
    const run = startCli(["simulate", "--listen", `${host}:0`]);
    expect(await run.ended).toBe(2);
    expect(run.stderr()).toContain("any user and password would do there. Give --user NAME");
    expect(run.stdout()).toBe("");
  });

  test("--anyone lets anyone in, and warns", async () => {
    const run = simulate(["--listen", "0.0.0.0:0", "--anyone", "--json"]);
    const { url, ca_file, log_url } = await announced(run);
    expect(run.stderr()).toMatch(/^Warning: whoever reaches this machine may log in/);
    expect(new URL(url).hostname).not.toMatch(/^(0\.0\.0\.0|\[::\])$/);
    const log = await new Promise<string>((resolve, reject) => {
      request(log_url, { ca: readFileSync(ca_file), agent: false }, (response) => resolve(text(response)))
        .once("error", reject)
        .end();
    });
    expect(JSON.parse(log)).toEqual([]);
  });

  test("with --user it runs without a warning", async () => {
    const run = simulate(["--listen", "0.0.0.0:0", "--json", "--user", "me"], { VSPHERE_PASSWORD: "mine" });
    await announced(run);
    expect(run.stderr()).toBe("");
  });
});

describe("--keep", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hotplug-keep-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("goes on tomorrow: a drive that was pulled out can be put back, and whoever trusted it still does", async () => {
    const first = simulate(["--json", "--keep", folder]);
    const { ca_file } = await announced(first);
    expect(ca_file).toBe(join(folder, "certificate.pem"));
    const certificate = readFileSync(ca_file, "utf8");
    first.stdin.write(`pull ${HOST} ${DEVICE}\n`);
    await first.printed(/Pulled/);
    first.stop.abort();
    expect(await first.ended).toBe(0);
    const second = simulate(["--json", "--keep", folder]);
    expect((await announced(second)).ca_file).toBe(ca_file);
    expect(readFileSync(ca_file, "utf8")).toBe(certificate);
    second.stdin.write(`plug ${HOST} ${DEVICE}\n`);
    await second.printed(/Plugged 0000:3b:00\.0 into/);
  });

  test("with an inventory beside the kept one is an error that says so", async () => {
    const first = simulate(["--json", "--keep", folder]);
    await announced(first);
    first.stop.abort();
    await first.ended;
    const run = startCli(["simulate", "--keep", folder, "--inventory", "lab.json"]);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain(
      "holds an inventory already: start without another one, or keep it in another folder",
    );
  });
});

test("an inventory that isn't there is an error that names it", async () => {
  const run = startCli(["simulate", "--inventory", "/nowhere.json"]);
  expect(await run.ended).toBe(1);
  expect(run.stderr()).toContain("/nowhere.json");
});

test("--guests gives guests in a process of node's own, too, where no test's loader helps", async () => {
  const program = join(__dirname, "../../lib/cli/vsphere-hotplug.ts");
  const args = ["--import", "tsx", program, "simulate", "--guests", "--json", "--until-stdin-closes"];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  try {
    const [told] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const { environment } = JSON.parse(told) as { environment: Record<string, string> };
    const knownHosts = readFileSync(environment["HOTPLUG_SSH_KNOWN_HOSTS"]!, "utf8");
    expect(knownHosts.trim().split("\n")).toEqual([
      expect.stringMatching(/^\[127\./),
      expect.stringMatching(/^\[127\./),
    ]);
  } finally {
    child.stdin.end();
    await ended;
  }
}, 60_000);
