import { faultText } from "../../../lib/vim/fault-text";
import { isFault, type VimFault } from "../../../lib/vim/wire/fault";
import { credentials, envelope, ManualClock, ScriptedFault, ScriptedVcenter, until } from "../scripted-vcenter";

const searchIndex = { type: "SearchIndex", value: "SearchIndex" };
const find = { inventoryPath: "/dc/vm/x" };
const vm = { type: "VirtualMachine", value: "vm-42" };

let vcenter: ScriptedVcenter;

beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.FindByInventoryPath = () => '<returnval type="VirtualMachine">vm-42</returnval>';
});
afterEach(() => vcenter.stop());

const expireOnce = (method: string, answer: string): void => {
  let expired = false;
  vcenter.scripts[method] = () => {
    if (!expired) {
      expired = true;
      throw new ScriptedFault("NotAuthenticated");
    }
    return answer;
  };
};
const count = (method: string): number => vcenter.methods.filter((name) => name === method).length;

test("nothing is sent before it is needed, and about needs no login", async () => {
  const client = vcenter.client();
  expect(vcenter.requests).toEqual([]);
  await expect(client.about()).resolves.toMatchObject({ apiType: "VirtualCenter" });
  expect(vcenter.methods).toEqual(["RetrieveServiceContent"]);
});

test("parallel callers share one login, and its cookie is sent from then on", async () => {
  const client = vcenter.client();
  const found = await Promise.all([1, 2, 3, 4].map(() => client.call("FindByInventoryPath", searchIndex, find)));
  expect(found[3]).toEqual(vm);
  expect(count("Login")).toBe(1);
  expect(count("RetrieveServiceContent")).toBe(1);
  for (const { method, cookie } of vcenter.requests.slice(2))
    expect([method, cookie]).toEqual(["FindByInventoryPath", "vmware_soap_session=marker-c00kie"]);
});

test("the password travels escaped and unharmed", async () => {
  await vcenter.client().call("FindByInventoryPath", searchIndex, find);
  const login = vcenter.requests.find(({ method }) => method === "Login")!;
  expect(login.body).toContain("marker-p4ssw0rd&lt;&amp;&gt;&quot;&apos;");
  expect(login.body).toContain(credentials.user);
});

test("an expired session is renewed once for all callers and their calls are made again", async () => {
  vcenter.scripts.Login = (_request, response) => {
    response.setHeader("Set-Cookie", `vmware_soap_session=session-${count("Login")}`);
    return "<returnval><key>1</key><userName>u</userName></returnval>";
  };
  const client = vcenter.client();
  await client.call("FindByInventoryPath", searchIndex, find);
  vcenter.scripts.FindByInventoryPath = ({ cookie }) => {
    if (cookie === "vmware_soap_session=session-1") throw new ScriptedFault("NotAuthenticated");
    return '<returnval type="VirtualMachine">vm-7</returnval>';
  };
  const found = await Promise.all([1, 2, 3].map(() => client.call("FindByInventoryPath", searchIndex, find)));
  expect(found.map((reference) => reference?.value)).toEqual(["vm-7", "vm-7", "vm-7"]);
  expect(count("Login")).toBe(2);
});

test(
  "a call that writes is made again when it was refused as not authenticated, since it was not " + "carried out",
  async () => {
    expireOnce("ReconfigVM_Task", '<returnval type="Task">task-1</returnval>');
    await expect(vcenter.client().call("ReconfigVM_Task", vm, { spec: {} })).resolves.toEqual({
      type: "Task",
      value: "task-1",
    });
    expect(count("ReconfigVM_Task")).toBe(2);
  },
);

test("a session that can't be kept ends in the fault, not in a loop", async () => {
  vcenter.scripts.FindByInventoryPath = () => {
    throw new ScriptedFault("NotAuthenticated");
  };
  await expect(vcenter.client().call("FindByInventoryPath", searchIndex, find)).rejects.toMatchObject({
    type: "NotAuthenticated",
  });
  expect(count("FindByInventoryPath")).toBe(2);
});

test("a password that was refused is not tried again, lest the account be locked", async () => {
  vcenter.scripts.Login = () => {
    throw new ScriptedFault("InvalidLogin", "", "Cannot complete login");
  };
  const client = vcenter.client();
  for (let i = 0; i < 3; i++)
    await expect(client.call("FindByInventoryPath", searchIndex, find)).rejects.toMatchObject({ type: "InvalidLogin" });
  expect(count("Login")).toBe(1);
});

test("a login that failed otherwise is tried again by the next call", async () => {
  const login = vcenter.scripts.Login!;
  vcenter.scripts.Login = () => {
    throw new ScriptedFault("InvalidState");
  };
  const client = vcenter.client();
  await expect(client.call("FindByInventoryPath", searchIndex, find)).rejects.toMatchObject({ type: "InvalidState" });
  vcenter.scripts.Login = login;
  await expect(client.call("FindByInventoryPath", searchIndex, find)).resolves.toEqual(vm);
});

test("a caller who cancels doesn't take the shared login from the others", async () => {
  const client = vcenter.client();
  let answer = (): void => undefined;
  const login = vcenter.scripts.Login!;
  vcenter.scripts.Login = (request, response) => {
    const session = login(request, response) as string;
    answer = () => response.writeHead(200).end(envelope(`<LoginResponse xmlns="urn:vim25">${session}</LoginResponse>`));
  };
  const cancel = new AbortController();
  const cancelled = client.call("FindByInventoryPath", searchIndex, find, { signal: cancel.signal });
  const other = client.call("FindByInventoryPath", searchIndex, find);
  await until(() => count("Login") === 1);
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ kind: "aborted", outcomeUnknown: false });
  answer();
  await expect(other).resolves.toEqual(vm);
});

