/** The reason that vCenter gives is in the error, whichever field of the fault holds it. */
import { errorsOf, Scenario, A, db } from "../provider/scenario";
import { explainFault } from "../../lib/vim/explain-error";
import { VimFault } from "../../lib/vim/wire/fault";
import { runCli } from "../support/cli";

let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start()));
afterEach(() => scenario.stop());

const REASON = "Device 0000:3b:00.0 is claimed by vmkernel";
const FAULT = {
  type: "InvalidDeviceBacking",
  message: "Invalid configuration for device '0'.",
  fields: {
    $type: "InvalidDeviceBacking",
    deviceIndex: 0,
    property: "virtualDeviceSpec.device.backing",
    faultMessage: [
      { $type: "LocalizableMessage", key: "msg.pci.claimed", message: REASON },
      { $type: "LocalizableMessage", key: "msg.pci.unnamed" },
    ],
    faultCause: {
      $type: "LocalizedMethodFault",
      fault: {
        $type: "GenericVmConfigFault",
        reason: "pciPassthru0 is busy",
        faultCause: {
          $type: "LocalizedMethodFault",
          fault: { $type: "PlatformConfigFault", text: "Sysinfo error 195887136" },
          localizedMessage: "An error occurred during host configuration",
        },
      },
      localizedMessage: "Module 'DevicePowerOn' power on failed",
    },
  },
} as const;
const ALL = [
  "InvalidDeviceBacking: Invalid configuration for device '0'.",
  `${REASON}.`,
  "msg.pci.unnamed.",
  "property: virtualDeviceSpec.device.backing",
  "deviceIndex: 0",
  "Caused by GenericVmConfigFault: Module 'DevicePowerOn' power on failed.",
  "reason: pciPassthru0 is busy",
  "Caused by PlatformConfigFault: An error occurred during host configuration.",
  "text: Sysinfo error 195887136",
];

test.each(["task fault", "fault"] as const)("of a call that is refused, in the provider's error: %s", async (kind) => {
  scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind, ...FAULT });
  const [error] = errorsOf(await scenario.apply(db([A])));
  expect(ALL.filter((part) => !error?.includes(part))).toEqual([]);
});

test.each(["doctor", "devices"])("of a read that is refused, in the error of %s", async (command) => {
  scenario.vcenter.faults.inject({ operation: "RetrievePropertiesEx" }, { kind: "fault", ...FAULT });
  const { status, stderr } = await runCli([command], scenario.environment);
  expect([status, ALL.filter((part) => !stderr.includes(part))]).toEqual([1, []]);
});

const voice = { full: (name: string) => name, short: (name: string) => name };
const detail = (properties: Record<string, unknown>, message = "no"): string =>
  explainFault(new VimFault({ type: "X", message, properties }), voice).detail;

test("a fault that says nothing else is told as it was, and nothing is told twice", () => {
  expect(detail({})).toBe("vCenter answered X: no.");
  expect(
    detail({
      faultMessage: [
        { key: "k", message: "no" },
        { key: "k", message: "no." },
      ],
    }),
  ).toBe("vCenter answered X: no.");
});

test("faults in a list, and references, are told under the names that they have", () => {
  expect(
    detail({
      error: [{ fault: { $type: "Y", name: "one" }, localizedMessage: "first" }, { fault: { $type: "Z" } }],
      host: { type: "HostSystem", value: "host-12" },
      problem: { $type: "W", reason: "because" },
    }),
  ).toBe(
    "vCenter answered X: no. (host: host-12) Caused by Y: first. (name: one) Caused by Z. " +
      "Caused by W. (reason: because)",
  );
});

test("what a server makes endless or writes lines with is cut and shown as it is", () => {
  const long = detail({ reason: "x".repeat(1_000_000), faultMessage: [{ key: "k", message: "y".repeat(1_000_000) }] });
  expect(long.length).toBeLessThan(5_000);
  expect(detail({ reason: "a\nError: forged" })).toBe("vCenter answered X: no. (reason: a\\u{a}Error: forged)");
  let nested: object = { $type: "Deep" };
  for (let depth = 0; depth < 100; depth++) nested = { $type: "Deep", faultCause: { fault: nested } };
  expect(detail({ faultCause: { fault: nested } }).length).toBeLessThan(5_000);
});
