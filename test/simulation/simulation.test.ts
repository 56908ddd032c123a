import { runHistory } from "./history";
import { ModelWorld } from "./model-world";
import { seedsFromEnvironment, simulate } from "./simulate";

test("Random histories of changes, faults, kills and other people end with exactly the declared devices that exist", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(500), history: (random) => runHistory({ random, makeWorld: (devices) => new ModelWorld(devices) }) });
  process.stderr.write(`simulation of the core: ${total.histories} histories, ${total.applies} applies, ${total.calls} calls\n`);
  expect(failure).toBeUndefined();
}, 600_000);
