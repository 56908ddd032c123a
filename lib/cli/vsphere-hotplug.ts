#!/usr/bin/env node
import { takeEnvironment } from "../environment/environment";
import { failWhereUnfinished } from "../unfinished-work";
import { main } from "./main";

const finished = failWhereUnfinished("vsphere-hotplug");

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(signal)));

// A disk may be full. A reader that has seen enough, such as head, is nothing to tell anyone.
process.stdout.once("error", (error: NodeJS.ErrnoException) => {
  process.stdout.on("error", () => {});
  process.exitCode = 1;
  if (error.code !== "EPIPE") process.stderr.write(`vsphere-hotplug: The output can't be written: ${error.message}.\n`);
  stop.abort(error);
});
process.stderr.on("error", () => {});

void main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: takeEnvironment(),
  signal: stop.signal,
}).then((status) => {
  finished();
  process.exitCode ||= status;
});
