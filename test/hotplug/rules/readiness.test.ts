import type { HostDevice, ReadinessFacts } from "../../../lib/hotplug/facts";
import { readinessFacts, type ObservedHost } from "../../../lib/hotplug/observed-facts";
import { checkReadiness, CHECKED_RULES, type ReadinessCheck } from "../../../lib/hotplug/rules/readiness";
import { checkRules } from "../../../lib/hotplug/rules/rules";
import { drive, READY } from "../../support/ready";
import { RULE_CASES } from "../../support/rule-cases";

const NO_API_TELLS = ["N6", "H1", "G1", "G2", "G3", "G4"];

const of = (facts: ReadinessFacts, rule: string): ReadinessCheck =>
  checkReadiness(facts).find((check) => check.rule === rule)!;
const withStatus = (facts: ReadinessFacts, status: string): string[] =>
  checkReadiness(facts)
    .filter((check) => check.status === status)
    .map(({ rule }) => rule);

test("answers every rule that a doctor is asked, in order", () => {
  expect(CHECKED_RULES).toEqual([
    "V1",
    "V2",
    "V6",
    "V8",
    "N1",
    "N2",
    "N3",
    "N4",
    "N5",
    "N6",
    "N7",
    "N8",
    "H0",
    "H1",
    "H2",
    "H4",
    "H5",
    "H6",
    "M1",
    "M2",
    "M3",
    "M4",
    "M5",
    "C3",
    "G1",
    "G2",
    "G3",
    "G4",
  ]);
  expect(checkReadiness(READY).map(({ rule }) => rule)).toEqual(CHECKED_RULES);
});

test("is ok only where the facts say so, and by hand where no API tells", () => {
  expect(withStatus(READY, "failed")).toEqual([]);
  expect(withStatus(READY, "by_hand")).toEqual(NO_API_TELLS);
  const nothing = { endpoint: {}, host: { title: "esx01 (host-12)" }, virtualMachine: { title: "db (vm-42)" } };
  expect(withStatus(nothing, "ok")).toEqual([]);
  expect(withStatus(nothing, "by_hand")).toEqual(CHECKED_RULES);
});

test.each(RULE_CASES.filter(({ rule }) => (CHECKED_RULES as string[]).includes(rule)))(
  "rule $rule, $what, fails in the rule's own words",
  ({ rule, broken }) => {
    const violation = checkRules(broken).find((one) => one.rule === rule)!;
    const facts = {
      ...READY,
      ...broken,
      ...(broken.host && { host: { ...READY.host!, ...broken.host } }),
      ...(broken.virtualMachine && { virtualMachine: { ...READY.virtualMachine!, ...broken.virtualMachine } }),
    };
    expect(of(facts, rule)).toMatchObject({
      status: "failed",
      sentence: expect.stringContaining(violation.summary.slice(0, 20)),
      remedy: expect.any(String),
    });
  },
);

test("a host by itself is judged by the rules about hosts (H0, H1, H2, H4, H5, H6)", () => {
  const { endpoint, host, hostDevices, server } = READY;
  expect(checkReadiness({ endpoint, host, hostDevices, server }).map(({ rule }) => rule)).toEqual([
    "V1",
    "V2",
    "H0",
    "H1",
    "H2",
    "H4",
    "H5",
    "H6",
  ]);
});

test("H4 is not called well where no drive of the host can be hot-added", () => {
  const own = { ...drive, passthroughEnabled: false, passthroughActive: false, usedByHost: ["boot disk"] };
  expect(of({ ...READY, hostDevices: [own] }, "H4").status).toBe("by_hand");
  expect(of({ ...READY, hostDevices: [own, drive] }, "H4").status).toBe("ok");
});

test("N2 is known only where both kinds of CPU hot plug are", () => {
  const { cpuHotRemoveEnabled: _, ...rest } = READY.virtualMachine!;
  expect(of({ ...READY, virtualMachine: rest }, "N2").status).toBe("by_hand");
  expect(of(READY, "N2").status).toBe("ok");
});

