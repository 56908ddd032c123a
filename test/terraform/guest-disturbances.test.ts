/**
 * The real engine and the real provider confirm a change in a guest, disturbed on the side of SSH: no step counts as
 * confirmed that the guest doesn't show, and no drive is removed that it holds.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { GuestSystem } from "../../lib/simulator/guests/guest";
import type { Guests } from "../../lib/simulator/guests/guests";
import { brokenCallRules } from "../support/call-rules";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, E, changes, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

interface Cell {
  guests: Guests;
  system: GuestSystem;
  engine: number;
}

/** What happens at which look, what the run says then, the calls that it makes all the same, and what mends it. */
type Disturbed = [
  string,
  number,
  (cell: Cell) => unknown,
  { says?: RegExp; calls: string[]; mend?(cell: Cell): unknown },
];

/** The looks of the change: one at first, one for who holds B, one after its removal, one after E was added. */
const [FIRST, HOLDERS, REMOVED, ADDED] = [1, 2, 3, 4];
const DIED = /Plugin did not respond|plugin process exited|crashed|ApplyResourceChange request was cancelled/i;
const ALL = ["remove from vm-42", `add ${E} to vm-42`];
const APPLY = ["apply", "-no-color", "-auto-approve"];

let vcenter: TestVcenter;
let workspace: TerraformWorkspace;
beforeAll(async () => {
  workspace = await TerraformWorkspace.create({
    files: { "main.tf.json": stack({ db: { virtual_machine_id: "vm-42", devices: [] } }) },
  });
  await workspace.init();
});
afterAll(() => workspace.dispose());
beforeEach(async () => {
  vcenter = await startTestVcenter({ guests: true, timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 } });
});
afterEach(async () => {
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

const variables = (): { environment: Record<string, string> } => {
  const { clientKey, endpoints } = vcenter.vcenter.guests!;
  const lines = endpoints.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`);
  return {
    environment: {
      ...vcenter.environment,
      HOTPLUG_SSH_PRIVATE_KEY: clientKey,
      HOTPLUG_SSH_KNOWN_HOSTS: lines.join(""),
    },
  };
};
const declare = (devices: string[]): Promise<void> => {
  const guest = { port: vcenter.vcenter.guests!.endpoints[0]!.port, timeout: "3s" };
  return workspace.write("main.tf.json", stack({ db: { virtual_machine_id: "vm-42", devices, guest } }));
};

/** Devices that the state calls confirmed, and those that the guest shows. */
function confirmed(): string[] {
  const state = JSON.parse(readFileSync(join(workspace.directory, "terraform.tfstate"), "utf8")) as {
    resources: { instances: { attributes: { attached: Record<string, { confirmed: boolean }> } }[] }[];
  };
  const attached = state.resources[0]?.instances[0]?.attributes.attached ?? {};
  return Object.keys(attached).filter((address) => attached[address]!.confirmed);
}

function killProviderOf(engine: number): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))![1] === String(engine))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended while we looked.
    }
  }
}

test.each<Disturbed>([
  [
    "connections are refused after the removal",
    REMOVED,
    ({ guests }) => guests.refuse("db"),
    {
      says: /still shows device 0000:3c:00\.0 after 3 s[^]*could not be asked/,
      calls: ["remove from vm-42"],
      mend: ({ guests }) => guests.accept("db"),
    },
  ],
  [
    "another server answers after the removal",
    REMOVED,
    ({ guests }) => guests.impersonate("db"),
    {
      says: /could not be asked[^]*shows another key/,
      calls: ["remove from vm-42"],
      mend: ({ guests }) => guests.accept("db"),
    },
  ],
  ["the guest is restarted once the drive was added", ADDED, ({ guests }) => guests.reboot("db"), { calls: ALL }],
  [
    "the provider is killed once the drive was added",
    ADDED,
    ({ engine }) => killProviderOf(engine),
    {
      says: DIED,
      calls: ALL,
    },
  ],
  [
    "the guest lags behind the add for longer than the limit",
    REMOVED,
    ({ system }) => void (system.lag = { addMs: 3_600_000, removalMs: 0 }),
    {
      says: /doesn't show device 0000:5e:00\.0 after 3 s/,
      calls: ALL,
      mend({ guests, system }) {
        system.lag = { addMs: 0, removalMs: 0 };
        guests.reboot("db");
      },
    },
  ],
  ...(["before the first call", "when it is asked who holds the drive"] as const).flatMap(
    (when, index): Disturbed[] => [
      [
        `connections are refused ${when}`,
        [FIRST, HOLDERS][index]!,
        ({ guests }) => guests.refuse("db"),
        { says: /can't be asked[^]*is not begun/, calls: [], mend: ({ guests }) => guests.accept("db") },
      ],
      [
        `the guest is restarted ${when}`,
        [FIRST, HOLDERS][index]!,
        ({ guests }) => guests.reboot("db"),
        { says: /can't be asked[^]*is not begun/, calls: [] },
      ],
      [
        `the provider is killed ${when}`,
        [FIRST, HOLDERS][index]!,
        ({ engine }) => killProviderOf(engine),
        { says: DIED, calls: [] },
      ],
    ],
  ),
  ["the guest is restarted once the drive was removed", REMOVED, ({ guests }) => guests.reboot("db"), { calls: ALL }],
  [
    "the provider is killed once the drive was removed",
    REMOVED,
    ({ engine }) => killProviderOf(engine),
    { says: DIED, calls: ["remove from vm-42"] },
  ],
  [
    "connections are refused once the drive was added",
    ADDED,
    ({ guests }) => guests.refuse("db"),
    {
      says: /doesn't show device 0000:5e:00\.0 after 3 s[^]*could not be asked/,
      calls: ALL,
      mend: ({ guests }) => guests.accept("db"),
    },
  ],
  [
    "the drive is mounted in the moment before its removal",
    HOLDERS,
    ({ system }) => system.hold(B, "mount", "/data"),
    {
      says: /0000:3c:00\.0 is in use in the guest[^]*mounted at \/data/,
      calls: [`add ${E} to vm-42`],
      mend: ({ system }) => system.release("/data"),
    },
  ],
])(
  "%s: nothing counts that the guest doesn't show, and the next apply does the rest",
  async (_, look, disturb, expected) => {
    for (const file of ["terraform.tfstate", "terraform.tfstate.backup"]) await workspace.write(file, "");
    await declare([A, B]);
    expect((await workspace.run(APPLY, variables())).status).toBe(0);
    await declare([A, E]);
    const guests = vcenter.vcenter.guests!;
    const system = guests.system("db");
    const before = changes(vcenter).length;
    const applying = workspace.start(APPLY, variables());
    const cell = { guests, system, engine: applying.child.pid! };
    let looks = 0;
    system.onCommand = async () => {
      if (++looks === look) void disturb(cell);
    };
    const { status, stdout, stderr } = await applying.ended;
    system.onCommand = async () => undefined;

    expect(looks).toBeGreaterThanOrEqual(look);
    expect(changes(vcenter).slice(before)).toEqual(expected.calls);
    if (expected.says) expect((stdout + stderr).replace(/\s*\n│?\s*/g, " ")).toMatch(expected.says);
    else expect(status).toBe(0);
    const shown = system.drives().map(({ hostAddress }) => hostAddress);
    expect(confirmed().filter((address) => ![...shown, B].includes(address))).toEqual([]);

    await expected.mend?.(cell);
    const again = await workspace.run(APPLY, variables());
    expect([again.status, again.stdout + again.stderr]).toEqual([0, expect.any(String)]);
    expect(confirmed()).toEqual([A, E]);
    expect(changes(vcenter).slice(before).sort()).toEqual([`add ${E} to vm-42`, "remove from vm-42"]);
    expect((await workspace.run(["plan", "-no-color", "-detailed-exitcode"], variables())).status).toBe(0);
  },
);
