/** A server that isn't what it says it is: an error within the limit, in bounded memory, and never a status of 0. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { currentPlatform } from "../../lib/install/platform";
import {
  ENDLESS_PAGES,
  pagesTrick,
  REDIRECTS,
  startHostileServer,
  TRICKS,
  type HostileServer,
  type Trick,
} from "../support/hostile-server";
import { PluginClient } from "../support/plugin-client";
import type { PluginProcess } from "../support/plugin-transport";

jest.setTimeout(240_000);

const COMMAND = join(__dirname, "../../dist/lib/cli/vsphere-hotplug.js");
/** The limit is 1.2 seconds; starting, parsing what just isn't too much and logging out take theirs. */
const MOST_SECONDS = 25;
const MOST_MEGABYTES = 700;

type Case = readonly [name: string, when: "before" | "after", trick: Trick];
const PAGES = Object.entries(ENDLESS_PAGES).map(
  ([name, page]): Case => [`answers a page that ${name}`, "after", pagesTrick(page)],
);
const TRICKED: Case[] = Object.entries(TRICKS).flatMap(([name, trick]): Case[] => [
  [name, "before", trick],
  [name, "after", trick],
]);

/** What is wrong with each of the cases, by name; they share the processors two by two. */
async function whatIsWrong(
  cases: readonly Case[],
  judge: (server: HostileServer) => Promise<string[]>,
): Promise<object> {
  const wrong: Record<string, string[]> = {};
  const left = [...cases];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [name, when, trick] = next;
      const server = await startHostileServer(when, trick);
      const found = await judge(server).finally(() => server.stop());
      if (found.length > 0) wrong[`${name}, ${when} the login`] = found;
    }
  };
  await Promise.all([work(), work(), work()]);
  return wrong;
}

/** The most memory that a process has had so far. */
function peakMegabytes(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const SAID = /(?:vCenter|The answer to|The connection to|127\.0\.0\.1).*\./;

async function judgeCommand(command: string, { environment }: HostileServer): Promise<string[]> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [COMMAND, command], { env: { PATH: process.env["PATH"], ...environment } });
  let [printed, megabytes] = ["", 0];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const watch = setInterval(() => (megabytes = Math.max(megabytes, peakMegabytes(child.pid!))), 20);
  const [status] = (await once(child, "close")) as [number | null];
  clearInterval(watch);
  return [
    ...(status === 1 ? [] : [`status ${status}`]),
    ...(SAID.test(printed) ? [] : [`printed: ${printed.slice(0, 500)}`]),
    ...judgeCosts({ startedAt, megabytes }),
  ];
}

function judgeCosts({ startedAt, megabytes }: { startedAt: number; megabytes: number }): string[] {
  const seconds = (performance.now() - startedAt) / 1000;
  return [
    ...(seconds < MOST_SECONDS ? [] : [`took ${seconds.toFixed(1)} s`]),
    ...(megabytes < MOST_MEGABYTES ? [] : [`took ${megabytes.toFixed()} MB`]),
  ];
}

test.each([
  ["doctor", [...TRICKED, ...PAGES]],
  ["devices", [...TRICKED.slice(0, 4), ...PAGES]],
] as const)("%s ends with an error, whatever a server does", async (command, cases) => {
  expect(await whatIsWrong(cases, (server) => judgeCommand(command, server))).toEqual({});
});

type Artefact = "native" | "node";
const ARTEFACTS: Artefact[] = ["native", "node"];

async function judgeProvider(artefact: Artefact, { environment }: HostileServer): Promise<string[]> {
  const { directory, platforms, version } = shippedDistribution();
  const { path } =
    artefact === "node"
      ? Object.values(platforms).find((shipped) => shipped.path === NODE_PACKAGE)!
      : platforms[currentPlatform().name]!;
  const executable = join(directory, path, `terraform-provider-hotplug_v${version}`);
  const client = await PluginClient.start(executable, [], environment);
  try {
    await client.configure();
    const startedAt = performance.now();
    const limit = AbortSignal.timeout(2_000 * MOST_SECONDS);
    const config = { virtual_machine_id: "vm-42", devices: ["0000:3b:00.0"] };
    const { diagnostics } = await client.plan("hotplug_passthrough_devices", { config, signal: limit });
    const [{ severity, summary, detail } = { severity: "", summary: "", detail: "" }, ...more] = diagnostics;
    const said = severity === "error" && summary.startsWith("vCenter") && SAID.test(detail) && more.length === 0;
    return [
      ...(said ? [] : [`answered ${JSON.stringify(diagnostics)}`]),
      ...judgeCosts({ startedAt, megabytes: peakMegabytes((client.transport as PluginProcess).pid) }),
    ];
  } catch (error) {
    return [String(error)];
  } finally {
    await client.close().catch(() => undefined);
  }
}

test.each(ARTEFACTS)("the %s provider answers with an error, whatever a server does", async (artefact) => {
  expect(await whatIsWrong([...TRICKED, ...PAGES], (server) => judgeProvider(artefact, server))).toEqual({});
});

describe("A server that sends everybody to another one", () => {
  const COMMANDS = ["doctor", "devices"];
  const JUDGES = [
    ...COMMANDS.map((command) => [command, (server: HostileServer) => judgeCommand(command, server)] as const),
    ...ARTEFACTS.map(
      (artefact) => [`the ${artefact} provider`, (server: HostileServer) => judgeProvider(artefact, server)] as const,
    ),
  ];

  test.each(JUDGES)("is not followed by %s: nobody comes there, with a password or without", async (_who, judge) => {
    const came: string[] = [];
    // The control: this one sees who comes.
    const other = await startHostileServer("before", (response, _, method) => {
      came.push(method);
      response.end();
    });
    const url = `https://${other.environment["VSPHERE_SERVER"]}/sdk`;
    const cases = REDIRECTS.flatMap((status): Case[] => {
      const trick: Trick = (response) => void response.writeHead(status, { Location: url }).end();
      return [
        [`redirects by ${status}`, "before", trick],
        [`redirects by ${status}`, "after", trick],
      ];
    });
    try {
      expect(await whatIsWrong(cases, judge)).toEqual({});
      expect(came).toEqual([]);
      await judgeCommand("doctor", other);
      expect(came.length).toBeGreaterThan(0);
    } finally {
      await other.stop();
    }
  });
});
