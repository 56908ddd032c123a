import type { CallView } from "../view";
import { element, timeOfDay } from "./element";
import type { Line } from "./history";

const STAGES: Readonly<Record<CallView["stage"], string>> = {
  running: "… running",
  done: "✓ done",
  verified: "✓ verified",
  confirmed: "✓ confirmed in the guest",
  refused: "✗ refused",
  unanswered: "✗ no answer",
};

/** Drawn, or left out while out of sight, together. */
const LINES_TOGETHER = 100;

/** How far from its end the list may be scrolled and still follow what comes. */
const NEAR_THE_END_PX = 60;

/** The list of all calls and happenings, oldest first. It follows what comes unless somebody scrolled away. */
export class Timeline {
  private readonly drawn = new Map<Line, HTMLElement>();
  private readonly lines = new WeakMap<Element, Line>();
  private chosen?: HTMLElement;
  private last?: HTMLElement;
  private follows = true;

  constructor(
    private readonly list: HTMLElement,
    private readonly choose: (line: Line) => void,
  ) {
    list.addEventListener("click", ({ target }) => {
      const row = (target as Element).closest(".line");
      const line = row ? this.lines.get(row) : undefined;
      if (line) this.choose(line);
    });
    list.addEventListener("scroll", () => {
      this.follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END_PX;
    });
  }

  draw(lines: ReadonlySet<Line>): void {
    if (lines.size === 0) return;
    for (const line of lines) {
      const row = this.drawn.get(line) ?? element("div", { class: "line", role: "option", id: `line-${line.from}` });
      fill(row, line);
      if (this.drawn.has(line)) continue;
      row.setAttribute("aria-selected", "false");
      this.drawn.set(line, row);
      this.lines.set(row, line);
      this.roomForOne().append(row);
    }
    if (this.follows && !this.chosen) this.list.scrollTop = this.list.scrollHeight;
  }

  private roomForOne(): HTMLElement {
    if (!this.last || this.last.childElementCount >= LINES_TOGETHER) {
      this.last = element("div", { class: "lines" });
      this.list.append(this.last);
    }
    return this.last;
  }

  /** Leaves those out that only look. */
  showOnlyChanges(on: boolean): void {
    this.list.toggleAttribute("data-only-changes", on);
    if (!this.chosen) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Shows which line is looked back to; none for now. */
  select(line: Line | undefined): void {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = line && this.drawn.get(line);
    this.list.toggleAttribute("data-looking-back", this.chosen !== undefined);
    if (this.chosen) {
      this.chosen.setAttribute("aria-selected", "true");
      this.list.setAttribute("aria-activedescendant", this.chosen.id);
      this.chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.list.removeAttribute("aria-activedescendant");
      this.list.scrollTop = this.list.scrollHeight;
    }
  }
}

/** Whether it is, or tries to be, a change: the others only look. */
export function isChange({ call, happening }: Line): boolean {
  return happening !== undefined || call?.task !== undefined || (call?.changes.length ?? 0) > 0;
}

/** "add 0000:3b:00.0 on db" */
export function titleOf({ call, happening }: Line): string {
  if (happening) return happening.text;
  if (!call) return "";
  const what = call.changes.length > 0 ? call.changes.join(", ") : call.operation;
  return call.target === undefined ? what : `${what} on ${call.target}`;
}

export const stageText = ({ stage }: CallView): string => STAGES[stage];

function fill(row: HTMLElement, line: Line): void {
  const { call, happening, at } = line;
  row.classList.toggle("change", isChange(line));
  if (call) {
    row.dataset["sequence"] = String(call.sequence);
    row.dataset["outcome"] = call.outcome ?? "";
    row.dataset["stage"] = call.stage;
  } else if (happening) row.dataset["stage"] = happening.isAlarming ? "alarm" : "happening";
  row.replaceChildren(
    element("span", { class: "number" }, call ? `${call.sequence}` : "•"),
    element("time", { datetime: at }, timeOfDay(at)),
    element("span", { class: "what" }, titleOf(line), ...detailsOf(call)),
    element("span", { class: "stage" }, call ? stageText(call) : ""),
  );
}

function detailsOf(call: CallView | undefined): HTMLElement[] {
  if (!call) return [];
  const durationMs = call.task?.durationMs ?? call.durationMs;
  const facts = [
    call.changes.length > 0 && call.operation,
    call.task?.id,
    durationMs !== undefined && (isLong(durationMs) || call.task) && `${(durationMs / 1000).toFixed(1)} s`,
    call.guestAddresses.length > 0 && `guest ${call.guestAddresses.join(", ")}`,
  ].filter(Boolean);
  return [
    ...(facts.length > 0 ? [element("small", {}, facts.join(" · "))] : []),
    ...(call.reason === undefined ? [] : [element("small", { class: "reason" }, call.reason)]),
  ];
}

const isLong = (ms: number): boolean => ms >= 1000;
