import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "../../lib/testing";
import { find, type SoapFault, SoapRequests } from "../support/soap-requests";

const running: EmbeddedVcenter[] = [];
async function start(options: EmbeddedVcenterOptions = {}): Promise<EmbeddedVcenter> {
  const vcenter = await EmbeddedVcenter.start({
    timings: { hotPlugMs: 30, powerMs: 20, reconfigureMs: 20 },
    ...options,
  });
  running.push(vcenter);
  return vcenter;
}
afterEach(() => Promise.all(running.splice(0).map((vcenter) => vcenter.stop())));

interface Answer {
  status: number;
  body: string;
  cookie?: string;
}

const http = (
  vcenter: EmbeddedVcenter,
  path: string,
  { body = "", ...options }: RequestOptions & { body?: string } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, vcenter.url), { ca: vcenter.caPem, agent: false, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          body: Buffer.concat(parts).toString(),
          cookie: /vmware_soap_session="(\w+)"/.exec(String(response.headers["set-cookie"]))?.[1],
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });

const client = (vcenter: EmbeddedVcenter): SoapRequests =>
  new SoapRequests((body, { cookie, soapAction }) =>
    http(vcenter, "/sdk", {
      method: "POST",
      body,
      headers: {
        SOAPAction: soapAction,
        "User-Agent": "by hand",
        ...(cookie ? { Cookie: `vmware_soap_session="${cookie}"` } : {}),
      },
    }),
  );

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: SoapFault & NodeJS.ErrnoException) => error.type ?? error.code ?? error.message,
  );
const annotate = (soap: SoapRequests, text = "x"): Promise<unknown> =>
  soap.reconfigure("vm-42", `<annotation>${text}</annotation>`);
const noted = (soap: SoapRequests): Promise<string | undefined> =>
  soap.text("VirtualMachine:vm-42", "config.annotation");

it("is a vCenter on loopback, with a certificate to be trusted", async () => {
  const vcenter = await start();
  expect(vcenter.url).toBe(`https://${vcenter.server}/sdk`);
  expect(vcenter.server).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(await code(http(vcenter, "/log", { ca: undefined }))).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  const soap = client(vcenter);
  await soap.login();
  expect(await soap.text("VirtualMachine:vm-42", "name")).toBe("db");
  expect(vcenter.environment("/somewhere/ca.pem")).toMatchObject({
    VSPHERE_SERVER: vcenter.server,
    VSPHERE_CA_FILE: "/somewhere/ca.pem",
    VSPHERE_ALLOW_UNVERIFIED_SSL: "false",
  });
});

it("tells clients its API versions, older ones too", async () => {
  const vcenter = await start({ inventory: { vcenter: { version: "8.0.1" }, hosts: [] } });
  const { body } = await http(vcenter, "/sdk/vimServiceVersions.xml");
  expect(body).toMatch(/<version>8\.0\.1\.0<\/version>\s*<priorVersions>/);
  expect(body).toContain("<version>7.0.3.0</version>");
  expect(body).not.toContain("8.0.2.0");
});

it("answers GET /log with every call, and tells each as it is answered", async () => {
  const seen: string[] = [];
  const vcenter = await start({ onCall: ({ operation, outcome }) => seen.push(`${operation} ${outcome!}`) });
  await client(vcenter).login();
  const log = JSON.parse((await http(vcenter, "/log")).body) as unknown[];
  expect(log).toEqual(JSON.parse(JSON.stringify(vcenter.calls())));
  expect(log[0]).toMatchObject({
    operation: "Login",
    client: "by hand",
    arguments: { userName: "somebody", password: "(redacted)" },
  });
  expect(seen).toEqual(["Login ok"]);
});

