import type { ServerResponse } from "node:http";
import { envelope, type ScriptedVcenter, until } from "../scripted-vcenter";

/** The vCenter's side of filters, history and WaitForUpdatesEx: a wait is answered when the test says what happened. */
export class Updates {
  readonly pending: ServerResponse[] = [];
  #version = 0;

  constructor(vcenter: ScriptedVcenter) {
    vcenter.scripts.CreateCollectorForTasks = () => '<returnval type="TaskHistoryCollector">history-1</returnval>';
    vcenter.scripts.CreateFilter = () => '<returnval type="PropertyFilter">filter-1</returnval>';
    for (const method of ["CancelWaitForUpdates", "DestroyPropertyFilter"]) vcenter.scripts[method] = () => "";
    vcenter.scripts.WaitForUpdatesEx = (_request, response) => void this.pending.push(response);
  }

  async say(...objects: string[]): Promise<void> {
    await until(() => this.pending.length > 0);
    const set =
      `<version>${++this.#version}</version><filterSet><filter ` +
      `type="PropertyFilter">filter-1</filter>${objects.join("")}</filterSet>`;
    const result = objects.length > 0 ? `<returnval>${set}</returnval>` : "";
    this.pending
      .shift()!
      .writeHead(200)
      .end(envelope(`<WaitForUpdatesExResponse xmlns="urn:vim25">${result}</WaitForUpdatesExResponse>`));
  }
}

const change = (name: string, val: string): string =>
  `<changeSet><name>${name}</name><op>assign</op>${val}</changeSet>`;
const update = (type: string, id: string, ...changes: string[]): string =>
  `<objectSet><kind>modify</kind><obj type="${type}">${id}</obj>${changes.join("")}</objectSet>`;

/** A task as the page of a history has it. */
export const ended = (id: number, state = "success", error = ""): string =>
  `<TaskInfo><key>task-${id}</key><task type="Task">task-${id}</task><descriptionId>x</descriptionId>` +
  `<state>${state}</state><cancelled>false</cancelled><cancelable>false</cancelable>${error}</TaskInfo>`;
/** The page of the history, with all tasks that have ended. */
export const page = (...tasks: string[]): string =>
  update(
    "TaskHistoryCollector",
    "history-1",
    change("latestPage", `<val xsi:type="ArrayOfTaskInfo">${tasks.join("")}</val>`),
  );
/** Another name for a virtual machine that is followed. */
export const renamed = (name: string): string =>
  update("VirtualMachine", "vm-1", change("name", `<val xsi:type="xsd:string">${name}</val>`));

/** What reading tasks answers, by their numbers. */
export const readStates = (states: Record<number, string>): string =>
  `<returnval>${Object.entries(states)
    .map(
      ([id, state]) =>
        `<objects><obj type="Task">task-${id}</obj><propSet><name>info.state</name><val ` +
        `xsi:type="TaskInfoState">${state}</val></propSet></objects>`,
    )
    .join("")}</returnval>`;
