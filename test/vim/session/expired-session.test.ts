import { VimClient } from "../../../lib/vim/session/client";
import { listHosts } from "../../../lib/vim/find";
import { readVirtualMachines } from "../../../lib/vim/virtual-machine/virtual-machine";
import { startTestVcenter, type TestVcenter } from "../../support/vcenter";

const db = { type: "VirtualMachine", value: "vm-42" };

let vcenter: TestVcenter;
let client: VimClient;

beforeEach(async () => {
  vcenter = await startTestVcenter();
  const {
    VSPHERE_SERVER: server,
    VSPHERE_USER: user,
    VSPHERE_PASSWORD: password,
  } = vcenter.environment as Record<string, string>;
  client = new VimClient({
    server: server!,
    user: user!,
    password: password!,
    ca: vcenter.vcenter.caPem,
    apiTimeoutSeconds: 10,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
  expect(await listHosts(client)).toHaveLength(2);
  vcenter.vcenter.expireSessions();
});

afterEach(async () => {
  await client.close();
  await vcenter.stop();
});

const logins = (): number => vcenter.vcenter.calls().filter(({ operation }) => operation === "Login").length;

it("is renewed when each property of an answer is missing because of it", async () => {
  const [machine] = await readVirtualMachines(client, [db]);
  expect(machine!.name).toBe("db");
  expect(logins()).toBe(2);
});

it("is renewed when a read that starts from nothing it reads finds nothing: silence isn't absence", async () => {
  expect(await listHosts(client)).toHaveLength(2);
  expect(logins()).toBe(2);
});

it("is renewed once for all that notice it together", async () => {
  const found = await Promise.all([
    readVirtualMachines(client, [db]),
    listHosts(client),
    readVirtualMachines(client, [db]),
  ]);
  expect(found.map(({ length }) => length)).toEqual([1, 2, 1]);
  expect(logins()).toBe(2);
});
