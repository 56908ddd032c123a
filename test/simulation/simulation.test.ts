import { runHistory } from "./history";
import { ModelWorld } from "./model-world";
import { expectToHold } from "./simulate";

test("Random histories of changes, faults, kills and other people end with exactly the declared " +
  "devices that exist", async () => {
  await expectToHold("the core", {
    histories: 500,
    history: (random) => runHistory({ random, makeWorld: (devices) => new ModelWorld(devices) }),
  });
}, 600_000);

test("Random histories of guests that lag, hide drives, hold them, fall silent and restart hold as well", async () => {
  await expectToHold("the core and its guest", {
    histories: 300,
    history: (random) => runHistory({ random, guests: true, makeWorld: (devices) => new ModelWorld(devices) }),
  });
}, 600_000);
