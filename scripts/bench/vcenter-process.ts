/** The program of the bench's embedded vCenter, which counts what it is asked; `measured-vcenter.ts` starts it. */
import { channel } from "node:diagnostics_channel";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "../../lib/simulator/embedded-vcenter";
import type { Answer, Counted, Order } from "./measured-vcenter";

const CHANGE = "ReconfigVM_Task";

const folder = mkdtempSync(join(tmpdir(), "hotplug-bench-"));
const caFile = join(folder, "ca.pem");

let vcenter: EmbeddedVcenter;
const sockets = new Set<Socket>();
let closedBytes = 0;
let mark = { calls: 0, bytes: 0, cpuMs: 0 };

channel("net.server.socket").subscribe((message) => {
  const { socket } = message as { socket: Socket };
  sockets.add(socket);
  socket.once("close", () => {
    sockets.delete(socket);
    closedBytes += bytesOf(socket);
  });
});

const bytesOf = (socket: Socket): number => socket.bytesRead + socket.bytesWritten;
const allBytes = (): number => [...sockets].reduce((sum, socket) => sum + bytesOf(socket), closedBytes);
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function counted(): Counted {
  const cpu = cpuMs() - mark.cpuMs;
  const bytes = allBytes() - mark.bytes;
  const calls = vcenter.calls().slice(mark.calls);
  const changes = calls.filter(({ operation }) => operation === CHANGE);
  const begun = Math.min(...changes.map(({ startedAt }) => Date.parse(startedAt)));
  const last = calls.filter(({ operation }) => operation !== "Logout").map(endOf);
  const tasks = changes.flatMap(({ startedAt, task }) =>
    task?.completedAt === undefined ? [] : [{ from: Date.parse(startedAt), until: Date.parse(task.completedAt) }],
  );
  return {
    requests: calls.length,
    bytes,
    cpuMs: cpu,
    changes: changes.length,
    tasksMs: tasks.reduce((sum, { from, until }) => sum + until - from, 0),
    changingMs: changes.length === 0 ? 0 : Math.max(...last) - begun,
    downtimeMs: changes.length === 0 ? 0 : Math.max(...tasks.map(({ until }) => until)) - begun,
  };
}

const endOf = ({ startedAt, durationMs = 0 }: CallLogEntry): number => Date.parse(startedAt) + durationMs;

const orders: Record<Order["name"], (given: never) => unknown> = {
  async hold(options: EmbeddedVcenterOptions) {
    await stopped();
    vcenter = await EmbeddedVcenter.start(options);
    writeFileSync(caFile, vcenter.caPem);
    return vcenter.environment(caFile);
  },
  mark: () => void (mark = { calls: vcenter.calls().length, bytes: allBytes(), cpuMs: cpuMs() }),
  counted,
};

process.on("message", ({ name, given }: Order) => {
  void Promise.resolve(given)
    .then((value) => orders[name](value as never))
    .then(
      (value): Answer => ({ value }),
      (error: unknown): Answer => ({ error: String(error) }),
    )
    .then((answer) => process.send?.(answer));
});
// Whoever started it has ended, or wants it to.
process.once("disconnect", () => {
  rmSync(folder, { recursive: true, force: true });
  void stopped().finally(() => process.exit());
});

async function stopped(): Promise<void> {
  await (vcenter as EmbeddedVcenter | undefined)?.stop();
}
