import { all, faultOf, find } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess;
beforeEach(async () => void (running = await startInProcess()));
afterEach(() => running.vcenter.stop());

const ENVELOPE = 'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"';
const MANAGER = '<_this type="PbmProfileProfileManager">ProfileManager</_this>';

/** As govmomi writes it: the session that was opened at /sdk in a header, in no namespace. */
const request = (body: string, cookie = running.soap.cookie): string =>
  `<e:Envelope ${ENVELOPE}><e:Header><vcSessionCookie>${cookie}</vcSessionCookie></e:Header><e:Body>${body}</e:Body>` +
  "</e:Envelope>";

/** A client of the storage policies: it has no cookie of HTTP. */
function pbm(body: string, cookie?: string): ReturnType<typeof running.soap.raw> {
  const client = running.client();
  Object.assign(client, {
    transport: async (envelope: string) => {
      const answer = await running.vcenter.pbm.handle(envelope, { userAgent: "by hand", soapAction: "urn:pbm/2.0" });
      if (answer.dropped) throw new Error("no answer");
      return answer;
    },
  });
  return client.raw(request(body, cookie));
}

const call = (operation: string, parameters: string, self = MANAGER): string =>
  `<${operation} xmlns="urn:pbm">${self}${parameters}</${operation}>`;

const content = call("PbmRetrieveServiceContent", "", '<_this type="PbmServiceInstance">ServiceInstance</_this>');

it("lets in who logged in to vCenter, and nobody else", async () => {
  const answer = await pbm(content);
  expect([answer.name, answer.namespace]).toEqual(["PbmRetrieveServiceContentResponse", "urn:pbm"]);
  expect(find(answer, "profileManager")).toMatchObject({ text: "ProfileManager" });
  expect(find(await pbm(content, `"${running.soap.cookie}"`), "aboutInfo")).toBeDefined();
  expect(await faultOf(pbm(content, "guessed"))).toBe("NotAuthenticated");
  await running.soap.call("Logout", "SessionManager:SessionManager");
  expect(await faultOf(pbm(content))).toBe("NotAuthenticated");
});

it("has the policies that vCenter comes with, by name and id", async () => {
  const resource = "<resourceType><resourceType>STORAGE</resourceType></resourceType>";
  const query = (category: string): string =>
    call("PbmQueryProfile", `${resource}<profileCategory>${category}</profileCategory>`);
  const ids = all(await pbm(query("REQUIREMENT")), "uniqueId").map(({ text }) => text);
  expect(ids).toContain("4d5f673c-536f-11e6-beb8-9e71128cae77");
  expect(all(await pbm(query("RESOURCE")), "uniqueId")).toEqual([]);
  const retrieve = (id: string): string =>
    call("PbmRetrieveContent", `<profileIds><uniqueId>${id}</uniqueId></profileIds>`);
  const names = await Promise.all(ids.map(async (id) => find(await pbm(retrieve(id)), "name")!.text));
  expect(names).toEqual(["vSAN Default Storage Policy", "VM Encryption Policy"]);
  expect(await faultOf(pbm(retrieve("none")))).toBe("InvalidArgument");
});

it("associates none with machines and disks", async () => {
  const query = (type: string, key: string): string =>
    call("PbmQueryAssociatedProfile", `<entity><objectType>${type}</objectType><key>${key}</key></entity>`);
  for (const entity of [query("virtualMachine", "vm-42"), query("virtualDiskId", "vm-42:2000")])
    expect(await pbm(entity)).toMatchObject({ name: "PbmQueryAssociatedProfileResponse", children: [] });
});

it("keeps the two services apart, and logs and disturbs both", async () => {
  expect(await faultOf(running.soap.send(content))).toBe("InvalidRequest");
  expect(await faultOf(running.soap.call("PbmRetrieveServiceContent", "PbmServiceInstance:ServiceInstance"))).toBe(
    "InvalidRequest",
  );
  const time = '<CurrentTime xmlns="urn:pbm"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>';
  expect(await faultOf(pbm(time))).toBe("InvalidRequest");
  running.vcenter.faults.inject(
    { operation: "PbmRetrieveServiceContent" },
    { kind: "fault", type: "HostNotConnected" },
  );
  expect(await faultOf(pbm(content))).toBe("HostNotConnected");
  expect(running.vcenter.log.at(-1)).toMatchObject({
    operation: "PbmRetrieveServiceContent",
    outcome: "HostNotConnected",
    session: "s1",
    target: { type: "PbmServiceInstance" },
  });
});
