import type { HostDevice, ReadinessFacts } from "../../../lib/hotplug/facts";
import { checkReadiness, type ReadinessCheck } from "../../../lib/hotplug/rules/readiness";
import type { RuleOfState } from "../../../lib/hotplug/rules/rule";
import { checkRules } from "../../../lib/hotplug/rules/rules";
import { RULES } from "../../../lib/hotplug/rules/table";
import { address } from "../../support/rule-case";
import { drive, READY } from "../../support/ready";

// What nobody knows is never called kept, and what is said names everything that it is about.

const check = (rule: string, facts: Partial<ReadinessFacts> = {}): ReadinessCheck =>
  checkReadiness({ ...READY, ...facts }).find((one) => one.rule === rule)!;

/** By part and fact: the rules that are to be checked by hand where it isn't known. */
const NEEDED: Record<"endpoint" | "host" | "virtualMachine", Record<string, string[]>> = {
  endpoint: { apiType: ["H0"], apiVersion: ["V1"] },
  host: {
    bootedFromStatelessCache: ["H0"],
    connected: ["H0"],
    fptHotplugSupported: ["V1"],
    nvmeCount: ["V2"],
    runningIntrCookies: ["H2"],
    runningPcieHotplug: ["H6"],
    version: ["V1"],
  },
  virtualMachine: {
    cpuHotAddEnabled: ["N2"],
    cpuHotRemoveEnabled: ["N2"],
    dynamicPassthroughDevices: ["N4"],
    firmware: ["M1"],
    fixedPassthruHotPlugEnabled: ["M5"],
    hardwareVersion: ["M3"],
    hasSnapshot: ["N7"],
    memoryHotAddEnabled: ["N3"],
    memoryReservationLockedToMax: ["M2"],
    motherboardLayout: ["M4"],
    nestedHVEnabled: ["N8"],
    numCpus: ["N5"],
    powerState: ["N7"],
    template: ["N7"],
    vvtdEnabled: ["N1"],
  },
};
const FACTS = Object.entries(NEEDED).flatMap(([part, facts]) =>
  Object.entries(facts).map(([fact, rules]) => [part as keyof typeof NEEDED, fact, rules] as const),
);

test.each(FACTS)("where %s.%s isn't known, these are to be checked by hand: %j", (part, fact, rules) => {
  const byHand = (facts: ReadinessFacts): string[] =>
    checkReadiness(facts)
      .filter(({ status }) => status === "by_hand")
      .map(({ rule }) => rule);
  const unknown = byHand({ ...READY, [part]: { ...READY[part], [fact]: undefined } });

  expect(unknown.filter((rule) => !byHand(READY).includes(rule as never))).toEqual(rules);
});

test("no rule is kept where nothing is known, and each says how to check it, or leaves that to the report", () => {
  for (const { isKnown, byHand } of Object.values(RULES) as Partial<RuleOfState>[]) {
    expect(isKnown?.({}) ?? false).toBe(false);
    expect(byHand?.({}) ?? "").not.toMatch(/undefined|null/);
  }
});

test("H0 and V1 hold of an endpoint alone, and of a host only where it is known too", () => {
  const { endpoint } = READY;

  expect(checkReadiness({ endpoint }).map(({ rule, status }) => [rule, status])).toContainEqual(["H0", "ok"]);
  expect(checkReadiness({ endpoint }).find(({ rule }) => rule === "V1")?.status).toBe("ok");
});

test("H4 is known by one drive whose passthrough is known, H5 by all", () => {
  const { passthroughActive: _, usedByHost: __, ...unknown } = drive;
  const gpu: HostDevice = { ...drive, classId: 0x0302 };

  expect(check("H4", { hostDevices: [unknown, drive] }).status).toBe("ok");
  expect(check("H4", { hostDevices: [unknown, gpu] }).status).toBe("by_hand");
  expect(
    check("H4", { hostDevices: [{ ...gpu, passthroughEnabled: true, passthroughActive: false }, drive] }),
  ).toMatchObject({
    rule: "H4",
    status: "ok",
    sentence: "Passthrough is enabled and active for devices of the host.",
  });
  expect(check("H5", { hostDevices: [unknown, drive] }).status).toBe("by_hand");
});

