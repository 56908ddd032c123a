import { all, find, type SoapFault } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess;
beforeEach(async () => void (running = await startInProcess()));
afterEach(() => running.vcenter.stop());

const annotate = (vm: string): Promise<unknown> => running.soap.reconfigure(vm, "<annotation>x</annotation>");

it("a task is queued, then runs, then succeeds or fails, at the times that it says", async () => {
  const { soap, vcenter } = running;
  const ref = (await soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", "<spec><annotation>x</annotation></spec>"))
    .children[0]!.text;
  const state = (): Promise<string | undefined> => soap.text(`Task:${ref}`, "info.state");
  expect(await state()).toBe("queued");
  await vcenter.world.sleep(50);
  expect(await state()).toBe("running");
  await vcenter.world.sleep(100);
  expect(await state()).toBe("success");
  const { info } = await soap.read(`Task:${ref}`, "info");
  const at = (name: string): number => Date.parse(find(info!, name)!.text);
  expect([at("startTime") - at("queueTime"), at("completeTime") - at("queueTime")]).toEqual([5, 100]);
  await expect(soap.call("CancelTask", `Task:${ref}`)).rejects.toMatchObject({ type: "NotSupported" });
});

it("a failed task carries its fault", async () => {
  const fault = await running.soap.task("PowerOnVM_Task", "VirtualMachine:vm-42").catch((error: SoapFault) => error);
  expect(fault).toMatchObject({ type: "InvalidPowerState", message: "db is poweredOn" });
  expect((fault as SoapFault).field("existingState")).toBe("poweredOn");
});

it("the history of tasks is read by what they were about, page by page", async () => {
  const { soap } = running;
  for (const vm of ["vm-42", "vm-43", "vm-42"]) await annotate(vm);
  await soap.task("PowerOnVM_Task", "VirtualMachine:vm-42").catch(() => undefined);
  const collect = async (filter: string): Promise<string[][]> => {
    const made = await soap.reference(
      "CreateCollectorForTasks",
      "TaskManager:TaskManager",
      `<filter>${filter}</filter>`,
    );
    const pages = [];
    for (;;) {
      const page = all(await soap.call("ReadNextTasks", made, "<maxCount>2</maxCount>"), "key").map(({ text }) => text);
      if (page.length === 0) break;
      pages.push(page);
    }
    await soap.call("DestroyCollector", made);
    return pages;
  };
  const entity = (recursion: string, ref: string): string =>
    "<entity><entity " +
    `type="${ref.split(":")[0]}">${ref.split(":")[1]}</entity><recursion>${recursion}</recursion></entity>`;
  expect(await collect("")).toEqual([
    ["task-1", "task-2"],
    ["task-3", "task-4"],
  ]);
  expect(await collect(entity("self", "VirtualMachine:vm-42"))).toEqual([["task-1", "task-3"], ["task-4"]]);
  expect(await collect(entity("all", "Folder:group-v4"))).toEqual([
    ["task-1", "task-2"],
    ["task-3", "task-4"],
  ]);
  expect(await collect(entity("self", "Folder:group-v4"))).toEqual([]);
  expect(await collect("<state>error</state>")).toEqual([["task-4"]]);
});
