/** V4 from end to end: a drive is put into an empty slot while an apply waits for it, and that apply does the rest. */
import type { CallLogEntry } from "../../../lib/simulator/call-log";
import { brokenCallRules } from "../../support/call-rules";
import { isWrite } from "../../support/writes";
import { UNKNOWN } from "../../../lib/tfplugin6/value";
import type { Outcome } from "../../support/plugin-client";
import { hurriedClock } from "../hurried-clock";
import { drive, smallInventory } from "../preparation-run";
import { Scenario, TYPE, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

const [PRESENT, EMPTY, ANOTHER] = ["0000:3b:00.0", "0000:5e:00.0", "0000:60:00.0"] as const;
/** As a drive comes that was just put in: nobody has enabled passthrough for it. */
const NEW = { passthrough: "disabled" } as const;

let scenario: Scenario;
let onCall: (entry: CallLogEntry) => void;
beforeEach(async () => {
  onCall = () => undefined;
  scenario = await Scenario.start({
    inventory: smallInventory({ host: { devices: [drive(PRESENT)], version: "8.0.3" } }),
    guests: true,
    onCall: (entry) => onCall(entry),
  });
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

/** One run of a host and of a virtual machine that takes what is active there; plan and apply each have a process. */
async function applyBoth(waitForDevice: string): Promise<{ host: Outcome; devices?: Outcome }> {
  const guest = scenario.confirmed([]);
  const plans = await scenario.command({}, async (client) => {
    const hostPlan = await client.plan("hotplug_host", {
      config: { host_id: "host-12", passthrough_devices: [PRESENT, EMPTY], wait_for_device: waitForDevice },
    });
    expect(errorsOf(hostPlan)).toEqual([]);
    const devicesPlan = await client.plan(TYPE, { config: { ...guest, devices: UNKNOWN } });
    expect(errorsOf(devicesPlan)).toEqual([]);
    return { hostPlan, devicesPlan };
  });
  return scenario.command({ clock: hurriedClock(30) }, async (client) => {
    const host = await client.apply(plans.hostPlan);
    const active = host.state?.value["active_devices"];
    if (!active) return { host };
    return { host, devices: await client.apply(plans.devicesPlan, { config: { ...guest, devices: active } }) };
  });
}

const writes = (): string[] =>
  scenario
    .log()
    .filter(isWrite)
    .map(({ operation, target }) => `${operation} ${target?.value}`);

/** Something happens at the host, once, when a request was carried out: a Refresh is a look for the drive in vain. */
function meanwhile(happens: () => void, after = "Refresh"): void {
  const before = onCall;
  let isOver = false;
  onCall = (entry) => {
    before(entry);
    if (isOver || entry.operation !== after) return;
    isOver = true;
    happens();
  };
}

it("the apply that waits finds it by a refresh, enables it without a restart, adds it and confirms it", async () => {
  meanwhile(() => scenario.vcenter.plugDevice("host-12", drive(EMPTY, NEW)));
  const { host, devices } = await applyBoth("10m");

  expect([errorsOf(host), texts(devices!.diagnostics)]).toEqual([[], []]);
  expect(host.state!.value["active_devices"]).toEqual([PRESENT, EMPTY]);
  const made = writes();
  expect(made.filter((write) => !write.startsWith("Refresh"))).toEqual([
    "UpdatePassthruConfig pciPassthruSystem-12",
    "ReconfigVM_Task vm-42",
    "ReconfigVM_Task vm-42",
  ]);
  expect(made.filter((write) => write.startsWith("Refresh")).length).toBeGreaterThanOrEqual(2);
  expect(scenario.attached()).toEqual([PRESENT, EMPTY]);
  expect(devices!.state!.value["attached"]).toMatchObject({
    [PRESENT]: { confirmed: true },
    [EMPTY]: { confirmed: true, guest_address: "0000:1b:00.0", block_devices: ["/dev/nvme1n1"] },
  });
});

it("a wait that ends without it goes on with all others, and names what was put in meanwhile", async () => {
  meanwhile(() => scenario.vcenter.plugDevice("host-12", drive(ANOTHER, NEW)));
  const { host, devices } = await applyBoth("20s");

  expect(warningsOf(host)).toContainEqual(
    expect.stringMatching(
      new RegExp(
        `shows no device at ${EMPTY}\n.*waited for 20 s[^]*came to show ${ANOTHER} \\(144d:a824 .*Samsung PM1733\\)`,
      ),
    ),
  );
  expect(errorsOf(devices!)).toEqual([]);
  expect(scenario.attached()).toEqual([PRESENT]);
});

it("a wait in which nothing came says so", async () => {
  const { host } = await applyBoth("20s");

  expect(warningsOf(host)).toContainEqual(
    expect.stringMatching(new RegExp(`shows no device at ${EMPTY}\n.*waited for 20 s[^]*no other device came`)),
  );
});

it("a virtual machine's own wait names what came meanwhile, too", async () => {
  meanwhile(() => {
    scenario.vcenter.plugDevice("host-12", drive(ANOTHER));
    scenario.host().device(ANOTHER)!.known = true; // Somebody has refreshed the host since.
  }, "ReconfigVM_Task");
  const failed = await scenario.apply(scenario.confirmed([PRESENT, EMPTY], { wait_for_device: "20s" }), {
    clock: hurriedClock(30),
  });

  expect(errorsOf(failed)).toEqual([
    expect.stringMatching(new RegExp(`shows no device at ${EMPTY}\n.*waited for 20 s[^]*came to show ${ANOTHER} `)),
  ]);
  expect(scenario.calls()).toEqual([`add ${PRESENT} on vm-42`]);
});

it("a drive that is pulled out again meanwhile is named, and the others stay as they are", async () => {
  meanwhile(() => scenario.vcenter.plugDevice("host-12", drive(EMPTY, NEW)));
  meanwhile(() => scenario.vcenter.pullDevice("host-12", EMPTY), "UpdatePassthruConfig");
  const { host, devices } = await applyBoth("10m");

  expect([...errorsOf(host), ...warningsOf(host), ...(devices ? errorsOf(devices) : [])].join("\n")).toContain(EMPTY);
  expect(scenario.attached()).toEqual(devices ? [PRESENT] : []);
});
