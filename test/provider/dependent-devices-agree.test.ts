import { updatePassthrough } from "../../lib/vim/host/pci-passthru-system";
import { drive, smallInventory } from "./preparation-run";
import { withScenario } from "./with-scenario";

const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const HOST = { type: "HostSystem", value: "host-12" };

describe("The planner and the embedded vCenter agree on devices that depend on each other (H5)", () => {
  const PORT = "0000:3a:00.0";
  const port = drive(PORT, { class: "0604", vendor: "8086", device: "352a", passthrough: "unsupported" });
  const off = (address: string, dependentDevice = PORT) => drive(address, { passthrough: "disabled", dependentDevice });

  test.each([
    ["a drive alone behind its own port", [port, off(A)], [A], true],
    ["all drives behind a switch", [port, off(A), off(E)], [A, E], true],
    ["one of two drives behind a switch", [port, off(A), off(E)], [A], false],
    ["one of two functions", [off(A, A), off(E, A)], [E], false],
    [
      "a drive whose neighbour is passed through already",
      [port, off(A), drive(E, { dependentDevice: PORT })],
      [A],
      true,
    ],
    [
      "a drive whose neighbour waits for a restart",
      [port, off(A), drive(E, { dependentDevice: PORT, passthrough: "enabled" })],
      [A],
      true,
    ],
  ])("%s", async (_what, devices, wanted, isTaken) => {
    await withScenario(smallInventory({ host: { devices } }), async (scenario, client) => {
      const config = { host_id: "host-12", passthrough_devices: wanted };
      const { diagnostics } = await scenario.plan(config, { type: "hotplug_host" });
      expect(diagnostics.some(({ detail }) => detail.includes("(rule H5)"))).toBe(!isTaken);
      const asked = updatePassthrough(
        client,
        HOST,
        wanted.map((address) => ({ address, enabled: true, applyNow: true })),
      );
      await (isTaken ? asked : expect(asked).rejects.toMatchObject({ name: "VimFault" }));
      expect(wanted.map((address) => scenario.host().device(address)!.active)).toEqual(wanted.map(() => isTaken));
    });
  });
});
