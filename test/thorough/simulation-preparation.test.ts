import { hostSubject } from "../simulation/host-subject";
import { machineSubject } from "../simulation/machine-subject";
import { PreparationHistory } from "../simulation/preparation-history";
import { seedsFromEnvironment, simulate } from "../simulation/simulate";

test("300 random histories of a virtual machine's preparation end with it ready, and up if it was", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(300), history: (random) => PreparationHistory.run(machineSubject, random) });
  process.stderr.write(`simulation of settings: ${total.histories} histories, ${total.applies} applies, ${total.calls} requests\n`);
  expect(failure).toBeUndefined();
}, 1_500_000);

test("300 random histories of a host's preparation end with it prepared", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(300), history: (random) => PreparationHistory.run(hostSubject, random) });
  process.stderr.write(`simulation of hosts: ${total.histories} histories, ${total.applies} applies, ${total.calls} requests\n`);
  expect(failure).toBeUndefined();
}, 1_500_000);