test("H4 speaks of drives that wait for a restart, not of those that nobody enabled beside them", () => {
  const at = (bus: string, more: Partial<HostDevice>): HostDevice => ({
    ...drive,
    address: `0000:${bus}:00.0` as HostDevice["address"],
    ...more,
  });
  const off = at("5e", { passthroughEnabled: false, passthroughActive: false });
  const waits = at("86", { passthroughActive: false });

  expect(check("H4", { hostDevices: [off, waits, drive] }).sentence).toBe(
    "Passthrough is enabled for device 0000:86:00.0 (Samsung PM1733) but not active.",
  );
  expect(check("H4", { hostDevices: [off, drive] }).status).toBe("ok");
  expect(check("H4", { hostDevices: [at("5e", { passthroughEnabled: false })] }).status).toBe("ok");
  expect(
    check("H4", { hostDevices: [off, at("87", { passthroughEnabled: false, passthroughActive: false })] }),
  ).toMatchObject({
    rule: "H4",
    status: "failed",
    sentence: "Passthrough is not enabled for device 0000:5e:00.0 (Samsung PM1733) (and 1 more).",
    remedy:
      "Enable it with a hotplug_host resource (passthrough_devices), or in the vSphere Client: host, Configure, " +
      "PCI Devices, Toggle Passthrough.",
  });
  expect(
    check("H5", { hostDevices: [at("5e", { passthroughEnabled: false, usedByHost: ["boot disk"] }), drive] }).status,
  ).toBe("ok");
});

test("H1 names what is behind Intel VMD first", () => {
  expect(check("H1", { behindVmd: ["10000:01:00.0", "10000:02:00.0"] }).remedy).toMatch(
    /^Behind Intel VMD, and so not to be passed through: 10000:01:00\.0, 10000:02:00\.0; switch VMD off .* Look up /,
  );
  expect(check("H1").remedy).toMatch(/^Look up /);
});

test("V6 tells of what was lost lately, one after the other, and of nothing else", () => {
  const { declarationKnown: _, ...facts } = READY;
  const remedy = (lostLately?: ReadinessFacts["lostLately"]): string =>
    checkReadiness({ ...facts, ...(lostLately && { lostLately }) }).find(({ rule }) => rule === "V6")!.remedy!;

  expect(remedy()).toMatch(/--state FILE, or plan\.$/);
  expect(
    remedy(
      [
        { address: "A", at: "1" },
        { address: "B", at: "2" },
      ].map((one) => one),
    ),
  ).toMatch(
    / vCenter's events tell that A was lost at 1, and it isn't attached\. vCenter's events tell that B was lost at 2,/,
  );
  expect(checkReadiness({ ...READY, devices: undefined }).find(({ rule }) => rule === "V6")!.status).toBe("by_hand");
});

test("V8 names the twins, or speaks of the drives where none is known", () => {
  expect(check("V8", { devices: undefined }).remedy).toBe(
    "Drives of one model can't be told apart by any API; compare the serial numbers of the drives.",
  );
  const other = { ...drive, address: "0000:5e:00.0" as HostDevice["address"] };
  const both = [drive, other].map((onHost) => ({ address: onHost.address, onHost }));
  expect(check("V8", { devices: both, hostDevices: [drive, other] }).remedy).toMatch(
    /of 0000:3b:00\.0 \(144d:a824\), 0000:5e:00\.0 \(144d:a824\)\.$/,
  );
  expect(check("V8", { hostDevices: undefined }).status).toBe("ok");
});

test("G4 names the guest that vSphere lists with hot plug", () => {
  expect(check("G4").remedy).toMatch(/^vSphere lists rhel9_64Guest with hot plug of PCI devices; check with the maker/);
  expect(
    check("G4", { virtualMachine: { ...READY.virtualMachine!, guestSupportsHotPlugPci: undefined } }).remedy,
  ).toMatch(/^Check with the maker/);
});

