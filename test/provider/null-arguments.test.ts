import { hotplugProvider } from "../../lib/provider/provider";
import { Scenario, texts } from "./scenario";

// An expression may leave a required argument null: Terraform sees only that it is written.

let scenario: Scenario;
beforeAll(async () => void (scenario = await Scenario.start()));
afterAll(() => scenario.stop());

const { resources } = hotplugProvider({ environment: {} });
const REQUIRED = Object.entries(resources).flatMap(([type, { schema }]) =>
  Object.entries(schema.attributes).flatMap(([name, { required }]) => (required ? [[type, name] as const] : [])),
);

test("each resource has such arguments", () => {
  expect(new Set(REQUIRED.map(([type]) => type)).size).toBe(Object.keys(resources).length);
});

test.each(REQUIRED)("%s: %s that is null is an error, and never taken for none", async (type, name) => {
  const found = await scenario.command({}, (client) => client.validate(type, { [name]: null }));
  expect(texts(found)).toContainEqual(
    expect.stringMatching(new RegExp(`^error: ${name} has no value\\n[^]*gives null[^]*not taken for none[^]*\\[\\]`)),
  );
});

test("an empty set is what it says", async () => {
  const config = { virtual_machine_id: "vm-42", devices: [] };
  expect(await scenario.command({}, (client) => client.validate("hotplug_passthrough_devices", config))).toEqual([]);
});

test("a data source's argument that is null is an error, too", async () => {
  const { diagnostics } = await scenario.command({}, (client) =>
    client.read("hotplug_host_pci_devices", { host_id: null }),
  );
  expect(diagnostics).toHaveLength(1);
});
