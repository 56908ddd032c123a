import { EmbeddedWorld } from "../simulation/embedded-world";
import { runHistory } from "../simulation/history";
import { seedsFromEnvironment, simulate } from "../simulation/simulate";

test("2,000 random histories of the provider as it ships hold as well", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(2_000), history: (random) => runHistory({ random, makeWorld: (devices) => new EmbeddedWorld(devices) }) });
  process.stderr.write(`simulation of the whole: ${total.histories} histories, ${total.applies} applies, ${total.calls} calls\n`);
  expect(failure).toBeUndefined();
}, 1_500_000);
