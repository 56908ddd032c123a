import type { Config } from "../../support/plugin-client";
import { drive, smallInventory, UNREADY } from "../preparation-run";
import { Scenario } from "../scenario";

const A = "0000:3b:00.0";

let scenario: Scenario;
afterEach(() => scenario.stop());

const read = (config: Config) => scenario.command({}, (client) => client.read("hotplug_readiness", config));

describe("hotplug_readiness", () => {
  const checks = async (id = "vm-42"): Promise<Record<string, string>> => {
    const { value, diagnostics } = await read({ virtual_machine_id: id });
    expect(diagnostics).toEqual([]);
    return Object.fromEntries(
      (value!.checks as { rule: string; status: string }[]).map(({ rule, status }) => [rule, status]),
    );
  };
  const failed = async (): Promise<string[]> =>
    Object.entries(await checks())
      .filter(([, status]) => status === "failed")
      .map(([rule]) => rule);

  test("finds nothing wrong with what is ready, and leaves to people what no API tells", async () => {
    scenario = await Scenario.start({ inventory: smallInventory() });
    const all = await checks();
    expect(Object.entries(all).filter(([, status]) => status !== "ok")).toEqual([
      ["V6", "by_hand"],
      ["N6", "by_hand"],
      ["H1", "by_hand"],
      ["G1", "by_hand"],
      ["G2", "by_hand"],
      ["G3", "by_hand"],
      ["G4", "by_hand"],
    ]);
    expect((await read({ virtual_machine_id: "vm-42", devices: [] })).value!.ready).toBe(true);
  });

  test("names every rule that is broken, on the virtual machine and on its host", async () => {
    scenario = await Scenario.start({
      inventory: smallInventory({
        host: { version: "8.0.1", devices: [drive(A, { passthrough: "disabled" })] },
        machine: { ...UNREADY, guestId: "dosGuest", vvtdEnabled: true },
      }),
    });
    expect(await failed()).toEqual(["N1", "H2", "H4", "M2", "M3", "M4", "M5", "G4"]);
  });

  test("reports an old vCenter and a host that is away, and is no error (V1, H0)", async () => {
    scenario = await Scenario.start({
      inventory: { ...smallInventory({ host: { connectionState: "disconnected" } }), vcenter: { version: "7.0.3" } },
    });
    expect(await failed()).toEqual(expect.arrayContaining(["V1", "H0"]));
  });

  test("makes no call that writes", async () => {
    scenario = await Scenario.start({ inventory: smallInventory() });
    await checks();
    expect(
      scenario
        .log()
        .filter(({ operation }) => /_Task$|Update|Refresh/.test(operation) && operation !== "RefreshSession")
        .map(({ operation }) => operation),
    ).toEqual([]);
  });
});

describe("What vCenter doesn't tell, hotplug_readiness never calls well:", () => {
  interface Answer {
    ready: boolean | null;
    checks: { rule: string; status: string; sentence: string; remedy: string | null }[];
  }
  const answer = async (config: Config = {}): Promise<Answer> => {
    const { value, diagnostics } = await read({ virtual_machine_id: "vm-42", devices: [A], ...config });
    expect(diagnostics).toEqual([]);
    return value as unknown as Answer;
  };
  const statusOf = ({ checks }: Answer, rule: string) => checks.find((check) => check.rule === rule)?.status;
  const inventory = smallInventory({ machine: { devices: [A] } });

  test("ready is true only with the declared set, which a pulled drive is missed by", async () => {
    scenario = await Scenario.start({ inventory });
    const known = await answer();
    expect([known.ready, statusOf(known, "V6")]).toEqual([true, "ok"]);
    const unknown = await answer({ devices: null });
    expect([unknown.ready, statusOf(unknown, "V6")]).toEqual([null, "by_hand"]);
    scenario.vcenter.pullDevice("host-12", A);
    const pulled = await answer();
    expect([pulled.ready, statusOf(pulled, "V6")]).toEqual([false, "failed"]);
  });

  test("a drive of the declared set that no event tells of is missed all the same (V6)", async () => {
    scenario = await Scenario.start({ inventory });
    const missed = await answer({ devices: [A, "0000:99:00.0"] });
    expect([missed.ready, statusOf(missed, "V6")]).toEqual([false, "failed"]);
    expect(missed.checks.find(({ rule }) => rule === "V6")!.sentence).toContain("0000:99:00.0");
  });

  test("a drive that vCenter's events tell to be lost fails V6 with no set declared", async () => {
    scenario = await Scenario.start({ inventory });
    scenario.vcenter.pullDevice("host-12", A);
    const { ready, checks } = await answer({ devices: null });
    expect([ready, checks.find(({ rule }) => rule === "V6")]).toEqual([
      false,
      expect.objectContaining({ status: "failed", sentence: expect.stringContaining(A) }),
    ]);
  });

  test("a host that the account may not see leaves every rule about it to be checked by hand", async () => {
    scenario = await Scenario.start({
      inventory: {
        ...inventory,
        users: [{ name: "user", password: "secret", role: "ReadOnly", noAccess: ["host-12"] }],
      },
    });
    const blind = await answer();
    expect(blind.ready).toBeNull();
    for (const rule of ["V1", "V2", "V6", "V8", "H0", "H1", "H2", "H4", "H5", "H6", "C3"])
      expect([rule, statusOf(blind, rule)]).toEqual([rule, "by_hand"]);
    expect(blind.checks.find(({ rule }) => rule === "H2")!.remedy).toMatch(/host/);
    expect(statusOf(blind, "M5")).toBe("ok");
  });

  test("what an account may not ask the host for leaves ready open (H2)", async () => {
    scenario = await Scenario.start({
      inventory: { ...inventory, users: [{ name: "user", password: "secret", role: "ReadOnly" }] },
    });
    const seen = await answer();
    expect([seen.ready, statusOf(seen, "H2")]).toEqual([null, "by_hand"]);
  });

  test("hot plug that is set on a virtual machine that is off is told to hold from the next start (M5)", async () => {
    scenario = await Scenario.start({ inventory: smallInventory({ machine: { powerState: "poweredOff" } }) });
    const { checks } = await answer({ devices: [] });
    expect(checks.find(({ rule }) => rule === "M5")).toMatchObject({
      status: "ok",
      sentence: expect.stringContaining("next power-on"),
    });
  });

  test("refuses what is no PCI address in the declared set", async () => {
    scenario = await Scenario.start({ inventory });
    const { diagnostics } = await read({ virtual_machine_id: "vm-42", devices: ["97:0.0"] });
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['"97:0.0" is not a PCI address']);
  });
});
