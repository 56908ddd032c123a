import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "../../lib/simulator/embedded-vcenter";
import type { SceneItem, VirtualMachineView } from "../../lib/page/view";
import { PageClient, type PageStream } from "../support/page-client";
import { addChange, find, removeChange, SoapRequests } from "../support/soap-requests";
import { Random } from "../simulation/random";

const HOST = "esx01.example.test";
const [DRIVE, OTHER] = ["0000:3b:00.0", "0000:5e:00.0"];
const QUICK = { queueMs: 0, hotPlugMs: 1, reconfigureMs: 1, publishMs: 0, powerMs: 1 };

let vcenter: EmbeddedVcenter;
let client: PageClient;
let stream: PageStream;
let soap: SoapRequests;

async function start(options: EmbeddedVcenterOptions = {}): Promise<void> {
  vcenter = await EmbeddedVcenter.start({ timings: QUICK, ...options });
  client = new PageClient(await vcenter.servePage());
  stream = client.watch();
  soap = new SoapRequests(async (envelope, headers) => {
    const answer = await vcenter.handle(envelope, { ...headers, userAgent: "by hand" });
    if (answer.dropped) throw new Error("no answer");
    return answer;
  });
  await soap.login();
}
afterEach(async () => {
  stream.close();
  await vcenter.stop();
});

async function add(address: string): Promise<string> {
  const host = `EnvironmentBrowser:${await soap.text("VirtualMachine:vm-42", "environmentBrowser")}`;
  const target = await soap.call("QueryConfigTarget", host, '<host type="HostSystem">host-12</host>');
  const isIntel = address < "0000:50";
  const [vendorId, deviceId] = isIntel ? [-32634, "a54"] : [5197, "a824"];
  return addChange({ address, vendorId, deviceId, systemId: find(target, "systemId")!.text });
}

const settled = ({ history: { lines } }: PageStream): boolean =>
  lines.filter(({ call }) => call !== undefined).length === vcenter.calls().length &&
  lines.every(({ call }) => call === undefined || call.stage !== "running");
const item = (key: string): SceneItem | undefined => stream.history.scene.get(key);
const slot = (address = DRIVE): SceneItem | undefined => item(`slot host-12 ${address}`);
const lastChange = (): unknown => stream.history.lines.filter(({ call }) => call?.changes.length).at(-1)?.call;

test.each([1, 2, 3])(
  "each call of a history of 200 is told once, in order, with the log's outcome (seed %d)",
  async (seed) => {
    await start();
    const random = new Random(seed);
    const acts: (() => Promise<unknown>)[] = [
      () => soap.read("VirtualMachine:vm-42", "name", "config.hardware.device"),
      async () => soap.reconfigure("vm-42", await add(random.pick([DRIVE, OTHER, "0000:02:00.0"]))),
      async () =>
        soap.reconfigure("vm-42", removeChange(random.pick(Object.values(await soap.attached("vm-42"))) ?? 13000)),
      async () => soap.reconfigure("vm-42", (await add(DRIVE)) + (await add(OTHER))),
      () => soap.task(random.pick(["PowerOnVM_Task", "PowerOffVM_Task"]), "VirtualMachine:vm-42"),
      () => soap.call("Eject", "VirtualMachine:vm-42"),
      () => soap.read("VirtualMachine:vm-99", "name"),
      () => soap.send("<nonsense"),
      () => client.act({ act: random.pick(["pull", "plug"]), host: HOST, address: DRIVE, drive: "same model" }),
      async () => void vcenter.faults.inject({}, { kind: "drop", when: random.pick(["before", "after"] as const) }),
      async () => void vcenter.faults.inject({}, { kind: "task fault", type: "GenericVmConfigFault" }),
      async () => {
        vcenter.restart();
        await soap.login();
      },
    ];
    while (vcenter.calls().length < 200)
      await random
        .pick(acts)()
        .catch(() => undefined);
    await stream.until(settled);

    const told = stream.history.lines.flatMap(({ call }) => call ?? []);
    expect(told.map(({ sequence, operation, outcome, task }) => [sequence, operation, outcome, task?.state])).toEqual(
      vcenter.calls().map(({ sequence, operation, outcome, task }) => [sequence, operation, outcome, task?.state]),
    );
    const stages = told.map(({ stage }) => stage);
    const refused = vcenter
      .calls()
      .filter(({ outcome, task }) => task?.error || !["ok", "no answer"].includes(outcome!));
    expect(told.filter(({ stage }) => stage === "refused").map(({ sequence }) => sequence)).toEqual(
      refused.map(({ sequence }) => sequence),
    );
    for (const call of told) if (call.stage === "refused") expect(call.reason).toMatch(/^\w+/);
    expect(new Set(stages)).toEqual(new Set([...stages, "done", "refused"]));
  },
);

