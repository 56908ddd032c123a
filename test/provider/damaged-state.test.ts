/** A state that was edited or damaged is told so, by field: it is no bug of the provider, and never taken for none. */
import type { Config, State } from "../support/plugin-client";
import { A, B, db, Scenario, texts, TYPE } from "./scenario";

jest.setTimeout(60_000);

const HOST = "hotplug_host";
const SETTINGS = "hotplug_virtual_machine_settings";
const CONFIGS: Record<string, Config> = {
  [TYPE]: db([A]),
  [HOST]: { host_id: "host-12", passthrough_devices: [A] },
  [SETTINGS]: { virtual_machine_id: "vm-42" },
};
const CHANGED: Record<string, Config> = {
  [TYPE]: db([A, B]),
  [HOST]: { host_id: "host-12", passthrough_devices: [A, B] },
  [SETTINGS]: { virtual_machine_id: "vm-42", power_cycle: "if_needed" },
};

let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start()));
afterEach(() => scenario.stop());

async function given(type: string): Promise<State> {
  const plan = await scenario.plan(CONFIGS[type]!, { type });
  const { state, diagnostics } = await scenario.applyPlan(plan);
  if (!state) throw new Error(texts(diagnostics).join("\n"));
  scenario.forgetCalls();
  return state;
}

/** What is said of a state at a plan, refreshed and not, at an apply of a sound plan, and at a destroy. */
async function said(damaged: State, sound: State): Promise<string[][]> {
  const { type } = damaged;
  const config = CHANGED[type]!;
  const plan = await scenario.plan(config, { type, state: sound, refresh: false });
  const applied = scenario.applyPlan({ ...plan, diagnostics: [], prior: damaged, private: damaged.private });
  return [
    texts((await scenario.plan(config, { type, state: damaged })).diagnostics),
    texts((await scenario.plan(config, { type, state: damaged, refresh: false })).diagnostics),
    texts((await applied).diagnostics),
    texts((await scenario.plan(null, { type, state: damaged, refresh: false })).diagnostics),
  ];
}

const bytes = (content: string): Uint8Array => Buffer.from(content);

test.each<[type: string, content: string, field: string]>([
  [TYPE, '{"vcenter":5}', "vcenter"],
  [TYPE, '{"devices":null}', "devices"],
  [TYPE, `{"devices":{"${A}":5}}`, `devices.${A}`],
  [TYPE, `{"devices":{"${A}":{"classId":264,"vendorId":"x","deviceId":1}}}`, `devices.${A}.vendorId`],
  [TYPE, '{"host":{}}', "host"],
  [TYPE, '{"foundOnHost":[]}', "foundOnHost"],
  [TYPE, '{"virtualMachine":""}', "virtualMachine"],
  [TYPE, "[]", "the whole of it"],
  [TYPE, "null", "the whole of it"],
  [TYPE, "\u0000\u0001", "the whole of it"],
  [HOST, '{"vcenter":5}', "vcenter"],
  [HOST, '{"host":{}}', "host"],
  [HOST, '{"enabled":null}', "enabled"],
  [HOST, '{"enabled":[5]}', "enabled[0]"],
  [HOST, '{"configuredIntrCookies":"4096"}', "configuredIntrCookies"],
  [SETTINGS, '{"vcenter":{}}', "vcenter"],
  [SETTINGS, "5", "the whole of it"],
])("%s: private bytes %j are told by field", async (type, content, field) => {
  const sound = await given(type);
  const [refreshed, planned, applied, destroyed] = await said({ ...sound, private: bytes(content) }, sound);
  const told = new RegExp(
    `^error: What the state remembers privately was edited or damaged: ${field.replace(/[[\]]/g, "\\$&")}\n`,
  );
  for (const text of [refreshed!, planned!, applied!]) expect(text).toContainEqual(expect.stringMatching(told));
  const all = [refreshed, planned, applied, destroyed].flat().join("\n");
  expect(all).not.toMatch(/Internal error|bug in|object Object|=>|TypeError/);
  expect(scenario.log().filter(({ operation }) => /_Task$|Update/.test(operation))).toEqual([]);
});

test.each<[type: string, attributes: Config, field: string]>([
  [TYPE, { devices: [null] }, "devices[0]"],
  [TYPE, { devices: [A, null] }, "devices[1]"],
  [TYPE, { devices: null }, "devices"],
  [TYPE, { virtual_machine_id: null }, "virtual_machine_id"],
  [TYPE, { order: "sideways" }, "order"],
  [TYPE, { wait_for_device: "soon" }, "wait_for_device"],
  [TYPE, { timeouts: { create: "soon", update: null, delete: null, operation: null } }, "timeouts.create"],
  [HOST, { passthrough_devices: [null] }, "passthrough_devices[0]"],
  [HOST, { host_id: null }, "host_id"],
  [HOST, { reboot: "perhaps" }, "reboot"],
  [SETTINGS, { virtual_machine_id: null }, "virtual_machine_id"],
  [SETTINGS, { guest_shutdown_timeout: "soon" }, "guest_shutdown_timeout"],
])("%s: a stored state with %j is told by attribute", async (type, attributes, field) => {
  const sound = await given(type);
  const damaged = { ...sound, value: { ...sound.value, ...attributes } as State["value"] };
  const [refreshed, planned, applied, destroyed] = await said(damaged, sound);
  const told = `error: The stored state was edited or damaged: ${field}\n`;
  expect(planned).toContainEqual(expect.stringContaining(told));
  expect(applied).toContainEqual(expect.stringContaining(told));
  const all = [refreshed, planned, applied, destroyed].flat().join("\n");
  expect(all).not.toMatch(/Internal error|bug in|object Object|=>|TypeError/);
});

test.each(Object.keys(CONFIGS))(
  "%s: a sound state, and one from before anything was remembered, is fine",
  async (type) => {
    const sound = await given(type);
    for (const state of [sound, { ...sound, private: bytes("") }, { ...sound, private: bytes('{"later":1}') }]) {
      const { diagnostics } = await scenario.plan(CONFIGS[type]!, { type, state });
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    }
  },
);
