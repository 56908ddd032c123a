import { inspect } from "node:util";
import type { VimClient } from "../../../lib/vim/session/client";
import { credentials, ScriptedVcenter, until } from "../scripted-vcenter";

/** Where a client has what must not be seen. */
interface Secretive {
  credentials(): object;
  endpoint: { transport: { agent(): object; cookies(): object } };
}

const print = (value: unknown): string => inspect(value, { depth: 9, showHidden: true, maxStringLength: null });
const SECRETS = ["marker-p4ssw0rd", "marker-c00kie", "marker-k3y"];
const shown = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret));

let vcenter: ScriptedVcenter;
let client: VimClient;

beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  const login = vcenter.scripts.Login!;
  vcenter.scripts.Login = (request, response) =>
    (login(request, response) as string).replace("<key>1</key>", "<key>marker-k3y</key>");
  client = vcenter.client();
});
afterEach(() => vcenter.stop());

/** Prints `value` before the login, while a request with the cookie is under way, and while a task is waited for. */
async function printedAllAlong(value: () => unknown): Promise<string[]> {
  const printed = [print(value())];
  const answers = {
    CreateCollectorForTasks: '<returnval type="TaskHistoryCollector">history</returnval>',
    CreateFilter: '<returnval type="PropertyFilter">filter</returnval>',
  };
  for (const [method, answer] of Object.entries(answers)) vcenter.scripts[method] = () => answer;
  for (const method of ["CancelWaitForUpdates", "DestroyPropertyFilter"]) vcenter.scripts[method] = () => "";
  vcenter.scripts.FindByInventoryPath = () => {
    printed.push(print(value()));
    return '<returnval type="VirtualMachine">vm-42</returnval>';
  };
  vcenter.scripts.WaitForUpdatesEx = () => undefined;
  await client.call(
    "FindByInventoryPath",
    { type: "SearchIndex", value: "SearchIndex" },
    { inventoryPath: "/dc/vm/x" },
  );
  const cancel = new AbortController();
  const wait = { taskTimeoutSeconds: 30, signal: cancel.signal };
  const waiting = client.waitForTask({ type: "Task", value: "task-1" }, wait).catch(() => undefined);
  await until(() => vcenter.methods.includes("WaitForUpdatesEx"));
  printed.push(print(value()));
  cancel.abort();
  await waiting;
  return printed;
}

test("a client that is printed shows no password, cookie or session, nor does what holds one", async () => {
  const printed = await printedAllAlong(() => ({ holder: { client } }));
  expect(printed.map(shown)).toEqual([[], [], []]);
});

test.each<[string, (secretive: Secretive) => unknown, string[][]]>([
  ["credentials", (held) => held.credentials(), [["marker-p4ssw0rd"], ["marker-p4ssw0rd"], ["marker-p4ssw0rd"]]],
  ["cookies", (held) => held.endpoint.transport.cookies(), [[], ["marker-c00kie"], ["marker-c00kie"]]],
  ["connections", (held) => held.endpoint.transport.agent(), [[], ["marker-c00kie"], ["marker-c00kie"]]],
])("its %s would show them, were they not hidden", async (_, find, expected) => {
  const printed = await printedAllAlong(() => ({ holder: { client: find(client as unknown as Secretive) } }));
  expect(printed.map(shown)).toEqual(expected);
});

test("the client itself shows neither password nor cookie nor requests when it is inspected", async () => {
  vcenter.scripts.ReconfigVM_Task = () => '<returnval type="Task">task-1</returnval>';
  await client.call(
    "ReconfigVM_Task",
    { type: "VirtualMachine", value: "vm-42" },
    { spec: { changeVersion: "marker-b0dy" } },
  );
  for (const secret of [credentials.password, ...SECRETS, "marker-b0dy"])
    expect(inspect(client, { depth: Infinity, showHidden: true }) + JSON.stringify(client)).not.toContain(secret);
});
