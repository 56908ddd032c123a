import { EmbeddedWorld } from "../simulation/embedded-world";
import { runHistory } from "../simulation/history";
import { ModelWorld } from "../simulation/model-world";
import { expectToHold } from "../simulation/simulate";

// Both in one file, so that they run one after the other beside the process matrix, which takes as long.

test("20,000 random histories of the core end with exactly the declared devices that exist", async () => {
  await expectToHold("the core", {
    histories: 20_000,
    history: (random) => runHistory({ random, makeWorld: (devices) => new ModelWorld(devices) }),
  });
}, 1_500_000);

test("2,000 random histories of the core with a guest that holds, hides and restarts hold as well", async () => {
  await expectToHold("the core and its guest", {
    histories: 2_000,
    history: (random) => runHistory({ random, guests: true, makeWorld: (devices) => new ModelWorld(devices) }),
  });
}, 1_500_000);

test("2,000 random histories of the provider as it ships hold as well", async () => {
  await expectToHold("the whole", {
    histories: 2_000,
    history: (random) => runHistory({ random, makeWorld: (devices) => new EmbeddedWorld(devices) }),
  });
}, 1_500_000);
