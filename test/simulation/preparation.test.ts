import { PreparationHistory } from "./preparation-history";
import { hostSubject } from "./host-subject";
import { machineSubject } from "./virtual-machine-subject";
import { expectToHold } from "./simulate";

test("Random histories of a virtual machine's preparation: it goes down only as the policy says, comes up again, " +
  "and ends ready", async () => {
  await expectToHold("settings", {
    histories: 15,
    history: (random) => PreparationHistory.run(machineSubject, random),
    counts: "requests",
  });
}, 600_000);

test("Random histories of a host's preparation: it restarts only as the policy says, at most once for an apply, and " +
  "ends prepared", async () => {
  await expectToHold("hosts", {
    histories: 15,
    history: (random) => PreparationHistory.run(hostSubject, random),
    counts: "requests",
  });
}, 600_000);
