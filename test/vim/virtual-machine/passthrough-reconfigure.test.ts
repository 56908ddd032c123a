import {
  addPassthroughDevice,
  removePassthroughDevice,
} from "../../../lib/vim/virtual-machine/passthrough-reconfigure";
import { ScriptedFault, ScriptedVcenter } from "../scripted-vcenter";
import { ended, page } from "../session/task-updates";

const vm = { type: "VirtualMachine", value: "vm-42" };
const device = { address: "0000:3b:00.0", vendorId: 0x8086, deviceId: 0xa824, systemId: "sys", deviceName: "NVMe" };
const limit = { taskTimeoutSeconds: 60 };

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.ReconfigVM_Task = () => '<returnval type="Task">task-1</returnval>';
  vcenter.scripts.CreateCollectorForTasks = () => '<returnval type="TaskHistoryCollector">history-1</returnval>';
  vcenter.scripts.CreateFilter = () => '<returnval type="PropertyFilter">filter-1</returnval>';
  vcenter.scripts.WaitForUpdatesEx = () =>
    "<returnval><version>1</version><filterSet><filter " +
    `type="PropertyFilter">filter-1</filter>${page(ended(1))}</filterSet></returnval>`;
});
afterEach(() => vcenter.stop());
const spec = (): string | undefined =>
  /<vim25:spec>.*<\/vim25:spec>/
    .exec(vcenter.requests.find(({ method }) => method === "ReconfigVM_Task")!.body)?.[0]
    .replaceAll("vim25:", "");

test(
  "adding sends one device and its change version, in the schema's order, with a signed vendor id and a hex " +
    "device id",
  async () => {
    await addPassthroughDevice(vcenter.client(), vm, { device, changeVersion: "v7" }, limit);
    expect(spec()).toBe(
      "<spec><changeVersion>v7</changeVersion><deviceChange><operation>add</operation><device " +
        'xsi:type="VirtualPCIPassthrough"><key>-1</key>' +
        "<backing " +
        'xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><deviceName>NVMe</deviceName>' +
        "<id>0000:3b:00.0</id><deviceId>a824</deviceId>" +
        "<systemId>sys</systemId><vendorId>-32634</vendorId></backing></device></deviceChange></spec>",
    );
  },
);

test("removing goes by the VM's own key and says nothing of the host", async () => {
  await removePassthroughDevice(vcenter.client(), vm, { key: 13001, changeVersion: "v8" }, limit);
  expect(spec()).toBe(
    "<spec><changeVersion>v8</changeVersion><deviceChange><operation>remove</operation><device " +
      'xsi:type="VirtualPCIPassthrough"><key>13001</key></device></deviceChange></spec>',
  );
});

test("a fault of the call itself is passed on and nothing is waited for", async () => {
  vcenter.scripts.ReconfigVM_Task = () => {
    throw new ScriptedFault("TaskInProgress", '<task type="Task">task-9</task>');
  };
  await expect(
    addPassthroughDevice(vcenter.client(), vm, { device, changeVersion: "v7" }, limit),
  ).rejects.toMatchObject({ type: "TaskInProgress", properties: { task: { value: "task-9" } } });
  expect(vcenter.methods).not.toContain("WaitForUpdatesEx");
});

test("cancelled before it is sent, nothing is sent; cancelled once sent, the task's id is told", async () => {
  const cancel = new AbortController();
  const client = vcenter.client();
  vcenter.scripts.ReconfigVM_Task = () => {
    cancel.abort();
    return '<returnval type="Task">task-1</returnval>';
  };
  await expect(
    addPassthroughDevice(client, vm, { device, changeVersion: "v7" }, { ...limit, signal: cancel.signal }),
  ).rejects.toMatchObject({ name: "TaskOutcomeUnknownError", taskId: "task-1" });
  const sent = vcenter.requests.length;
  await expect(
    addPassthroughDevice(client, vm, { device, changeVersion: "v7" }, { ...limit, signal: cancel.signal }),
  ).rejects.toThrow();
  expect(vcenter.requests).toHaveLength(sent);
});
