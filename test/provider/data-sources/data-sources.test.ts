import { HostGate } from "../../../lib/provider/host-gate";
import type { Config } from "../../support/plugin-client";
import { drive, PreparationRun, smallInventory } from "../preparation-run";
import { errorsOf, Scenario } from "../scenario";

const [A, E, GPU] = ["0000:3b:00.0", "0000:5e:00.0", "0000:17:00.0"] as const;

let scenario: Scenario;
afterEach(() => scenario.stop());

const read = (type: string, config: Config) => scenario.command({}, (client) => client.read(type, config));
const devices = async (config: Config): Promise<string[]> =>
  (await read("hotplug_host_pci_devices", { host_id: "host-12", ...config })).value!.addresses as string[];

describe("hotplug_host_pci_devices", () => {
  const inventory = smallInventory({
    host: {
      devices: [
        drive(E, { passthrough: "disabled" }),
        drive(A),
        drive("0000:3c:00.0", { vendor: "8086", device: "0a54", vendorName: "Intel", name: "P4510" }),
        drive(GPU, { class: "0302", vendor: "10de", device: "26b9", vendorName: "NVIDIA", name: "L40S" }),
      ],
    },
    machine: { devices: [A] },
    machines: [{ id: "vm-43", name: "web", host: "esx01" }],
  });
  beforeEach(async () => void (scenario = await Scenario.start({ inventory })));

  test.each([
    [{}, [A, "0000:3c:00.0", E].sort()],
    [{ class_id: "any" }, [GPU, A, "0000:3c:00.0", E]],
    [{ class_id: "0302" }, [GPU]],
    [{ vendor_id: "8086" }, ["0000:3c:00.0"]],
    [{ vendor_id: "0x144D", device_id: "A824" }, [A, E]],
    [{ name_regex: "^Intel P45" }, ["0000:3c:00.0"]],
    [{ passthrough_enabled: false }, [E]],
    [{ available_to: "vm-42" }, [A, "0000:3c:00.0", E].sort()],
    [{ available_to: "vm-43" }, ["0000:3c:00.0", E]],
  ])("finds by %j all that match, in address order", async (filter, expected) => {
    expect(await devices(filter)).toEqual(expected);
  });

  test("tells of each its ids, unsigned, its passthrough and the virtual machine that has it", async () => {
    const { value } = await read("hotplug_host_pci_devices", { host_id: "esx01", vendor_id: "8086" });
    expect(value!.devices).toEqual([
      expect.objectContaining({
        address: "0000:3c:00.0",
        class_id: "0108",
        vendor_id: "8086",
        device_id: "0a54",
        vendor_name: "Intel",
        name: "P4510",
        passthrough_enabled: true,
        passthrough_active: true,
        virtual_machine_id: null,
      }),
    ]);
    const held = await read("hotplug_host_pci_devices", {
      host_id: "esx01",
      passthrough_enabled: true,
      device_id: "a824",
    });
    expect(held.value!.devices).toEqual([
      expect.objectContaining({ address: A, virtual_machine_id: "vm-42", virtual_machine_name: "db" }),
    ]);
  });

  test("gives the same list once its devices are attached, so that a second plan is empty", async () => {
    const before = await devices({ available_to: "vm-43" });
    scenario.attachByHand("0000:3c:00.0", "vm-43");
    expect(await devices({ available_to: "vm-43" })).toEqual(before);
  });

  test("calls nothing free where a virtual machine of the host can't be read: an error, and no list", async () => {
    const machine = scenario.machine("vm-43");
    Object.assign(machine, { description: { ...machine.description, connectionState: "inaccessible" } });
    const result = await read("hotplug_host_pci_devices", { host_id: "host-12", available_to: "vm-42" });
    expect(errorsOf(result)).toEqual([expect.stringMatching(/are free can't be told: .*\(vm-43\)/)]);
    expect(errorsOf(await read("hotplug_host_pci_devices", { host_id: "host-12" }))).toEqual([]);
  });

  test.each([
    [{ vendor_id: "-7f7a" }, /vendor_id is not four hex digits/],
    [{ name_regex: "(" }, /name_regex is not a regular expression/],
    [{ host_id: "host-99" }, /no host host-99/],
    [{ available_to: "vm-99" }, /no virtual machine vm-99/],
  ])("refuses %j", async (config, says) => {
    expect(errorsOf(await read("hotplug_host_pci_devices", { host_id: "host-12", ...config }))).toEqual([
      expect.stringMatching(says),
    ]);
  });
});

describe("Operations on one host", () => {
  test("are made one after another in this process, and others beside each other", async () => {
    scenario = await Scenario.start({ inventory: smallInventory() });
    const gate = new HostGate();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
    };
    await Promise.all([
      gate.together("h", work("vm1")),
      gate.together("h", work("vm2")),
      gate.alone("h", work("host1")),
      gate.alone("h", work("host2")),
      gate.together("h", work("vm3")),
      gate.alone("other", work("other")),
    ]);
    const of = (...names: string[]) => log.filter((line) => names.some((name) => line.startsWith(name)));
    expect(of("host1", "host2", "vm3")).toEqual([
      "host1 begins",
      "host1 ends",
      "host2 begins",
      "host2 ends",
      "vm3 begins",
      "vm3 ends",
    ]);
    expect(of("vm1", "vm2").slice(0, 2)).toEqual(["vm1 begins", "vm2 begins"]);
    expect(log.indexOf("host1 begins")).toBeGreaterThan(log.indexOf("vm2 ends"));
    expect(log.indexOf("other begins")).toBeLessThan(log.indexOf("host1 begins"));
  });

  test("don't overlap when two hotplug_host resources name it", async () => {
    const run = await PreparationRun.start("hotplug_host", {
      inventory: smallInventory({
        host: { devices: [drive(A, { passthrough: "disabled" }), drive(E, { passthrough: "disabled" })] },
      }),
    });
    scenario = run.scenario;
    await scenario.command({}, async (client) => {
      const plans = [
        await client.plan("hotplug_host", { config: { host_id: "host-12", passthrough_devices: [A] } }),
        await client.plan("hotplug_host", { config: { host_id: "esx01", passthrough_devices: [E] } }),
      ];
      scenario.forgetCalls();
      const outcomes = await Promise.all(plans.map((plan) => client.apply(plan)));
      expect(outcomes.flatMap(errorsOf)).toEqual([]);
    });
    const updates = scenario
      .log()
      .map(({ operation }, index) => [operation, index] as const)
      .filter(([operation]) => operation === "UpdatePassthruConfig");
    expect(updates).toHaveLength(2);
    // A whole look at the host lies between them: the second began after the first had ended.
    expect(
      scenario
        .log()
        .slice(updates[0]![1], updates[1]![1])
        .filter(({ operation }) => operation === "ExecuteSoap").length,
    ).toBeGreaterThanOrEqual(3);
  });
});
