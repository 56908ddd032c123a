import { EmbeddedVcenter, type EmbeddedVcenterOptions } from "../../lib/testing";
import { VirtualClock } from "../support/virtual-clock";
import { basic, errorOf, RestRequests } from "./rest-requests";

const running: EmbeddedVcenter[] = [];
async function start(options: EmbeddedVcenterOptions = {}): Promise<{ vcenter: EmbeddedVcenter; rest: RestRequests }> {
  const vcenter = await EmbeddedVcenter.start(options);
  running.push(vcenter);
  return { vcenter, rest: new RestRequests(vcenter) };
}
afterEach(() => Promise.all(running.splice(0).map((vcenter) => vcenter.stop())));

const SESSION = "/rest/com/vmware/cis/session";
const CATEGORIES = "cis/tagging/category";

it("opens a session by user and password, tells of it, and ends it", async () => {
  const { rest } = await start();
  expect(errorOf(await rest.get(CATEGORIES))).toBe("401 unauthenticated");
  expect(await rest.login("eve")).toMatchObject({ status: 200, value: expect.stringMatching(/^\w{32,}$/) as string });
  expect((await rest.get(CATEGORIES)).value).toEqual([]);
  expect((await rest.post("cis/session?~action=get")).value).toMatchObject({ user: "eve" });
  expect(await rest.delete("cis/session")).toMatchObject({ status: 200 });
  expect(errorOf(await rest.get(CATEGORIES))).toBe("401 unauthenticated");
});

it("speaks the form of /api too: values bare, what was made a 201, nothing a 204", async () => {
  const { rest } = await start();
  const opened = await rest.send("POST", "/api/session", { headers: basic("eve", "secret") });
  expect(opened).toMatchObject({ status: 201, body: expect.stringMatching(/^\w{32,}$/) as string });
  rest.sessionId = opened.body as string;
  expect((await rest.send("GET", "/api/session")).body).toMatchObject({ user: "eve" });
  expect((await rest.get(CATEGORIES)).value).toEqual([]);
  expect((await rest.send("GET", "/api/cis/tagging/category")).body).toEqual([]);
  expect(await rest.send("DELETE", "/api/session")).toMatchObject({ status: 204, body: undefined });
  expect(await rest.send("GET", "/api/session")).toMatchObject({
    status: 401,
    body: { error_type: "UNAUTHENTICATED", messages: [{ default_message: "Authentication required." }] },
  });
});

it("gives a cookie to who doesn't say that it uses the header, and takes it for a session", async () => {
  const { rest } = await start();
  const { cookie } = await rest.login();
  expect(cookie).toBe(`vmware-api-session-id=${rest.sessionId}; Path=/; HttpOnly; Secure; SameSite=Strict`);
  const headers = { Cookie: cookie!.replace(/;.*/, "") };
  rest.sessionId = undefined;
  expect((await rest.send("GET", `/rest/com/vmware/${CATEGORIES}`, { headers })).status).toBe(200);
  const other = await rest.send("POST", SESSION, {
    headers: { ...basic("a", "b"), "vmware-use-header-authn": "true" },
  });
  expect(other).toMatchObject({ status: 200, cookie: undefined });
});

it("lets in whom it knows only, and the session of SOAP is another one", async () => {
  const { rest, vcenter } = await start({ credentials: { user: "admin", password: "p:1" } });
  for (const headers of [basic("admin", "p"), basic("eve", "p:1"), { Authorization: "Bearer x" }, {}])
    expect(errorOf(await rest.send("POST", SESSION, { headers }))).toBe("401 unauthenticated");
  await rest.login("admin", "p:1");
  expect((await rest.get(CATEGORIES)).status).toBe(200);
  const login =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Login xmlns="urn:vim25"><_this ' +
    'type="SessionManager">SessionManager</_this><userName>admin</userName><password>p:1</password></Login></e:Body>' +
    "</e:Envelope>";
  const soap = await vcenter.handle(login);
  rest.sessionId = soap.dropped ? "" : soap.cookie;
  expect(rest.sessionId).toMatch(/\w{32,}/);
  expect(errorOf(await rest.get(CATEGORIES))).toBe("401 unauthenticated");
});

