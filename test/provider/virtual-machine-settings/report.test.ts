import { CallError } from "../../../lib/hotplug/call-error";
import { diagnosticsOf } from "../../../lib/provider/virtual-machine-settings/report";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../../../lib/vim/session/task-error";

const reported = (cause: Error) =>
  diagnosticsOf({
    observed: undefined,
    done: [],
    problems: [{ kind: "failed", error: new CallError("unknown", cause.message, { cause }) }],
  });

// The call of a virtual machine that was off from the start stands alone: no outage surrounds it that tells of it.
test.each([
  [new TaskTimeoutError("task-7", 600), /^task-7 did not end within 600 s and may still be running/],
  [new TaskOutcomeUnknownError("task-7", "vCenter no longer knows it"), /task-7 may still be running\. Look at it/],
])("%s ends an apply with an error that names the task", (error, detail) => {
  expect(reported(error)).toEqual([
    {
      severity: "error",
      summary: "Nobody can tell how a task of vCenter ended",
      detail: expect.stringMatching(detail) as string,
    },
  ]);
});

test("an error that nobody foresaw is thrown on, so that it is seen as a bug", () => {
  expect(() => reported(new TypeError("undefined is not a function"))).toThrow(TypeError);
});
