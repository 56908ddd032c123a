import {
  activeDevices,
  devicesLostByRestart,
  devicesToEnable,
  mayReboot,
  needsRestart,
  planHost,
  REBOOT_POLICIES,
  type PlannableHost,
} from "../../../lib/hotplug/host/plan";
import type { PreparableDevice } from "../../../lib/hotplug/host/target";
import { pciAddress, type PciAddress } from "../../../lib/hotplug/pci-address";
import { checkRules } from "../../../lib/hotplug/rules/rules";
import { preparableDrive as device } from "../../support/preparable-drive";

const [A, B, C] = ["0000:3b:00.0", "0000:3b:00.1", "0000:5e:00.0"].map(pciAddress) as [
  PciAddress,
  PciAddress,
  PciAddress,
];
const observed = (
  devices: PreparableDevice[],
  cookies: { running?: number; configured?: number } = { running: 4096, configured: 4096 },
): PlannableHost => ({
  facts: { title: "esx01 (host-12)", runningIntrCookies: cookies.running, configuredIntrCookies: cookies.configured },
  devices: new Map(devices.map((one) => [one.address, one])),
  canRebind: false,
});
const wanted = (...addresses: string[]) => ({ devices: new Set(addresses), minIntrCookies: 4096 });
const broken = (host: PlannableHost, ...addresses: string[]) =>
  checkRules({ host: host.facts, devices: devicesToEnable(host, new Set(addresses)) }).map(
    ({ rule, summary }) => `${rule}: ${summary}`,
  );

describe("Preparing a host", () => {
  test("enables what is wanted and isn't enabled, and nothing else (H4)", () => {
    expect(
      planHost(
        observed([device(A), device(B, { passthroughEnabled: true, passthroughActive: true }), device(C)]),
        wanted(A, B),
      ).enable,
    ).toEqual([A]);
  });

  test.each([
    ["writes a value that is too low", { running: 1024, configured: 1024 }, 4096, 0],
    ["waits for a restart where it is written already", { running: 1024, configured: 4096 }, undefined, 1],
    ["never lowers a higher one", { running: 8192, configured: 8192 }, undefined, 0],
    ["writes again what the next boot would lose, without a restart", { running: 4096, configured: 1024 }, 4096, 0],
    ["says nothing of what isn't known", {}, undefined, 0],
  ])("%s (H2)", (_what, cookies, write, reasons) => {
    const preparation = planHost(observed([], cookies), wanted());
    expect([preparation.intrCookies, preparation.restartReasons.length]).toEqual([write, reasons]);
  });

  test("restarts only for what is due, and only by the policy (H3)", () => {
    const pending = observed([device(A, { passthroughEnabled: true })]);
    expect(planHost(pending, wanted(A)).restartReasons).toEqual([`passthrough of ${A} is enabled and not active`]);
    expect(planHost(pending, wanted()).restartReasons).toEqual([]);
    const fresh = observed([device(A)]);
    const predicted = (canRebind: boolean) =>
      needsRestart(planHost(fresh, wanted(A)), { facts: fresh.facts, canRebind, wanted: wanted(A) });
    expect([predicted(true), predicted(false)]).toEqual([false, true]);
    expect(REBOOT_POLICIES.filter(mayReboot)).toEqual(["if_needed"]);
  });

  test("counts as active only what is enabled and in force", () => {
    const host = observed([
      device(A, { passthroughEnabled: true, passthroughActive: true }),
      device(B, { passthroughEnabled: true }),
    ]);
    expect(activeDevices(host, [C, B, A])).toEqual([A]);
  });

  test("never takes a drive that the host uses, until it is out of the host's hands (H5)", () => {
    const use = { usedByHost: ['datastore "fast"'] };
    expect(broken(observed([device(A, use)]), A)).toEqual([expect.stringMatching(/^H5: .*datastore "fast"/)]);
    expect(broken(observed([device(A, { ...use, passthroughEnabled: true })]), A)).toEqual([
      expect.stringMatching(/^H5/),
    ]);
    expect(broken(observed([device(A, { ...use, passthroughEnabled: true, passthroughActive: true })]), A)).toEqual([]);
    expect(devicesLostByRestart(observed([device(A, { ...use, passthroughEnabled: true }), device(B, use)]))).toEqual([
      expect.stringContaining(A),
    ]);
  });

  test("never takes a device along that nobody named, by a shared dependentDevice; a bridge is none (H5)", () => {
    const pair = [device(A, { dependentDevice: A }), device(B, { dependentDevice: A })];
    expect(broken(observed(pair), A)).toEqual([expect.stringContaining(`${B} (Samsung PM1733) would go with it`)]);
    expect(broken(observed(pair), B)).toEqual([expect.stringContaining(A)]);
    expect(broken(observed(pair), A, B)).toEqual([]);
    const bridge = pciAddress("0000:3a:00.0");
    expect(broken(observed([device(A, { dependentDevice: bridge }), device(bridge, { classId: 0x0604 })]), A)).toEqual(
      [],
    );
  });

  test("a device whose id is no PCI address can't be named, and is neither taken along nor lost unseen (H5)", () => {
    const odd = "10000:01:00.0";
    expect(broken(observed([device(odd)]), odd)).toEqual([
      expect.stringMatching(/^V3: Device "10000:01:00\.0" is behind Intel VMD/),
    ]);
    expect(broken(observed([device(A), device(odd, { dependentDevice: A })]), A)).toEqual([
      expect.stringContaining(`${odd} (Samsung PM1733) would go with it`),
    ]);
    expect(
      devicesLostByRestart(observed([device(odd, { usedByHost: ["a vSAN disk group"], passthroughEnabled: true })])),
    ).toEqual([expect.stringContaining(odd)]);
  });
});
