import type { CallLogEntry } from "../lib/simulator/call-log";
import { brokenCallRules, hotPlugCalls } from "./support/call-rules";

const CHANGE = { operation: "add", device: {} };

function call(sequence: number, seconds: number, overrides: Partial<CallLogEntry> = {}): CallLogEntry {
  const at = (offset: number): string => new Date((seconds + offset) * 1000).toISOString();
  return {
    sequence,
    startedAt: at(0),
    client: "cdktf-vsphere-hotplug/0.1.0 (pid 1)",
    session: "s1",
    operation: "ReconfigVM_Task",
    target: { type: "VirtualMachine", value: "vm-42" },
    arguments: { spec: { changeVersion: "7", deviceChange: [CHANGE] } },
    outcome: "ok",
    task: { id: `task-${sequence}`, state: "success", startedAt: at(0), completedAt: at(2) },
    virtualMachinePowerState: "poweredOn",
    read: [],
    ...overrides,
  };
}
const spec = (fields: object): Partial<CallLogEntry> => ({ arguments: { spec: fields } });

test("calls with one device each, one after the other, break no rule", () => {
  const log = [call(1, 0), call(2, 2)];
  expect(brokenCallRules(log)).toEqual([]);
  expect(hotPlugCalls(log)).toHaveLength(2);
});

test.each<[string, CallLogEntry[], RegExp]>([
  ["two devices in one call", [call(1, 0, spec({ deviceChange: [CHANGE, CHANGE] }))], /carries 2 device changes/],
  [
    "another change beside a device",
    [call(1, 0, spec({ deviceChange: [CHANGE], numCPUs: 4 }))],
    /carries numCPUs beside/,
  ],
  [
    "two calls of one process in flight on a virtual machine",
    [call(1, 0), call(2, 1)],
    /Call 2 .* began while Call 1 /,
  ],
  [
    "a call while an earlier one never ended",
    [call(1, 0, { task: { id: "task-1", state: "running" } }), call(2, 99)],
    /began while/,
  ],
  ["a call by REST", [call(1, 0, { operation: "GET /rest/com/vmware/cis/tagging/tag" })], /is none of vim25/],
  ["a call to the storage policies", [call(1, 0, { operation: "PbmQueryProfile" })], /is none of vim25/],
])("%s is seen", (_name, log, message) => {
  expect(brokenCallRules(log)).toEqual([expect.stringMatching(message) as unknown]);
});

test.each<[string, CallLogEntry[]]>([
  [
    "a virtual machine that is off",
    [call(1, 0, { ...spec({ deviceChange: [CHANGE, CHANGE] }), virtualMachinePowerState: "poweredOff" })],
  ],
  ["other clients by REST", [call(1, 0, { operation: "GET /rest/com/vmware/cis/tagging/tag", client: "govc/1" })]],
  ["other clients", [call(1, 0, { ...spec({ deviceChange: [CHANGE, CHANGE] }), client: "govc/1" })]],
  ["settings without a device", [call(1, 0, spec({ memoryReservationLockedToMax: true }))]],
  ["two processes at once", [call(1, 0), call(2, 1, { client: "cdktf-vsphere-hotplug/0.1.0 (pid 2)" })]],
  ["two virtual machines at once", [call(1, 0), call(2, 1, { target: { type: "VirtualMachine", value: "vm-43" } })]],
  ["a call that vCenter refused", [call(1, 0, { outcome: "TaskInProgress", task: undefined }), call(2, 1)]],
])("%s are not what the rules are about", (_name, log) => {
  expect(brokenCallRules(log)).toEqual([]);
});
