import { expectToHold } from "./expect-to-hold";

test(
  "Random histories of changes, faults, kills and other people end with exactly the declared " + "devices that exist",
  () => expectToHold("core", 300),
  600_000,
);

test(
  "Random histories of guests that lag, hide drives, hold them, fall silent and restart hold as well",
  () => expectToHold("guest", 150),
  600_000,
);
