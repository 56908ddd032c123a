import { expectToHold } from "./expect-to-hold";

test(
  "Random histories of a virtual machine's preparation: it goes down only as the policy says, comes up again, " +
    "and ends ready",
  () => expectToHold("settings", 15),
  600_000,
);

test(
  "Random histories of a host's preparation: it restarts only as the policy says, at most once for an apply, and " +
    "ends prepared",
  () => expectToHold("hosts", 15),
  600_000,
);