describe("A drive that somebody has a better claim to", () => {
  const rules = (more: object): string[] =>
    checkRules({
      host: { title: "esx01" },
      devices: [{ address, onHost: { ...drive, passthroughEnabled: false }, ...more }],
    }).map(({ rule }) => rule);

  test("is not said to lack passthrough: it is another virtual machine's, or the host's", () => {
    expect(rules({})).toEqual(["H4"]);
    expect(rules({ heldBy: "web (vm-7)" })).toEqual(["V3"]);
    expect(rules({ onHost: { ...drive, passthroughEnabled: false, usedByHost: ["vmhba1", "vmhba2"] } })).toEqual([
      "H5",
    ]);
    expect(rules({ takesAlong: ["0000:3c:00.0", "0000:3d:00.0"] })).toEqual(["H5"]);
    expect(rules({ heldBy: "web (vm-7)", takesAlong: ["0000:3c:00.0"] })).toEqual(["V3"]);
  });

  test("is told with everything that uses it", () => {
    const said = (more: object): string =>
      checkRules({ host: { title: "esx01" }, devices: [{ address, onHost: drive, ...more }] })
        .map(({ summary }) => summary)
        .join();

    expect(said({ onHost: { ...drive, usedByHost: ["vmhba1", "vmhba2"] } })).toBe(
      "Device 0000:3b:00.0 (Samsung PM1733) is used by host esx01 itself: vmhba1, vmhba2",
    );
    expect(said({ takesAlong: ["A", "B"] })).toBe(
      "Device 0000:3b:00.0 (Samsung PM1733) can't be passed through alone: A, B would go with it",
    );
  });
});

describe("An attached device that isn't what is at its address", () => {
  const backing = { vendorId: 0x144d, deviceId: 0x1111 };
  const remembered = { classId: 0x0108, vendorId: 0x144d, deviceId: 0x1111 };
  const said = (more: object): string[] =>
    checkRules({
      host: { title: "esx01" },
      devices: [{ address, onHost: { ...drive, passthroughEnabled: false }, remembered, ...more }],
    }).map(({ rule, summary, why }) => `${rule} ${summary} ${why}`);

  test("is told once, and nothing is said of the drive that is there", () => {
    const sentences = said({ backing: { ...backing, sameModelAt: ["0000:86:00.0", "0000:87:00.0"] } });

    expect(sentences).toEqual([
      expect.stringMatching(
        /^V8 A device of the virtual machine is 144d:1111.* can get another drive\. The host shows that model at 0000:86:00\.0, 0000:87:00\.0\. This device will keep/,
      ),
    ]);
    expect(said({ backing })[0]).toMatch(/another drive\. This device will keep/);
  });

  test("is told beside what is wrong with the drive, where only its spelling or its system is", () => {
    const other = { vendorId: 0x144d, deviceId: 0xa824, systemId: "1111", hostSystemId: "2222" };

    expect(
      said({ backing: other })
        .map((sentence) => sentence.slice(0, 2))
        .sort(),
    ).toEqual(["H4", "V8", "V8"]);
  });

  test("and was left behind is not told as another model, too, and of the drive that is there nothing is said", () => {
    expect(said({ leftBehind: "PCI device 0" }).filter((sentence) => sentence.startsWith("H4"))).toEqual([]);
    expect(said({ leftBehind: "PCI device 0" }).filter((sentence) => /Another (model|device)/.test(sentence))).toEqual(
      [],
    );
    expect(said({}).filter((sentence) => sentence.includes("Another model"))).toHaveLength(1);
  });
});

test("Of a card in a drive's slot it is told that it is none, and nothing about its passthrough", () => {
  const onHost = { ...drive, classId: 0x0302, passthroughEnabled: false };

  expect(checkRules({ devices: [{ address, onHost }] }).map(({ rule }) => rule)).toEqual(["V2"]);
});

test("A card where none but a card was is no other drive, and one that is allowed to be another is none either", () => {
  const card = { ...drive, classId: 0x0302, deviceId: 1 };
  const rules = (more: object): string[] =>
    checkRules({ devices: [{ address, onHost: card, ...more }] }).map(({ rule }) => rule);
  const wasDrive = { classId: 0x0108, vendorId: 1, deviceId: 2 };

  expect(rules({ remembered: wasDrive })).toEqual(["V8"]);
  expect(rules({ remembered: { ...wasDrive, classId: 0x0302 } })).toEqual(["V2"]);
  expect(rules({ remembered: wasDrive, allowDeviceChange: true })).toEqual(["V2"]);
});

test("Another model in a slot that a host alone declares needs another apply, and no leave", () => {
  const remembered = { classId: 0x0108, vendorId: 1, deviceId: 2 };
  const remedy = (ofHost: boolean): string =>
    checkRules({ devices: [{ address, onHost: drive, remembered, ofHost }] })[0]!.remedy;

  expect(remedy(true)).toBe(
    "Check that it is the drive you mean, then apply again, or take the address out of devices.",
  );
  expect(remedy(false)).toMatch(/then set allow_device_change = true for one apply, or take/);
});
