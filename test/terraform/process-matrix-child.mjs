// An embedded vCenter in a process of its own that ends with SIGKILL: once the request that it was told of has been
// carried out, its task included, and instead of the answer; or when its standard input ends. Its log of calls is left
// in a file. It is the built library, without a TypeScript loader, since it is started for each cell of the matrix.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { setInterval } from "node:timers";
import { EmbeddedVcenter } from "../../dist/lib/testing.js";

const { moment, callLogFile, caFile, ...options } = JSON.parse(process.argv[2]);

const vcenter = await EmbeddedVcenter.start({ ...options, onCall });
vcenter.faults.inject(moment, { kind: "drop", when: "after" });
process.stdin.resume().once("end", end);
process.stdout.write(`${JSON.stringify({ server: vcenter.server, environment: vcenter.environment(caFile) })}\n`);

function onCall({ outcome, task }) {
  if (outcome !== "no answer") return;
  const isUnderWay = () => task !== undefined && ["queued", "running"].includes(task.state);
  if (!isUnderWay()) end();
  setInterval(() => isUnderWay() || end(), 1);
}

function end() {
  writeFileSync(callLogFile, JSON.stringify(vcenter.calls()));
  process.kill(process.pid, "SIGKILL");
}
