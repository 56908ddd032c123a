import { EmbeddedWorld } from "./embedded-world";
import { runHistory } from "./history";
import { seedsFromEnvironment, simulate } from "./simulate";

test("The same histories hold with the provider as it ships, its client and the embedded vCenter", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(25), history: (random) => runHistory({ random, makeWorld: (devices) => new EmbeddedWorld(devices) }) });
  process.stderr.write(`simulation of the whole: ${total.histories} histories, ${total.applies} applies, ${total.calls} calls\n`);
  expect(failure).toBeUndefined();
}, 600_000);
