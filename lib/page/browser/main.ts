import type { Controls, Hand, PageEvent, Subject } from "../view";
import { Connection } from "./connection";
import { byId, timeOfDay } from "./element";
import { History, type Line } from "./history";
import { drawLegend, Slots } from "./slots";
import { isChange, stageText, Timeline, titleOf } from "./timeline";
import { VirtualMachines } from "./virtual-machines";

const TROUBLE_SHOWN_MS = 12_000;

/** The token stands in the address, and is remembered by this tab. */
function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) sessionStorage.setItem("token", given);
  return given ?? sessionStorage.getItem("token") ?? "";
}

class Page {
  private readonly history = new History();
  private readonly changed = new Set<Line>();
  private subject?: Subject;
  private controls: Controls = { failsNextTask: false, slowSeconds: 0 };
  private vcenterTrouble?: { at: string; reason?: string };
  private state: "live" | "lost" | "ended" | "waiting" = "waiting";
  private lostAt = "";
  /** The line that is looked back to. */
  private moment?: Line;
  private isDrawing = false;
  private readonly hasHands = (): boolean => this.subject?.hasHands === true;
  private readonly slots = new Slots(byId("host-list"), this.hasHands);
  private readonly virtualMachines = new VirtualMachines(byId("virtual-machine-list"), this.hasHands);
  private readonly timeline = new Timeline(byId("timeline"), (line) => this.lookBack(line));
  private readonly connection: Connection;

  constructor(token: string) {
    drawLegend(byId("legend"));
    this.connection = new Connection(token, {
      onSubject: (subject) => this.takeSubject(subject),
      onEvents: (events) => this.take(events),
      onState: (state) => {
        if (state !== "live" && this.state === "live") this.lostAt = new Date().toISOString();
        this.state = state;
        this.drawLater();
      },
    });
    document.addEventListener("click", ({ target }) => this.click(target as Element));
    byId("earlier").addEventListener("click", () => this.step(-1));
    byId("later").addEventListener("click", () => this.step(1));
    byId("now").addEventListener("click", () => this.lookBack(undefined));
    byId("timeline").addEventListener("keydown", (event) => this.key(event));
    byId("only-changes").addEventListener("change", ({ target }) => {
      this.timeline.showOnlyChanges((target as HTMLInputElement).checked);
    });
  }

  private takeSubject(subject: Subject): void {
    this.subject = subject;
    document.title = `${subject.title} · vsphere-hotplug`;
    byId("title").textContent = subject.title;
    byId("source").textContent = subject.source;
    byId("controls").hidden = !subject.hasHands;
    // Without calls there are changes alone.
    (byId("only-changes").parentElement as HTMLElement).hidden = !subject.showsCalls;
  }

  private take(events: readonly PageEvent[]): void {
    const isNews = this.history.length > 0;
    for (const event of events) {
      const line = this.history.add(event);
      if (line) this.changed.add(line);
      if (line && isNews) tell(line);
      if (event.kind === "controls") this.controls = event.controls;
      if (event.kind === "vcenter") this.vcenterTrouble = event.reachable ? undefined : event;
    }
    this.drawLater();
  }

  /** What comes at once is drawn at once. */
  private drawLater(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    const draw = (): void => {
      this.isDrawing = false;
      this.draw();
    };
    if (document.hidden) setTimeout(draw, 200);
    else requestAnimationFrame(draw);
  }

  private draw(): void {
    const scene = this.moment ? this.history.sceneAt(this.moment.settled) : this.history.scene;
    this.slots.draw(scene);
    this.virtualMachines.draw(scene);
    this.timeline.draw(this.changed);
    this.changed.clear();
    this.drawStatus();
    this.drawMoment();
    press("fail next task", this.controls.failsNextTask);
    press("slow tasks", this.controls.slowSeconds > 0);
  }