test("whoever comes late is told the same", async () => {
  await start();
  await soap.reconfigure("vm-42", await add(DRIVE));
  await stream.until(settled);
  const late = client.watch();
  await late.until(({ history }) => history.length === stream.history.length);
  expect(late.history.lines).toEqual(stream.history.lines);
  expect([...late.history.scene]).toEqual([...stream.history.scene]);
  late.close();
});

test("a hot-add is running, done, and verified once its client has read the virtual machine's devices", async () => {
  await start({ timings: { ...QUICK, hotPlugMs: 80 } });
  const work = soap.reconfigure("vm-42", await add(DRIVE));
  await stream.until(() => stream.history.lines.at(-1)?.call?.stage === "running");
  await work;
  await stream.until(settled);
  expect(lastChange()).toMatchObject({
    operation: "ReconfigVM_Task",
    target: "db",
    changes: [`add ${DRIVE}`],
    stage: "done",
    outcome: "ok",
    task: { state: "success" },
  });
  expect(slot()).toMatchObject({ state: "held", holders: ["db"] });
  await soap.attached("vm-42");
  await stream.until(() => (lastChange() as { stage: string }).stage === "verified");
});

test("a removal that names a key alone is told by its address", async () => {
  await start();
  await soap.reconfigure("vm-42", await add(DRIVE));
  await soap.reconfigure("vm-42", removeChange((await soap.attached("vm-42"))[DRIVE]!));
  await stream.until(settled);
  expect(lastChange()).toMatchObject({ changes: [`remove ${DRIVE}`], stage: "done" });
  expect(slot()).toMatchObject({ state: "free", holders: [] });
});

test("what was there is seen again at each call", async () => {
  await start();
  await soap.reconfigure("vm-42", await add(DRIVE));
  await stream.until(settled);
  await client.act({ act: "pull", host: HOST, address: DRIVE });
  await stream.until(() => (slot() as { state: string }).state === "pulled");
  const { lines } = stream.history;
  const stateAt = (position: number): unknown =>
    (stream.history.sceneAt(position).get(`slot host-12 ${DRIVE}`) as { state: string }).state;
  expect(stateAt(lines[0]!.settled)).toBe("free");
  const added = lines.find(({ call }) => call?.changes.length)!;
  expect(stateAt(added.settled)).toBe("held");
  await stream.until(() => lines.at(-1)?.happening !== undefined);
  expect(lines.at(-1)!.happening).toEqual({ text: `Pulled ${DRIVE} out of ${HOST}`, isAlarming: true });
  expect(stateAt(lines.at(-1)!.settled)).toBe("pulled");
});

test("slots tell what they are: free, the host's own and for what, not enabled, waiting for a restart", async () => {
  await start();
  await soap
    .call(
      "UpdatePassthruConfig",
      "HostPciPassthruSystem:passthruSystem-12",
      `<config><id>${DRIVE}</id><passthruEnabled>false</passthruEnabled></config>`,
    )
    .catch(() => undefined);
  await stream.until(settled);
  expect(slot(OTHER)).toMatchObject({ state: "free", slot: "5", ids: "144d:a824" });
  expect(item("slot host-13 0000:3b:00.0")).toMatchObject({ state: "own", note: "boot disk" });
  expect(item("slot host-13 0000:3c:00.0")).toMatchObject({ state: "own", note: "datastore esx02-nvme" });
  expect(item("slot host-13 0000:5e:00.0")).toMatchObject({ state: "off" });
});

