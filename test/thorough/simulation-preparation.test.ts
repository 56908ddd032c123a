import { hostSubject } from "../simulation/host-subject";
import { machineSubject } from "../simulation/virtual-machine-subject";
import { PreparationHistory } from "../simulation/preparation-history";
import { expectToHold } from "../simulation/simulate";

test("300 random histories of a virtual machine's preparation end with it ready, and up if it was", async () => {
  await expectToHold("settings", {
    histories: 300,
    history: (random) => PreparationHistory.run(machineSubject, random),
    counts: "requests",
  });
}, 1_500_000);

test("300 random histories of a host's preparation end with it prepared", async () => {
  await expectToHold("hosts", {
    histories: 300,
    history: (random) => PreparationHistory.run(hostSubject, random),
    counts: "requests",
  });
}, 1_500_000);
