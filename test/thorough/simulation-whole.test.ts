import { EmbeddedWorld } from "../simulation/embedded-world";
import { seedsFromEnvironment, simulate } from "../simulation/simulate";

test("300 random histories of the provider as it ships hold as well", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(300), makeWorld: (devices) => new EmbeddedWorld(devices) });
  process.stderr.write(`simulation of the whole: ${total.histories} histories, ${total.applies} applies, ${total.calls} calls\n`);
  expect(failure).toBeUndefined();
}, 1_500_000);
