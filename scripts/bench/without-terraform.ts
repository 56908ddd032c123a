/**
 * The provider's own work without Terraform around it: one process that plans and applies the sets of a job. The job
 * comes as JSON on standard input, the vCenter by VSPHERE_*.
 */
import { text } from "node:stream/consumers";
import { takeEnvironment } from "../../lib/environment/environment";
import { hotplugProvider } from "../../lib/provider/provider";
import type { DeviceSets } from "./jobs";
import { Walks } from "./walks";

async function main(): Promise<void> {
  const { before, after } = JSON.parse(await text(process.stdin)) as { before: DeviceSets; after: DeviceSets };
  const environment = takeEnvironment();
  const walks = new Walks(() => hotplugProvider({ environment }));
  if (Object.keys(before).length > 0) await walks.import(Object.keys(before));
  await walks.apply(await walks.plan(after));
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
