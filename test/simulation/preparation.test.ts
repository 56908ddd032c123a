import { PreparationHistory } from "./preparation-history";
import { hostSubject } from "./host-subject";
import { machineSubject } from "./machine-subject";
import { seedsFromEnvironment, simulate } from "./simulate";

test("Random histories of a virtual machine's preparation: it goes down only as the policy says, comes up again, and ends ready", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(15), history: (random) => PreparationHistory.run(machineSubject, random) });
  process.stderr.write(`simulation of settings: ${total.histories} histories, ${total.applies} applies, ${total.calls} requests\n`);
  expect(failure).toBeUndefined();
}, 600_000);

test("Random histories of a host's preparation: it restarts only as the policy says, at most once for an apply, and ends prepared", async () => {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(15), history: (random) => PreparationHistory.run(hostSubject, random) });
  process.stderr.write(`simulation of hosts: ${total.histories} histories, ${total.applies} applies, ${total.calls} requests\n`);
  expect(failure).toBeUndefined();
}, 600_000);