it("ends a session that isn't used for too long, and all when they are told to end", async () => {
  const clock = new VirtualClock();
  const { rest, vcenter } = await start({ clock, sessionTimeoutSeconds: 300 });
  await rest.login();
  await clock.sleep(299_000);
  expect((await rest.get(CATEGORIES)).status).toBe(200);
  await clock.sleep(301_000);
  expect(errorOf(await rest.get(CATEGORIES))).toBe("401 unauthenticated");
  await rest.login();
  vcenter.expireSessions();
  expect(errorOf(await rest.get(CATEGORIES))).toBe("401 unauthenticated");
});

it("answers 404 as vCenter does: for what it doesn't serve, and for an item of a content library", async () => {
  const { rest } = await start();
  await rest.login();
  expect(await rest.get("nothing/of/the/kind")).toMatchObject({
    status: 404,
    body: { name: "com.vmware.vapi.rest.httpNotFound", majorErrorCode: 404 },
  });
  expect(await rest.send("GET", "/api/nothing")).toMatchObject({ status: 404, body: { error_type: "NOT_FOUND" } });
  const item = await rest.get("content/library/item/id:42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042");
  expect(errorOf(item)).toBe("404 not_found");
  expect((await rest.get("content/library")).value).toEqual([]);
  expect(errorOf(await rest.post(CATEGORIES, "no JSON"))).toBe("400 invalid_request");
  expect((await rest.get("cis/tagging/tag/id:%zz")).status).toBe(404);
});

it("logs every request by its route, its object and its outcome, without a cookie or a password", async () => {
  const { rest, vcenter } = await start();
  await rest.login("eve", "s3cret-marker");
  const object = { object_id: { type: "VirtualMachine", id: "vm-42" } };
  await rest.post("cis/tagging/tag-association?~action=list-attached-tags", object);
  await rest.get("cis/tagging/tag/id:urn:none");
  await rest.get("nothing");
  const log = vcenter.calls();
  expect(log.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
    "POST /rest/com/vmware/cis/session ok",
    "POST /rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags ok",
    "GET /rest/com/vmware/cis/tagging/tag/id:{tag_id} com.vmware.vapi.std.errors.not_found",
    "GET /rest/com/vmware/nothing com.vmware.vapi.rest.httpNotFound",
  ]);
  expect(log[1]).toMatchObject({
    client: "by hand",
    session: "s1",
    target: { type: "VirtualMachine", value: "vm-42", name: "db" },
    arguments: object,
    virtualMachinePowerState: "poweredOn",
  });
  expect(log[2]).toMatchObject({ arguments: { tag_id: "urn:none" } });
  expect(JSON.stringify(log)).not.toMatch(new RegExp(`s3cret-marker|${rest.sessionId}`));
});

it("lets errors be injected, faults of vim25 in its words, connections that end, late answers", async () => {
  const { rest, vcenter } = await start();
  await rest.login();
  const operation = `GET /rest/com/vmware/${CATEGORIES}`;
  vcenter.faults.inject({ operation }, { kind: "fault", type: "com.vmware.vapi.std.errors.service_unavailable" });
  expect(errorOf(await rest.get(CATEGORIES))).toBe("503 service_unavailable");
  expect((await rest.get(CATEGORIES)).status).toBe(200);
  vcenter.faults.inject({ operation }, { kind: "fault", type: "NoPermission" });
  expect(errorOf(await rest.get(CATEGORIES))).toBe("403 unauthorized");
  vcenter.faults.inject({}, { kind: "fault", type: "HostNotConnected", message: "away" });
  expect(await rest.get(CATEGORIES)).toMatchObject({ status: 500, value: { messages: [{ default_message: "away" }] } });
  vcenter.faults.inject({ operation }, { kind: "drop", when: "before" });
  await expect(rest.get(CATEGORIES)).rejects.toThrow("socket hang up");
  expect(vcenter.calls().at(-1)).toMatchObject({ operation, outcome: "no answer" });
  vcenter.faults.inject({ operation }, { kind: "stall", delayMs: 30 });
  expect((await rest.get(CATEGORIES)).status).toBe(200);
  expect(vcenter.calls().at(-1)!.durationMs).toBeGreaterThanOrEqual(29);
  expect(() => vcenter.faults.inject({}, { kind: "fault", type: "com.vmware.vapi.std.errors.nonsense" })).toThrow(
    "there is no fault",
  );
});
