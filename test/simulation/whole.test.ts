import { EmbeddedWorld } from "./embedded-world";
import { runHistory } from "./history";
import { expectToHold } from "./simulate";

test("The same histories hold with the provider as it ships, its client and the embedded vCenter", async () => {
  await expectToHold("the whole", {
    histories: 25,
    history: (random) => runHistory({ random, makeWorld: (devices) => new EmbeddedWorld(devices) }),
  });
}, 600_000);