describe("POST /pull and /plug", () => {
  const post = (vcenter: EmbeddedVcenter, path: string, body: unknown, type = "application/json"): Promise<Answer> =>
    http(vcenter, path, {
      method: "POST",
      headers: { "Content-Type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const device = "0000:3b:00.0";

  it("are hands on the slots", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    const shown = async (): Promise<boolean> =>
      (await soap.read("HostSystem:host-12", "hardware.pciDevice"))["hardware.pciDevice"]!.children.some(
        (one) => find(one, "id")!.text === device,
      );
    expect(await shown()).toBe(true);
    expect((await post(vcenter, "/pull", { host: "esx01.example.test", device })).status).toBe(200);
    expect(await shown()).toBe(false);
    expect(
      (await post(vcenter, "/plug", { host: "host-12", device: { address: device, vendor: "1c5c", device: "2839" } }))
        .status,
    ).toBe(200);
    expect(await shown()).toBe(true);
  });

  it.each<[string, string, unknown, string, number]>([
    ["a browser's form", "/pull", { host: "host-12", device }, "text/plain", 415],
    ["what is not JSON", "/pull", "{", "application/json", 400],
    ["JSON without a host", "/pull", { device }, "application/json", 400],
    ["a slot that is empty", "/pull", { host: "host-12", device: "0000:99:00.0" }, "application/json", 409],
    ["a slot that isn't", "/plug", { host: "host-12", device }, "application/json", 409],
    [
      "a device without ids",
      "/plug",
      { host: "host-12", device: { address: "0000:70:00.0" } },
      "application/json",
      409,
    ],
  ])("refuse %s", async (_, path, body, type, status) => {
    const vcenter = await start();
    const answer = await post(vcenter, path, body, type);
    expect([answer.status, (JSON.parse(answer.body) as { error: string }).error]).toEqual([status, expect.any(String)]);
  });

  it("and what else is asked for isn't there", async () => {
    const vcenter = await start();
    expect((await http(vcenter, "/sdk")).status).toBe(404);
    expect((await http(vcenter, "/pull")).status).toBe(404);
  });
});

describe("injected faults", () => {
  const reconfigure = { operation: "ReconfigVM_Task" };

  it("meet the call that they are meant for, and no other", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    const injected = vcenter.faults.inject(
      { ...reconfigure, target: "db", occurrence: 2 },
      { kind: "fault", type: "TaskInProgress" },
    );
    await soap.reconfigure("vm-43", "<annotation>x</annotation>");
    await annotate(soap);
    expect(await code(annotate(soap))).toBe("TaskInProgress");
    await annotate(soap);
    expect(injected.hits).toBe(1);
  });

  it("fail a task before its change, or although it was made", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    vcenter.faults.inject(reconfigure, { kind: "task fault", type: "GenericVmConfigFault", fields: { reason: "x" } });
    expect(await code(annotate(soap, "one"))).toBe("GenericVmConfigFault");
    expect(await noted(soap)).toBe("");
    vcenter.faults.inject(reconfigure, { kind: "task fault", type: "GenericVmConfigFault", afterEffect: true });
    expect(await code(annotate(soap, "two"))).toBe("GenericVmConfigFault");
    expect(await noted(soap)).toBe("two");
  });

  it("cut the connection before the call is carried out, or after", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    vcenter.faults.inject(reconfigure, { kind: "drop", when: "before" });
    expect(await code(annotate(soap, "one"))).toBe("ECONNRESET");
    vcenter.faults.inject(reconfigure, { kind: "drop", when: "after" });
    expect(await code(annotate(soap, "two"))).toBe("ECONNRESET");
    while ((await noted(soap)) === "") await new Promise(setImmediate);
    expect(await noted(soap)).toBe("two");
    expect(
      vcenter
        .calls()
        .filter(({ operation }) => operation === "ReconfigVM_Task")
        .map(({ outcome, task }) => [outcome, task !== undefined]),
    ).toEqual([
      ["no answer", false],
      ["no answer", true],
    ]);
  });

  it("slow a task or an answer down", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    vcenter.faults.inject(reconfigure, { kind: "slow task", delayMs: 200 });
    vcenter.faults.inject({ operation: "CurrentTime" }, { kind: "stall", delayMs: 100 });
    await annotate(soap);
    await soap.call("CurrentTime", "ServiceInstance:ServiceInstance");
    const calls = vcenter.calls();
    const { task } = calls.find(({ operation }) => operation === "ReconfigVM_Task")!;
    expect(Date.parse(task!.completedAt!) - Date.parse(task!.startedAt!)).toBeGreaterThanOrEqual(190);
    expect(calls.find(({ operation }) => operation === "CurrentTime")!.durationMs).toBeGreaterThanOrEqual(90);
  });

  it("are refused if no vCenter could give them", async () => {
    const vcenter = await start();
    expect(() => vcenter.faults.inject({}, { kind: "fault", type: "Nonsense" })).toThrow(/no fault Nonsense/);
    expect(() => vcenter.faults.inject({}, { kind: "fault", type: "TaskInProgress", fields: { nonsense: 1 } })).toThrow(
      /no field nonsense/,
    );
  });

  it("can be taken away", async () => {
    const vcenter = await start();
    const soap = client(vcenter);
    await soap.login();
    vcenter.faults.inject(reconfigure, { kind: "fault", type: "TaskInProgress" }).remove();
    await annotate(soap);
    vcenter.faults.inject(reconfigure, { kind: "fault", type: "TaskInProgress" });
    vcenter.faults.clear();
    await annotate(soap);
  });
});