describe("from the page", () => {
  beforeEach(() => start({ guests: true }));
  const wait = (state: string): Promise<void> => stream.until(() => (slot() as { state: string }).state === state);

  it("a drive is pulled, and the same one, another of its model, or another model put in", async () => {
    for (const [drive, ids] of [
      ["same drive", "8086:0a54"],
      ["same model", "8086:0a54"],
      ["another model", "1e0f:0013"],
    ]) {
      expect((await client.act({ act: "pull", host: HOST, address: DRIVE })).status).toBe(204);
      await wait("pulled");
      expect((await client.act({ act: "plug", host: HOST, address: DRIVE, drive })).status).toBe(204);
      await wait("free");
      expect(slot()).toMatchObject({ ids });
    }
    expect((await client.act({ act: "pull", host: HOST, address: "0000:ff:00.0" })).status).toBe(409);
  });

  it("a drive is put into an empty slot, which the host sees at its next refresh", async () => {
    await client.act({ act: "add", host: "host-12" });
    await stream.until(() => slot("0000:62:00.0") !== undefined);
    expect(slot("0000:62:00.0")).toMatchObject({ state: "unseen" });
  });

  it("a drive is mounted in a guest and unmounted again", async () => {
    await soap.reconfigure("vm-42", await add(DRIVE));
    const held = (): unknown => (item("vm vm-42") as VirtualMachineView).guest?.drives[0]?.holds;
    expect((await client.act({ act: "mount", virtualMachine: "vm-42", address: DRIVE })).status).toBe(204);
    await stream.until(() => JSON.stringify(held()) === '["mounted at /mnt/nvme0n1"]');
    expect((await client.act({ act: "unmount", virtualMachine: "vm-42", address: DRIVE })).status).toBe(204);
    await stream.until(() => JSON.stringify(held()) === "[]");
    expect((await client.act({ act: "unmount", virtualMachine: "vm-42", address: DRIVE })).status).toBe(409);
  });

  it("the next task fails, once", async () => {
    await client.act({ act: "fail next task", on: true });
    await stream.until(({ events }) =>
      events.some((event) => event.kind === "controls" && event.controls.failsNextTask),
    );
    await expect(soap.reconfigure("vm-42", await add(DRIVE))).rejects.toThrow("this task fails");
    await stream.until(settled);
    expect(lastChange()).toMatchObject({ stage: "refused", reason: expect.stringMatching(/^GenericVmConfigFault: /) });
    await soap.reconfigure("vm-42", await add(DRIVE));
    expect(stream.events.filter(({ kind }) => kind === "controls").at(-1)).toMatchObject({
      controls: { failsNextTask: false },
    });
  });

  it("vCenter is restarted: sessions end, and the page goes on", async () => {
    await client.act({ act: "restart" });
    await expect(soap.attached("vm-42")).rejects.toMatchObject({ type: "NotAuthenticated" });
    await stream.until(settled);
    expect(stream.hasEnded).toBe(false);
    expect(stream.history.lines.some(({ happening }) => happening?.text.startsWith("Restarted vCenter"))).toBe(true);
  });

  it.each([null, [], { act: "toString" }, { act: "__proto__" }, { act: "pull" }, { act: "pull", host: 1 }])(
    "%j is refused",
    async (hand) => expect((await client.act(hand as object)).status).toBe(400),
  );
});

test("without guests, a mount is refused with what to do", async () => {
  await start();
  const { status, body } = await client.act({ act: "mount", virtualMachine: "vm-42", address: DRIVE });
  expect([status, body]).toEqual([409, expect.stringContaining("--guests")]);
});
