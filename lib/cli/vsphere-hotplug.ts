#!/usr/bin/env node
import { takeEnvironment } from "../environment";
import { main } from "./main";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(signal)));

void main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: takeEnvironment(),
  signal: stop.signal,
}).then((status) => {
  process.exitCode = status;
});
