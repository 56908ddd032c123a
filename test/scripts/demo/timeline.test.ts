import type { CallLogEntry } from "../../../lib/simulator/call-log";
import { deviceCalls, renderTimeline } from "../../../scripts/demo/timeline";

const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, 0, ms)).toISOString();

function reconfigure(
  sequence: number,
  startMs: number,
  change: object,
  overrides: Partial<CallLogEntry> = {},
): CallLogEntry {
  return {
    sequence,
    startedAt: at(startMs),
    durationMs: 5,
    client: "us (pid 1)",
    session: "s1",
    operation: "ReconfigVM_Task",
    target: { type: "VirtualMachine", value: "vm-42", name: "db" },
    arguments: { spec: { changeVersion: "3", deviceChange: [change] } },
    outcome: "ok",
    task: { id: `task-${sequence}`, state: "success", completedAt: at(startMs + 300) },
    virtualMachinePowerState: "poweredOn",
    read: [],
    ...overrides,
  };
}
function read(sequence: number, startMs: number, overrides: Partial<CallLogEntry> = {}): CallLogEntry {
  return {
    ...reconfigure(sequence, startMs, {}),
    operation: "RetrievePropertiesEx",
    arguments: {},
    task: undefined,
    read: [{ type: "VirtualMachine", value: "vm-42", paths: ["name", "config.hardware.device"] }],
    ...overrides,
  };
}
const ADD = { operation: "add", device: { key: -1, backing: { id: "0000:3b:00.0" } } };
const REMOVE = { operation: "remove", device: { key: 13000 } };

test("each call is one line: time, virtual machine, operation, device, task, duration, verified", () => {
  const log = [
    reconfigure(1, 0, ADD),
    read(2, 310),
    reconfigure(3, 400, REMOVE, { virtualMachinePowerState: "poweredOff" }),
    read(4, 710),
  ];
  expect(renderTimeline(deviceCalls(log, new Map([[13000, "0000:3b:00.0"]])))).toEqual([
    "12:00:00.000  db  hot-add      0000:3b:00.0  task-1  300 ms  verified",
    "12:00:00.400  db  cold-remove  0000:3b:00.0  task-3  300 ms  verified",
  ]);
});

test.each<[string, CallLogEntry[]]>([
  ["a read before the task's end", [reconfigure(1, 0, ADD), read(2, 100)]],
  ["a read only after the next call", [reconfigure(1, 0, ADD), reconfigure(2, 310, REMOVE), read(3, 700)]],
  ["another client's read", [reconfigure(1, 0, ADD), read(2, 310, { client: "govc" })]],
  [
    "a read of another virtual machine",
    [
      reconfigure(1, 0, ADD),
      read(2, 310, { read: [{ type: "VirtualMachine", value: "vm-43", paths: ["config.hardware.device"] }] }),
    ],
  ],
  [
    "a read of something else",
    [reconfigure(1, 0, ADD), read(2, 310, { read: [{ type: "VirtualMachine", value: "vm-42", paths: ["name"] }] })],
  ],
])("%s verifies nothing", (_name, log) => {
  expect(deviceCalls(log, new Map())[0]?.verified).toBe(false);
  expect(renderTimeline(deviceCalls(log, new Map()))[0]).toContain("NOT VERIFIED");
});

test("a wait that began before the task's end and answered after it verifies", () => {
  expect(deviceCalls([reconfigure(1, 0, ADD), read(2, 100, { durationMs: 250 })], new Map())[0]?.verified).toBe(true);
});

test("two devices, and what stands beside them, are counted", () => {
  const both = reconfigure(1, 0, ADD, {
    arguments: { spec: { changeVersion: "3", numCPUs: 4, deviceChange: [ADD, REMOVE] } },
  });
  expect(deviceCalls([both], new Map())[0]).toMatchObject({ deviceChanges: 2, fieldsBeside: ["numCPUs"] });
});
