import type { ServerResponse } from "node:http";
import { envelope, type ScriptedVcenter, until } from "../scripted-vcenter";

/** The vCenter's side of ListView, filter and WaitForUpdatesEx: a wait is answered when the test says what happened. */
export class Updates {
  readonly pending: ServerResponse[] = [];
  #version = 0;

  constructor(vcenter: ScriptedVcenter) {
    vcenter.scripts.CreateListView = () => '<returnval type="ListView">view-1</returnval>';
    vcenter.scripts.ModifyListView = () => "";
    vcenter.scripts.CreateFilter = () => '<returnval type="PropertyFilter">filter-1</returnval>';
    for (const method of ["CancelWaitForUpdates", "DestroyPropertyFilter", "DestroyView"])
      vcenter.scripts[method] = () => "";
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

export const change = (name: string, val: string): string =>
  `<changeSet><name>${name}</name><op>assign</op>${val}</changeSet>`;
export const update = (id: number, ...changes: string[]): string =>
  `<objectSet><kind>modify</kind><obj type="Task">task-${id}</obj>${changes.join("")}</objectSet>`;
export const state = (value: string): string => change("info.state", `<val xsi:type="TaskInfoState">${value}</val>`);
