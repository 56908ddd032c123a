import type { Config } from "../support/plugin-client";
import { drive, PreparationRun, smallInventory, UNREADY } from "./preparation-run";
import { warningsOf } from "./scenario";

jest.setTimeout(60_000);

const [A, E] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
let run: PreparationRun;
afterEach(() => run.stop());

/** Plans resources in one process, in the order in which they depend on each other. */
const together = (...resources: [type: string, config: Config][]): Promise<string[][]> =>
  run.scenario.command({}, async (client) => {
    const told: string[][] = [];
    for (const [type, config] of resources) told.push(warningsOf(await client.plan(type, { config })));
    return told;
  });
const devices: [string, Config] = ["hotplug_passthrough_devices", { virtual_machine_id: "vm-42", devices: [A, E] }];

describe("A plan that makes host and virtual machine ready, and attaches devices", () => {
  beforeEach(async () => {
    const host = { version: "8.0.2", devices: [drive(A, { passthrough: "disabled" }), drive(E)] };
    run = await PreparationRun.start("", { inventory: smallInventory({ host, machine: UNREADY }) });
  });

  test("says of each what it does, and nothing of that as a trouble of the devices", async () => {
    const told = await together(
      ["hotplug_host", { host_id: "host-12", passthrough_devices: [A, E] }],
      ["hotplug_virtual_machine_settings", { virtual_machine_id: "vm-42", power_cycle: "on_create" }],
      devices,
    );
    expect(told).toEqual([
      [
        expect.stringMatching(/will be prepared for hot plug.*a restart of the host, which this apply doesn't make/s),
        expect.stringMatching(/has to be restarted, and reboot = "never".*Restart the host yourself.*rule H3/s),
      ],
      [expect.stringContaining("will be made ready"), expect.stringContaining("may get other names")],
      [],
    ]);
  });

  test("names it all where nothing of the plan mends it", async () => {
    const [told] = await together(devices);
    expect(told!.map((text) => /\(rule (\w+)\)/.exec(text)![1]).sort()).toEqual(["H2", "H4", "M2", "M3", "M4", "M5"]);
  });
});

test("A trouble of the host is told once, however many virtual machines it has", async () => {
  const machines = ["vm-43", "vm-44"].map((id) => ({ id, name: id, host: "esx01" }));
  const inventory = smallInventory({ host: { version: "8.0.2" }, machines });
  run = await PreparationRun.start("", { inventory });
  const told = await together(
    ["hotplug_passthrough_devices", { virtual_machine_id: "vm-43", devices: [A] }],
    ["hotplug_passthrough_devices", { virtual_machine_id: "vm-44", devices: [E] }],
  );
  expect(told).toEqual([[expect.stringContaining("(rule H2)")], []]);
});
