import { defaultInventory } from "../../../lib/simulator/inventory/default-inventory";
import { brokenCallRules } from "../../support/call-rules";
import type { Config, Plan, State } from "../../support/plugin-client";
import { A, B, C, DB_BIOS_UUID, Scenario, TYPE, db, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const HAS_IT_ALREADY =
  /^error: A resource of this state has virtual machine vm-42 already[^]*terraform untaint[^]*moved block/;

describe("one owner for a virtual machine", () => {
  beforeEach(async () => {
    scenario = await Scenario.start();
  });

  /** Plans several resources in one command, as Terraform does. */
  const together = (...resources: { config: Config | null; prior?: State }[]): Promise<Plan[]> =>
    scenario.command({}, async (client) => {
      const plans: Plan[] = [];
      for (const { config, prior } of resources) plans.push(await client.plan(TYPE, { prior, config }));
      return plans;
    });
  const TWO_OWNERS =
    /^error: Two hotplug_passthrough_devices resources name virtual machine (db \()?vm-42\)?\n[^]*virtual_machine_id vm-42 [^]*virtual_machine_id/;
  const HANDED_OVER =
    /^error: Virtual machine (db \()?vm-42\)? goes from one hotplug_passthrough_devices resource to another\n[^]*moved block/;

  it("two new resources, by two of its names: an error that names both", async () => {
    const [first, second] = await together(
      { config: db([A]) },
      { config: { virtual_machine_id: DB_BIOS_UUID, devices: [B] } },
    );
    expect(errorsOf(first!)).toEqual([]);
    expect(errorsOf(second!)).toEqual([expect.stringMatching(TWO_OWNERS)]);
  });

  it("two new resources that are equal in every word, as count = 2 makes them", async () => {
    const [, second] = await together({ config: db([A]) }, { config: db([A]) });
    expect(errorsOf(second!)).toEqual([expect.stringMatching(TWO_OWNERS)]);
  });

  it.each(["the old one is planned first", "the new one is planned first"])(
    "one that is in the state and one that is new: %s",
    async (order) => {
      const prior = await scenario.given(db([A]));
      const resources = [{ config: db([A]), prior }, { config: db([A]) }];
      const [, second] = await together(...(order.startsWith("the old") ? resources : resources.reverse()));
      expect(errorsOf(second!)).toEqual([expect.stringMatching(TWO_OWNERS)]);
    },
  );

  it("another virtual machine of the same stack is no conflict", async () => {
    const [, second] = await together({ config: db([A]) }, { config: { virtual_machine_id: "vm-43", devices: [B] } });
    expect(errorsOf(second!)).toEqual([]);
  });

  it.each(["destroyed first", "created first"])(
    "a resource under a new address, without a moved block (%s): an error, since devices in use might be taken off",
    async (order) => {
      const prior = await scenario.given(db([A]));
      const resources = [{ config: null, prior }, { config: db([A]) }];
      const [, second] = await together(...(order.startsWith("destroyed") ? resources : resources.reverse()));
      expect(errorsOf(second!)).toEqual([expect.stringMatching(HANDED_OVER)]);
    },
  );

  it("a forced replacement (-replace) would only take the devices off: an error, and nothing is changed", async () => {
    const prior = await scenario.given(db([A]));
    const plan = await scenario.command({}, (client) => client.plan(TYPE, { prior, config: db([A]), replace: true }));
    expect(errorsOf(plan)).toEqual([expect.stringMatching(HAS_IT_ALREADY)]);
  });

  it("a tainted resource is planned as one to be created: an error once the state was refreshed", async () => {
    const prior = await scenario.given(db([A]));
    const plan = await scenario.command(
      {},
      async (client) => (await client.refresh(prior), client.plan(TYPE, { config: db([A]) })),
    );
    expect(errorsOf(plan)).toEqual([expect.stringMatching(HAS_IT_ALREADY)]);
    expect(errorsOf(await scenario.plan({ virtual_machine_id: "vm-43", devices: [B] }))).toEqual([]);
  });

  it("a replacement that is created before the old one is destroyed keeps the devices where they are", async () => {
    const prior = await scenario.given(db([A, B]));
    const creation = await scenario.plan(db([A, B]));
    const destruction = await scenario.plan(null, { state: prior });
    const [created, destroyed] = await scenario.command({}, async (client) => [
      await client.apply(creation),
      await client.apply(destruction),
    ]);
    expect(texts(created!.diagnostics).filter((text) => text.startsWith("error"))).toEqual([]);
    expect(destroyed!.state).toBeNull();
    expect(warningsOf(destroyed!)).toEqual([
      expect.stringContaining("The devices of virtual machine vm-42 stay where they are"),
    ]);
    expect(scenario.calls()).toEqual([]);
    expect(scenario.attached()).toEqual([A, B]);
  });

  it("changes of one virtual machine that are asked for at once are made one after the other", async () => {
    const prior = await scenario.given(db([A, B]));
    const destruction = await scenario.plan(null, { state: prior });
    const elsewhere = await scenario.plan({ virtual_machine_id: "vm-43", devices: [C] });
    await scenario.command({}, (client) => Promise.all([client.apply(destruction), client.apply(elsewhere)]));
    expect(scenario.attached()).toEqual([]);
    expect(scenario.attached("vm-43")).toEqual([C]);
  });
});

describe("a virtual machine that is gone", () => {
  beforeEach(async () => {
    scenario = await Scenario.start();
  });

  it.each([["vm-42"], [DB_BIOS_UUID]])(
    "is dropped by a refresh that says so, and destroying it succeeds without a call (%s)",
    async (name) => {
      const state = await scenario.given({ virtual_machine_id: name, devices: [A] });
      scenario.deleteMachine();
      expect(await scenario.refresh(state)).toEqual({
        state: null,
        diagnostics: [
          expect.objectContaining({ severity: "warning", summary: `Virtual machine ${name} is gone from vCenter` }),
        ],
      });
      expect(await scenario.applyPlan(await scenario.plan(null, { state, refresh: false }))).toEqual({
        state: null,
        diagnostics: [],
      });
      expect(scenario.calls()).toEqual([]);
    },
  );

  it("is not gone where it only got another BIOS UUID", async () => {
    const state = await scenario.given({ virtual_machine_id: DB_BIOS_UUID, devices: [A] });
    scenario.change((machine) => Object.assign(machine, { uuid: "00000000-0000-0000-0000-000000000001" }));
    expect((await scenario.refresh(state)).state!.value["devices"]).toEqual([A]);
    expect(await scenario.destroy(state)).toMatchObject({ state: null });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });
});

describe("a virtual machine that the account can't see", () => {
  it.each([["vm-42"], [DB_BIOS_UUID]])(
    "is never taken for gone: an error, the state unchanged, no destroy (%s)",
    async (name) => {
      const users = [
        { name: "admin", password: "pass" },
        { name: "blind", password: "pass", role: "ReadOnly", noAccess: ["vm-42"] },
      ];
      scenario = await Scenario.start({ inventory: { ...defaultInventory, users } });
      const state = await scenario.given({ virtual_machine_id: name, devices: [A] });
      const environment = { VSPHERE_USER: "blind" };
      const refreshed = await scenario.refresh(state, { environment });
      expect(errorsOf(refreshed)).toEqual([
        expect.stringMatching(/^error: The vCenter account lacks a privilege\n[^]*System\.[^]*VirtualMachine vm-42/),
      ]);
      expect(refreshed.state).toEqual(state);
      const destroyed = await scenario.applyPlan(await scenario.plan(null, { state, refresh: false }), { environment });
      expect(errorsOf(destroyed)).toHaveLength(1);
      expect(destroyed.state).toMatchObject({ tainted: false, value: state.value });
      expect(scenario.calls()).toEqual([]);
    },
  );
});

describe("a host that the account can't see", () => {
  it("hides its drives: an error that names it, never a pull", async () => {
    const users = [
      { name: "admin", password: "pass" },
      { name: "blind", password: "pass", role: "ReadOnly", noAccess: ["host-12"] },
    ];
    scenario = await Scenario.start({ inventory: { ...defaultInventory, users } });
    const state = await scenario.given(db([A]));
    const refreshed = await scenario.refresh(state, { environment: { VSPHERE_USER: "blind" } });
    expect(errorsOf(refreshed)).toEqual([expect.stringMatching(/HostSystem host-12/)]);
    expect(refreshed.state).toEqual(state);
  });
});

describe("a BIOS UUID that a copy has, too", () => {
  const copy = {
    id: "vm-46",
    name: "db-copy",
    host: "host-12",
    uuid: DB_BIOS_UUID,
    instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0046",
  };
  beforeEach(async () => {
    scenario = await Scenario.start({
      inventory: { ...defaultInventory, virtualMachines: [...defaultInventory.virtualMachines!, copy] },
    });
  });

  it("is an error that names both, for a new resource", async () => {
    const plan = await scenario.plan({ virtual_machine_id: DB_BIOS_UUID, devices: [A] });
    expect(errorsOf(plan)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: 2 virtual machines have the name ${DB_BIOS_UUID}: db \\(vm-42\\), db-copy ` +
            "\\(vm-46\\)\n[^]*managed object id",
        ),
      ),
    ]);
  });

  it("doesn't lose what is known already: refresh, another name and destroy go by the one that was meant", async () => {
    const known = await scenario.given(db([A]));
    const state = { ...known, value: { ...known.value, virtual_machine_id: DB_BIOS_UUID } };
    expect(await scenario.refresh(state)).toMatchObject({ diagnostics: [], state: { value: { devices: [A] } } });
    expect(await scenario.plan(db([A]), { state })).toMatchObject({
      action: "update",
      diagnostics: [],
      planned: { steps: [] },
    });
    expect(await scenario.destroy(state)).toMatchObject({ state: null, diagnostics: [] });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
  });
});

describe("a BIOS UUID that went to another virtual machine", () => {
  const copy = {
    id: "vm-46",
    name: "db-copy",
    host: "host-12",
    uuid: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0046",
    instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0046",
  };
  const config = { virtual_machine_id: DB_BIOS_UUID, devices: [A] };
  let state: State;
  beforeEach(async () => {
    scenario = await Scenario.start({
      inventory: { ...defaultInventory, virtualMachines: [...defaultInventory.virtualMachines!, copy] },
    });
    state = await scenario.given(config);
    const [db, other] = [scenario.machine("vm-42"), scenario.machine("vm-46")] as { uuid: string }[];
    [db!.uuid, other!.uuid] = [other!.uuid, db!.uuid];
    scenario.attachByHand(B, "vm-46");
  });

  it("doesn't take the state along: refresh and destroy stay with the one that has the devices", async () => {
    expect(await scenario.refresh(state)).toMatchObject({ diagnostics: [], state: { value: { devices: [A] } } });
    expect(await scenario.destroy(state)).toMatchObject({ state: null, diagnostics: [] });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
    expect(scenario.attached("vm-46")).toEqual([B]);
  });

  it(
    "is an error of the next change that names both, since Terraform replaces only for a text that " + "has changed",
    async () => {
      const plan = await scenario.plan({ ...config, devices: [A, C] }, { state });
      expect(errorsOf(plan)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^error: virtual_machine_id ${DB_BIOS_UUID} names another virtual machine by now: vm-46\n[^]*about ` +
              "vm-42[^]*managed object id",
          ),
        ),
      ]);
      expect(await scenario.plan({ virtual_machine_id: "vm-42", devices: [A, C] }, { state })).toMatchObject({
        diagnostics: [],
        planned: { steps: [`add ${C}`] },
      });
    },
  );
});