test(
  "close logs out, even though every caller has cancelled, and nothing follows; a client that never logged in " +
    "sends nothing",
  async () => {
    const client = vcenter.client();
    await client.call("FindByInventoryPath", searchIndex, find);
    await client.close();
    expect(vcenter.methods.at(-1)).toBe("Logout");
    const before = vcenter.requests.length;
    await vcenter.client().close();
    await expect(client.call("FindByInventoryPath", searchIndex, find)).rejects.toMatchObject({ kind: "aborted" });
    expect(vcenter.requests).toHaveLength(before);
  },
);

test("close does not wait for a server that has fallen silent", async () => {
  const clock = new ManualClock();
  const client = vcenter.client({ clock });
  await client.call("FindByInventoryPath", searchIndex, find);
  vcenter.scripts.Logout = () => undefined;
  const closed = client.close();
  await until(() => count("Logout") === 1);
  clock.advance(6);
  await closed;
});

test.each([
  ["8.0.2.0", "urn:vim25/8.0.1.0"],
  ["8.0.3.0", "urn:vim25/8.0.3.0"],
  ["8.0.1.0", "urn:vim25/8.0.1.0"],
  ["9.0.0.0", "urn:vim25/9.0.0.0"],
  ["7.0.3.0", "urn:vim25/7.0.3.0"],
])("a server of API version %s is spoken to as %s", async (version, action) => {
  const content = vcenter.scripts.RetrieveServiceContent!;
  vcenter.scripts.RetrieveServiceContent = (request, response) =>
    (content(request, response) as string).replace("8.0.1.0", version);
  await vcenter.client().call("FindByInventoryPath", searchIndex, find);
  expect(vcenter.requests.at(-1)?.soapAction).toBe(`"${action}"`);
});

test("a server too old for our version still says what it is", async () => {
  const content = vcenter.scripts.RetrieveServiceContent!;
  vcenter.scripts.RetrieveServiceContent = (request, response) => {
    if (request.soapAction?.includes("8.0.1.0")) throw new ScriptedFault("InvalidRequest", "", "Unsupported version");
    return (content(request, response) as string).replace("8.0.1.0", "7.0.0.0");
  };
  await expect(vcenter.client().about()).resolves.toMatchObject({ apiVersion: "7.0.0.0" });
});

test("a field newer than the server is never sent", async () => {
  const content = vcenter.scripts.RetrieveServiceContent!;
  vcenter.scripts.RetrieveServiceContent = (request, response) =>
    (content(request, response) as string).replace("8.0.1.0", "8.0.0.1");
  const client = vcenter.client();
  await expect(client.call("ReconfigVM_Task", vm, { spec: { fixedPassthruHotPlugEnabled: true } })).rejects.toThrow(
    "8.0.1.0 or later",
  );
  expect(count("ReconfigVM_Task")).toBe(0);
});

test("a fault is told by its type and its bases", async () => {
  vcenter.scripts.ReconfigVM_Task = () => {
    throw new ScriptedFault(
      "NoPermission",
      '<object type="VirtualMachine">vm-42</object><privilegeId>VirtualMachine.Config.AddRemoveDevice</privilegeId>',
      "denied",
    );
  };
  const error: unknown = await vcenter
    .client()
    .call("ReconfigVM_Task", vm, { spec: {} })
    .catch((reason: unknown) => reason);
  expect(isFault(error, "NoPermission") && isFault(error, "SecurityError") && !isFault(error, "InvalidState")).toBe(
    true,
  );
  expect(error).toMatchObject({ privilegeId: "VirtualMachine.Config.AddRemoveDevice", object: vm });
});

test.each(["type", "message", "a field's name", "a field's value", "a cause's type", "a cause's message"])(
  "a password that a fault has in %s is cut out of it",
  async (place) => {
    const password = "marker-p4ssw0rd";
    const at = (which: string, usual: string): string => (which === place ? password : usual);
    const cause =
      `<faultCause><fault xsi:type="${at("a cause's type", "Cause")}"/>` +
      `<localizedMessage>${at("a cause's message", "why")}</localizedMessage></faultCause>`;
    const name = at("a field's name", "reason");
    vcenter.scripts.FindByInventoryPath = () => {
      throw new ScriptedFault(
        at("type", "SystemError"),
        `${cause}<${name}>${at("a field's value", "none")}</${name}>`,
        at("message", "no"),
      );
    };
    const client = vcenter.client({ password });
    const error = await client.call("FindByInventoryPath", searchIndex, find).catch((reason: unknown) => reason);
    const { type, message, types, properties } = error as VimFault;
    const shown = JSON.stringify({ type, message, types, properties }) + faultText(error as VimFault);
    expect(shown).not.toContain(password);
    expect(shown).toContain("(redacted)");
  },
);

test("the log tells of each request what was called and how it went, and nothing of what was in it", async () => {
  const lines: unknown[] = [];
  const client = vcenter.client({ log: (level, message, fields) => lines.push([level, message, fields.outcome]) });
  await client.call("FindByInventoryPath", searchIndex, { inventoryPath: "/marker" });
  expect(lines).toEqual([
    ["debug", "RetrieveServiceContent on ServiceInstance: ok", "ok"],
    ["debug", "Login on SessionManager: ok", "ok"],
    ["debug", "FindByInventoryPath on SearchIndex: ok", "ok"],
  ]);
  expect(JSON.stringify(lines)).not.toContain("marker");
});
