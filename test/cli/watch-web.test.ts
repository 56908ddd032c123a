import type { SceneItem } from "../../lib/page/view";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { startCli, type CliRun } from "../support/cli";
import { PageClient, type PageStream } from "../support/page-client";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [A, B] = ["0000:3b:00.0", "0000:5e:00.0"];
const HOST = "esx01.example.test";
const [db, cache] = defaultInventory.virtualMachines!;

let site: TestVcenter;
let run: CliRun;
let client: PageClient;
let stream: PageStream;
beforeEach(async () => {
  site = await startTestVcenter({
    inventory: { ...defaultInventory, virtualMachines: [{ ...db!, devices: [A] }, cache!] },
  });
  run = startCli(["watch", "--web"], site.environment);
  const [, url] = await run.printed(/See it in a browser: (\S+)/);
  await run.printed(/Watching/);
  client = new PageClient(url!);
  stream = client.watch();
});
afterEach(async () => {
  run.stop.abort();
  await run.ended;
  await site.stop();
});

const item = (key: string): SceneItem | undefined => stream.history.scene.get(key);
const state = (address: string): unknown => (item(`slot host-12 ${address}`) as { state: string } | undefined)?.state;
const lines = (): (string | undefined)[] => stream.history.lines.map(({ happening }) => happening?.text);

test("the page has what is known: hosts, NVMe slots with their holders, virtual machines", async () => {
  await stream.until(() => item("vm vm-42") !== undefined);
  expect(stream.subject).toMatchObject({ hasHands: false, showsCalls: false, source: site.vcenter.server });
  expect(item("host host-12")).toMatchObject({ name: HOST });
  expect(item(`slot host-12 ${A}`)).toMatchObject({ state: "held", holders: ["db"], ids: "8086:0a54" });
  expect([state(B), (item("slot host-13 0000:5e:00.0") as { state: string }).state]).toEqual(["free", "off"]);
  expect(item("vm vm-42")).toMatchObject({ power: "on", hostName: HOST, devices: [{ address: A }] });
});

test("a drive that is pulled out shows as pulled, until another is put in", async () => {
  await stream.until(() => state(A) === "held");
  site.vcenter.pullDevice(HOST, A);
  await stream.until(() => lines().some((line) => line?.startsWith(`PULLED OUT  ${A}`)));
  expect(item(`slot host-12 ${A}`)).toMatchObject({ state: "pulled", note: "virtual machine db had it" });
  site.vcenter.plugDevice(HOST, A);
  await stream.until(() => state(A) === "free");
});

test("a vCenter that goes away is said, and that it came back", async () => {
  await stream.until(() => state(A) === "held");
  const told = (): unknown[] => stream.events.flatMap((event) => (event.kind === "vcenter" ? event.reachable : []));
  site.vcenter.faults.inject({ times: 3 }, { kind: "drop", when: "before" });
  site.vcenter.restart();
  await stream.until(() => told().length === 2);
  expect(told()).toEqual([false, true]);
});

test("nothing can be done by it, nor read without its token", async () => {
  expect((await client.act({ act: "pull", host: HOST, address: A })).status).toBe(404);
  expect((await client.ask("/events")).status).toBe(401);
  expect((await client.ask(`/events?token=${client.token}`)).status).toBe(200);
});

test("it ends with the command", async () => {
  run.stop.abort();
  expect(await run.ended).toBe(0);
  await stream.until(({ hasEnded }) => hasEnded);
});