test("a virtual machine whose host isn't seen leaves open what is about the host", () => {
  const { host: _, hostDevices: __, devices: ___, ...facts } = READY;
  const open = checkReadiness(facts).filter(({ isOpen }) => isOpen);
  expect(open.map(({ rule }) => rule)).toEqual(["V1", "V2", "V6", "V8", "H0", "H2", "H4", "H5", "H6", "C3"]);
  expect(checkReadiness(READY).filter(({ isOpen }) => isOpen)).toEqual([]);
});

test("H1 names the server to look up, and is never called passed", () => {
  expect(of(READY, "H1")).toMatchObject({
    status: "by_hand",
    remedy: expect.stringContaining("Dell Inc. PowerEdge R760 (BIOS 2.1.5)"),
  });
});

test("H4 fails for a drive that waits for a restart, and where no drive can be added", () => {
  const pending = { ...drive, passthroughActive: false };
  expect(of({ ...READY, hostDevices: [drive, pending] }, "H4")).toMatchObject({
    status: "failed",
    sentence: expect.stringContaining("enabled for device 0000:3b:00.0 (Samsung PM1733) but not active"),
  });
  expect(of({ ...READY, hostDevices: [{ ...pending, passthroughEnabled: false }] }, "H4")).toMatchObject({
    status: "failed",
    sentence: expect.stringContaining("not enabled"),
  });
  expect(
    of({ ...READY, hostDevices: [drive, { ...pending, passthroughEnabled: false, usedByHost: ["boot disk"] }] }, "H4")
      .status,
  ).toBe("ok");
});

test("H5 fails for a drive that is given away and that the host uses", () => {
  expect(
    of(
      { ...READY, hostDevices: [{ ...drive, passthroughActive: false, usedByHost: ["the coredump partition"] }] },
      "H5",
    ),
  ).toMatchObject({ status: "failed", sentence: expect.stringContaining("the coredump partition") });
  expect(of({ ...READY, hostDevices: [{ ...drive, usedByHost: undefined }] }, "H5").status).toBe("by_hand");
});

test("V6 can't be told where nobody says what is declared: a drive that was pulled out leaves nothing behind", () => {
  const { declarationKnown: _, ...facts } = READY;
  expect(of(facts, "V6")).toMatchObject({
    status: "by_hand",
    remedy: expect.stringContaining("vsphere-hotplug doctor --state FILE"),
  });
  expect(of(READY, "V6").status).toBe("ok");
  const lost = { address: "0000:5e:00.0", onHost: null, lostAt: "2026-01-02T03:04:05Z" };
  expect(of({ ...facts, devices: [lost] }, "V6")).toMatchObject({
    status: "failed",
    sentence: expect.stringContaining("0000:5e:00.0, which the virtual machine lost at 2026-01-02T03:04:05Z"),
  });
});

test("V8 says that drives of one model can't be told apart, and names them", () => {
  const twin = { ...drive, address: "0000:5e:00.0" as HostDevice["address"] };
  expect(of({ ...READY, hostDevices: [drive, twin] }, "V8")).toMatchObject({
    status: "by_hand",
    remedy: expect.stringContaining("0000:3b:00.0 (144d:a824)"),
  });
});

test("a passthrough device whose backing names no PCI address is not taken for a drive", () => {
  const host: ObservedHost = {
    name: "esx01",
    reference: { value: "host-12" },
    connectionState: "connected",
    pciDevices: [drive],
  };
  const virtualMachine = {
    name: "db",
    reference: { value: "vm-42" },
    connectionState: "connected",
    dynamicPassthroughDevices: [],
    passthroughDevices: [{ address: "", label: "PCI device 0", vendorId: 0x10de, deviceId: 0x2330 }],
  };
  expect(readinessFacts({ host, virtualMachine }).devices).toEqual([]);
});
