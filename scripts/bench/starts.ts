import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { startPlugin } from "../../test/support/plugin-transport";
import { CACHE, ROOT, command, run } from "../run";
import { DIST } from "../build/directory";
import { EXECUTABLE } from "../build/executable";
import { COMPILED_PLATFORM } from "../build/provider";
import { table, writeSection } from "./page";
import { spreadOf, spreadText } from "./spread";

const RUNS = 15;

interface Subject {
  name: string;
  file: string;
  protocol: "5" | "6";
}

/** Starts providers and bare runtimes in turn, and writes how long each takes beside a bare node into the page. */
export async function measureStarts(): Promise<void> {
  const ours = (folder: string): string => join(DIST, "provider", folder, EXECUTABLE);
  const subjects: Subject[] = [
    { name: "ours, the executable", file: ours(COMPILED_PLATFORM), protocol: "6" },
    { name: "ours, the script", file: ours("node"), protocol: "6" },
  ];
  const theirs = process.env["TF_PROVIDER_VSPHERE"];
  if (theirs) subjects.push({ name: "vmware/vsphere", file: theirs, protocol: "5" });
  else console.error("SKIPPED: vmware/vsphere. Set TF_PROVIDER_VSPHERE to the path of its executable.");
  const empty = emptyExecutable();
  const bare: [string, string, string[]][] = [
    ["node, an empty program", process.execPath, ["-e", "0"]],
    ["bun, an empty program", empty, []],
  ];
  const handshakes = new Map<string, number[]>();
  const schemas = new Map<string, number[]>();
  const add = (all: Map<string, number[]>, name: string, ms: number): void =>
    void all.set(name, [...(all.get(name) ?? []), ms]);
  for (let turn = 0; turn < RUNS; turn++) {
    for (const subject of subjects) {
      const { handshakeMs, schemaMs } = await start(subject);
      add(handshakes, subject.name, handshakeMs);
      add(schemas, subject.name, schemaMs);
    }
    for (const [name, file, args] of bare) {
      const startedAt = performance.now();
      await once(spawn(file, args, { stdio: "ignore" }), "exit");
      add(handshakes, name, performance.now() - startedAt);
    }
  }
  const unit = spreadOf(handshakes.get(bare[0]![0])!).median;
  const cell = (values?: number[]): string => (values ? spreadText(spreadOf(values.map((ms) => ms / unit)), 2) : "");
  const megabytes = (file: string): string => (statSync(file).size / 1e6).toFixed(1);
  writeSection("starts", [
    `Medians of ${RUNS} starts each, in turn, with the least and the most; a start of an empty program of node's is 1.`,
    "",
    ...table(
      ["who", "handshake, or the program's end", "first schema answer"],
      [...handshakes].map(([name, values]) => [name, cell(values), cell(schemas.get(name))]),
    ),
    "",
    `The executable has ${megabytes(subjects[0]!.file)} MB, of which bun's runtime, with an empty program, is ` +
      `${megabytes(empty)}; the script has ${megabytes(subjects[1]!.file)}.`,
  ]);
}

async function start({ file, protocol }: Subject): Promise<{ handshakeMs: number; schemaMs: number }> {
  const plugin = await startPlugin(file, [], {}, protocol);
  const method = protocol === "6" ? "tfplugin6.Provider/GetProviderSchema" : "tfplugin5.Provider/GetSchema";
  await plugin.call(`/${method}`, new Uint8Array());
  const schemaMs = performance.now() - plugin.startedAt;
  // Another's ends without an answer when it is asked to.
  if (protocol === "6") await plugin.close();
  else process.kill(plugin.pid, "SIGKILL");
  await plugin.exited;
  return { handshakeMs: plugin.handshakeMs, schemaMs };
}

/** What bun compiles of a program that does nothing: the runtime alone. */
function emptyExecutable(): string {
  const outfile = join(CACHE, "bench", "empty");
  const flags = ["--compile", "--bytecode", "--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  run(command("bun"), ["build", ...flags, "--outfile", outfile, join(ROOT, "scripts/bench/empty.js")]);
  return outfile;
}
