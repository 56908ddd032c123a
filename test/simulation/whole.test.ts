import { expectToHold } from "./expect-to-hold";

test(
  "Histories hold with the provider as it ships, its client and the embedded vCenter, and machines that exchange " +
    "drives",
  () => expectToHold("whole", 12),
  600_000,
);
