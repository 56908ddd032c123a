import type { CallView, Happening, PageEvent, SceneItem } from "../view";

export type Scene = ReadonlyMap<string, SceneItem>;

/** A line of the timeline. */
export interface Line {
  readonly key: string;
  readonly at: string;
  /** The event that it came with, and the one after which it was settled. */
  readonly from: number;
  settled: number;
  call?: CallView;
  readonly happening?: Happening;
}

type SceneEvent = Extract<PageEvent, { kind: "scene" }>;

/** How many changes of the scene are done again, at most, to see an earlier one. */
const CHANGES_BETWEEN_COPIES = 200;

/** Everything that was told, in order, so that each moment can be seen again. */
export class History {
  readonly lines: Line[] = [];
  /** How many events there were. */
  length = 0;
  private readonly byKey = new Map<string, Line>();
  private readonly changes: { readonly position: number; readonly event: SceneEvent }[] = [];
  private readonly copies: Map<string, SceneItem>[] = [];
  private readonly latest = new Map<string, SceneItem>();

  /** As it is now. */
  get scene(): Scene {
    return this.latest;
  }

  /** Takes an event in; answers the line that came or changed by it. */
  add(event: PageEvent): Line | undefined {
    const position = ++this.length;
    if (event.kind === "scene") this.change(event, position);
    if (event.kind === "happening") {
      const { at, happening } = event;
      return this.line({ key: `happening ${position}`, at, from: position, settled: position, happening });
    }
    if (event.kind === "call") return this.call(event.call, position);
    return undefined;
  }

  /** As it was after an event. */
  sceneAt(position: number): Scene {
    const count = this.changesUntil(position);
    const copy = Math.floor(count / CHANGES_BETWEEN_COPIES);
    const scene = new Map(copy === 0 ? [] : this.copies[copy - 1]);
    for (const { event } of this.changes.slice(copy * CHANGES_BETWEEN_COPIES, count)) apply(event, scene);
    return scene;
  }

  private call(call: CallView, position: number): Line {
    const key = `call ${call.sequence}`;
    const known = this.byKey.get(key);
    if (!known) return this.line({ key, at: call.startedAt, from: position, settled: position, call });
    if (known.call?.stage === "running") known.settled = position;
    known.call = call;
    return known;
  }

  private line(line: Line): Line {
    this.byKey.set(line.key, line);
    this.lines.push(line);
    return line;
  }

  private change(event: SceneEvent, position: number): void {
    apply(event, this.latest);
    this.changes.push({ position, event });
    if (this.changes.length % CHANGES_BETWEEN_COPIES === 0) this.copies.push(new Map(this.latest));
  }

  private changesUntil(position: number): number {
    let [low, high] = [0, this.changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function apply({ set, gone }: SceneEvent, scene: Map<string, SceneItem>): void {
  for (const item of set) scene.set(item.key, item);
  for (const key of gone) scene.delete(key);
}