it("restarts: sessions are lost, tasks kept or forgotten, machines go on", async () => {
  const vcenter = await start();
  const soap = client(vcenter);
  await soap.login();
  const task = (): Promise<string> =>
    soap.reference("ReconfigVM_Task", "VirtualMachine:vm-42", "<spec><annotation>x</annotation></spec>");
  const first = await task();
  vcenter.restart();
  expect(await code(noted(soap))).toBe("NotAuthenticated");
  await soap.login();
  expect(await code(soap.read(first, "info.state"))).toBe("none");
  while ((await soap.text(first, "info.state")) !== "success") await new Promise(setImmediate);
  const second = await task();
  vcenter.restart({ tasks: "forgotten" });
  await soap.login();
  expect(await code(soap.read(second, "info.state"))).toBe("ManagedObjectNotFound");
  expect(await noted(soap)).toBe("x");
});

it("ends waiting requests and connections when it stops", async () => {
  const vcenter = await start();
  const soap = client(vcenter);
  await soap.login();
  const waiting = code(soap.call("WaitForUpdatesEx", "PropertyCollector:propertyCollector"));
  while (!vcenter.calls().some(({ operation }) => operation === "WaitForUpdatesEx")) await new Promise(setImmediate);
  await running.pop()!.stop();
  expect(await waiting).toMatch(/ECONNRESET|RequestCanceled/);
  expect(await code(http(vcenter, "/log"))).toBe("ECONNREFUSED");
});

describe("its inventory", () => {
  it("is read from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "inventory-"));
    try {
      const file = join(folder, "inventory.json");
      await writeFile(
        file,
        JSON.stringify({
          datacenter: "lab",
          hosts: [{ name: "one", devices: [{ address: "0000:3b:00.0", vendor: "8086", device: "0a54" }] }],
          virtualMachines: [{ name: "web", host: "one", devices: ["0000:3b:00.0"] }],
        }),
      );
      const soap = client(await start({ inventory: file }));
      await soap.login();
      const { children } = await soap.call(
        "FindByInventoryPath",
        "SearchIndex:SearchIndex",
        "<inventoryPath>lab/vm/web</inventoryPath>",
      );
      expect(await soap.attached(children[0]!.text)).toEqual({ "0000:3b:00.0": "13000" });
      await writeFile(file, "{");
      await expect(EmbeddedVcenter.start({ inventory: file })).rejects.toThrow(/inventory\.json: this is not JSON/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const device = { address: "0000:3b:00.0", vendor: "8086", device: "0a54" };
  it.each<[string, unknown, RegExp]>([
    ["a missing field", { hosts: [{}] }, /inventory\.hosts\[0\]: "name" is missing/],
    [
      "a field that there isn't",
      { hosts: [{ name: "a", colour: "red" }] },
      /hosts\[0\]: there is no "colour" here; there is name, id/,
    ],
    [
      "a wrong value",
      { hosts: [{ name: "a", memoryGiB: "much" }] },
      /hosts\[0\]\.memoryGiB: a whole number is expected, not "much"/,
    ],
    [
      "a malformed address",
      { hosts: [{ name: "a", devices: [{ ...device, address: "3B:00.0" }] }] },
      /devices\[0\]\.address: a text such as "0000:3b:00\.0" is expected, not "3B:00\.0"/,
    ],
    [
      "a machine on no host",
      { hosts: [], virtualMachines: [{ name: "v", host: "x" }] },
      /v is on a host that isn't there: x/,
    ],
    [
      "a device that the host hasn't",
      { hosts: [{ name: "a" }], virtualMachines: [{ name: "v", host: "a", devices: ["0000:3b:00.0"] }] },
      /v has a device that a hasn't/,
    ],
    [
      "a running machine whose device is not passed through",
      {
        hosts: [{ name: "a", devices: [{ ...device, passthrough: "disabled" }] }],
        virtualMachines: [{ name: "v", host: "a", devices: [device.address] }],
      },
      /v runs with 0000:3b:00\.0/,
    ],
    [
      "one device in two running machines",
      {
        hosts: [{ name: "a", devices: [device] }],
        virtualMachines: ["v", "w"].map((name) => ({ name, host: "a", devices: [device.address] })),
      },
      /the device 0000:3b:00\.0 is there twice/,
    ],
    [
      "one id twice",
      {
        hosts: [
          { name: "a", id: "host-1" },
          { name: "b", id: "host-1" },
        ],
      },
      /the id host-1 is there twice/,
    ],
    [
      "one device twice",
      { hosts: [{ name: "a", devices: [device, device] }] },
      /on a, the device 0000:3b:00\.0 is there twice/,
    ],
    [
      "a passed-through drive that the host uses",
      { hosts: [{ name: "a", devices: [{ ...device, usedFor: "boot" }] }] },
      /its passthrough must be "disabled"/,
    ],
    [
      "a role that there isn't",
      { hosts: [], users: [{ name: "u", password: "p", role: "r" }] },
      /the user u has a role that isn't there: r/,
    ],
  ])("is refused with %s", async (_, inventory, message) => {
    await expect(EmbeddedVcenter.start({ inventory: inventory as never })).rejects.toThrow(message);
  });
});
