import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";

export interface TestVcenter {
  vcenter: EmbeddedVcenter;
  /** What points the provider to it: VSPHERE_* variables, its certificate in a temporary file. */
  environment: Record<string, string>;
  /** Stops it, and keeps its call log for the tests that judge the whole run. */
  stop(): Promise<void>;
}

/** An embedded vCenter for a test. Whatever it was asked to do ends up in the call log of the run. */
export async function startTestVcenter(
  options: Parameters<typeof EmbeddedVcenter.start>[0] = {},
): Promise<TestVcenter> {
  const directory = await mkdtemp(join(tmpdir(), "hotplug-vcenter-"));
  const caFile = join(directory, "ca.pem");
  const vcenter = await EmbeddedVcenter.start(options);
  await writeFile(caFile, vcenter.caPem);
  return {
    vcenter,
    environment: vcenter.environment(caFile),
    async stop() {
      await keepCallLog(vcenter.calls());
      await vcenter.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Writes a call log where the `call-log` tests of the same run will look for it. */
export async function keepCallLog(calls: readonly unknown[]): Promise<void> {
  const folder = process.env["HOTPLUG_TEST_CALL_LOG_DIR"];
  if (folder) await writeFile(join(folder, `${randomUUID()}.json`), JSON.stringify(calls));
}
