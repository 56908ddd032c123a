import { pciDevice } from "../../../lib/simulator/core/host-device";
import type * as hostDevice from "../../../lib/simulator/core/host-device";
import { runCli } from "../../support/cli";
import { A, B, C, D, errorsOf, NIC, Scenario } from "../scenario";

// A host may show devices whose ids are no PCI addresses of the usual form, of whatever class.

jest.mock("../../../lib/simulator/core/host-device", () => {
  const actual = jest.requireActual<typeof hostDevice>("../../../lib/simulator/core/host-device");
  return { ...actual, pciDevice: jest.fn(actual.pciDevice) };
});
const actual = jest.requireActual<typeof hostDevice>("../../../lib/simulator/core/host-device");

let scenario: Scenario;
beforeEach(async () => void (scenario = await Scenario.start()));
afterEach(async () => {
  jest.mocked(pciDevice).mockImplementation(actual.pciDevice);
  await scenario.stop();
});

/** The network card, and a drive that nobody asks for, go by an odd id. */
const given = (id: string): void =>
  void jest.mocked(pciDevice).mockImplementation((device) => ({
    ...actual.pciDevice(device),
    ...([NIC, D].includes(device.description.address as typeof NIC) && { id }),
  }));

describe.each(["10000:01:00.0", "00010000:01:00.0", "3f:00.0", "0000:3f:2a.0", "?", ""])(
  "A device whose id is %j",
  (id) => {
    test("keeps no other from being attached", async () => {
      given(id);
      const { state, diagnostics } = await scenario.apply({ virtual_machine_id: "vm-42", devices: [A] });
      expect(diagnostics).toEqual([]);
      expect([state!.value.devices, scenario.attached()]).toEqual([[A], [A]]);
    });

    test("keeps no host from being prepared", async () => {
      given(id);
      scenario.host().device(B)!.enabled = scenario.host().device(B)!.active = false;
      const plan = await scenario.plan({ host_id: "host-12", passthrough_devices: [B] }, { type: "hotplug_host" });
      expect([errorsOf(plan), errorsOf(await scenario.applyPlan(plan)), scenario.host().device(B)!.enabled]).toEqual([
        [],
        [],
        true,
      ]);
    });

    test("is left out of what can be declared", async () => {
      given(id);
      const { value, diagnostics } = await scenario.command({}, (client) =>
        client.read("hotplug_host_pci_devices", { host_id: "host-12", class_id: "any" }),
      );
      expect(diagnostics).toEqual([]);
      expect(value!.addresses).toEqual(expect.arrayContaining([A, B, C]));
      expect(value!.addresses).not.toContain(id);
      expect((value!.devices as { address: string }[]).map(({ address }) => address)).toEqual(value!.addresses);
    });

    test("is no error of hotplug_readiness, of doctor and of devices, which shows it", async () => {
      given(id);
      const readiness = await scenario.command({}, (client) =>
        client.read("hotplug_readiness", { virtual_machine_id: "vm-42", devices: [] }),
      );
      // Which drives the host uses itself can't be told then.
      expect([readiness.diagnostics, readiness.value!.ready]).toEqual([[], null]);
      const [doctor, devices] = [
        await runCli(["doctor", "--host", "host-12", "--json"], scenario.environment),
        await runCli(["devices", "--host", "host-12", "--all", "--json"], scenario.environment),
      ];
      expect([doctor.status, doctor.stderr, devices.status, devices.stderr]).toEqual([0, "", 0, ""]);
      const [{ devices: shown }] = (JSON.parse(devices.stdout) as { hosts: [{ devices: { address: string }[] }] })
        .hosts;
      expect(shown.map(({ address }) => address)).toContain(id);
    });
  },
);