  private drawStatus(): void {
    const [state, words] = this.status();
    const status = byId("status");
    if (status.textContent !== words) status.textContent = words;
    status.dataset["state"] = state;
  }

  private status(): [state: string, words: string] {
    if (this.state === "ended")
      return ["ended", "The address of this page no longer holds: open the one that was printed last."];
    if (this.state === "lost")
      return ["lost", `Connection lost${this.lostAt && ` at ${timeOfDay(this.lostAt)}`}; trying again …`];
    if (this.state === "waiting") return ["waiting", "Connecting …"];
    if (this.vcenterTrouble) {
      const { at, reason } = this.vcenterTrouble;
      return ["lost", `vCenter can't be asked since ${timeOfDay(at)}, and is tried again: ${reason ?? ""}`];
    }
    return this.moment ? ["back", `Looking back to ${timeOfDay(this.moment.at)}`] : ["live", "Live"];
  }

  private drawMoment(): void {
    const { moment } = this;
    document.body.toggleAttribute("data-looking-back", moment !== undefined);
    byId("moment").textContent = moment
      ? `As it was after ${moment.call ? `call ${moment.call.sequence}, ` : ""}${titleOf(moment)}.`
      : "Choose a line to see everything as it was then.";
    const lines = this.reachable();
    (byId("earlier") as HTMLButtonElement).disabled = lines.length === 0 || moment === lines[0];
    (byId("later") as HTMLButtonElement).disabled = moment === undefined;
    (byId("now") as HTMLButtonElement).disabled = moment === undefined;
    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-act]"))
      button.disabled = moment !== undefined || this.state !== "live";
  }

  /** The lines that one can step to. */
  private reachable(): readonly Line[] {
    const { lines } = this.history;
    return byId("timeline").hasAttribute("data-only-changes") ? lines.filter(isChange) : lines;
  }

  private step(by: -1 | 1): void {
    const lines = this.reachable();
    const at = this.moment ? lines.indexOf(this.moment) : lines.length;
    const next = lines[Math.max(0, at + by)];
    this.lookBack(next);
  }

  private lookBack(line: Line | undefined): void {
    this.moment = line;
    this.timeline.select(line);
    this.drawLater();
  }

  private key(event: KeyboardEvent): void {
    const act = {
      ArrowUp: () => this.step(-1),
      ArrowDown: () => this.moment && this.step(1),
      Home: () => this.lookBack(this.reachable()[0]),
      End: () => this.lookBack(undefined),
      Escape: () => this.lookBack(undefined),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  private click(target: Element): void {
    const to = target.closest<HTMLElement>("button[data-to]")?.dataset["to"];
    if (to !== undefined) byId(to).focus();
    const button = target.closest<HTMLElement>("button[data-act]");
    if (!button) return;
    const { act, host, address, drive, virtualMachine } = button.dataset;
    const on = button.getAttribute("aria-pressed") !== "true";
    this.connection
      .perform({ act, host, address, drive, virtualMachine, on } as unknown as Hand)
      .then(() => showTrouble(undefined))
      .catch((error: Error) => showTrouble(error.message));
  }
}

let hideTrouble = 0;
function showTrouble(message: string | undefined): void {
  const trouble = byId("trouble");
  clearTimeout(hideTrouble);
  trouble.hidden = message === undefined;
  trouble.textContent = message ?? "";
  if (message !== undefined) hideTrouble = setTimeout(() => showTrouble(undefined), TROUBLE_SHOWN_MS);
}

function press(act: string, on: boolean): void {
  document.querySelector(`button[data-act="${act}"]`)?.setAttribute("aria-pressed", String(on));
}

/** Says what has changed to those who listen to the page. */
function tell(line: Line): void {
  if (!isChange(line) || line.call?.stage === "running") return;
  byId("news").textContent = [titleOf(line), line.call && stageText(line.call), line.call?.reason]
    .filter(Boolean)
    .join(", ");
}

new Page(takeToken());
