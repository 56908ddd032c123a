/** A password that is a word or a letter: no message is another than with a long one, so none tells it. */
import { errorsOf, Scenario, texts, A, B, db } from "../provider/scenario";
import { runCli } from "../support/cli";

jest.setTimeout(120_000);

const LONG = "Mk7f3aQz91-and-more";
const SETTINGS = "hotplug_virtual_machine_settings";
const COMMANDS = [
  ["doctor"],
  ["doctor", "--vm", "db", "--json"],
  ["devices"],
  ["devices", "--vm", "db", "--json"],
  ["devices", "--host", "none"],
  ["adopt"],
  ["adopt", "--hcl", "--host", "host-12"],
];
let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start()));
afterEach(() => scenario.stop());

/** What a person reads of plans that work, that are refused and that fail, and of the commands. */
async function everythingSaid(password: string): Promise<string[]> {
  const environment = { VSPHERE_PASSWORD: password };
  const said: string[] = [];
  for (const config of [db([A]), db([A, B], { host_id: "host-13" }), db([A], { virtual_machine_id: "none" })])
    said.push(...texts((await scenario.plan(config, { environment })).diagnostics));
  said.push(
    ...texts((await scenario.plan({ virtual_machine_id: "vm-42" }, { environment, type: SETTINGS })).diagnostics),
  );
  for (const operation of ["RetrievePropertiesEx", "ReconfigVM_Task"]) {
    const message = "The passthrough device of vm 0 can't pass: a password was bypassed.";
    scenario.vcenter.faults.inject({ operation }, { kind: "fault", type: "GenericVmConfigFault", message });
    said.push(...texts((await scenario.apply(db([A]), { environment })).diagnostics));
    scenario.vcenter.faults.clear();
  }
  scenario.vcenter.faults.inject({ operation: "Login" }, { kind: "fault", type: "InvalidLogin" });
  said.push(...texts((await scenario.plan(db([A]), { environment })).diagnostics));
  for (const command of COMMANDS) {
    const { status, stdout, stderr } = await runCli(command, { ...scenario.environment, ...environment });
    said.push(`${status}${stdout}${stderr}`);
  }
  // How long a step took is no part of what is said of a password.
  return said.map((text) => text.replace(/\d+\.\d s/g, "N s"));
}

test("every message is what it is with a long password, letter by letter", async () => {
  const usual = await everythingSaid(LONG);
  expect(usual.join("\n")).toContain("The passthrough device of vm 0 can't pass: a password was bypassed.");
  for (const password of ["pass", "a", "vm", "0", "passthrough", "vm-42"])
    expect([password, await everythingSaid(password)]).toEqual([password, usual]);
});

test("what a server says to the login is not repeated where a password can't be told from a word", async () => {
  const echo = { kind: "fault", type: "SystemError", message: "can't read pass of root" } as const;
  const said = async (password: string): Promise<string> => {
    scenario.vcenter.faults.inject({ operation: "Login" }, echo);
    return errorsOf(await scenario.plan(db([A]), { environment: { VSPHERE_PASSWORD: password } })).join();
  };
  expect(await said("pass")).toMatch(/vCenter answered SystemError: What else it says to the login is not repeated\.$/);
  expect(await said(LONG)).toMatch(/vCenter answered SystemError: can't read pass of root\./);
});

test("a password that ends with a line break is warned of, and one that doesn't is not", async () => {
  const warned = async (password: string): Promise<string> => {
    const { stderr } = await runCli(["devices"], { ...scenario.environment, VSPHERE_PASSWORD: password });
    return stderr;
  };
  expect(await warned(`${LONG}\n`)).toMatch(/VSPHERE_PASSWORD ends with a line break/);
  expect(await warned(LONG)).toBe("");
});
