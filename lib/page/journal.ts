import type { PageEvent, SceneItem } from "./view";

/** All that a page is told, from the beginning: who comes late, or again, is told what it missed. */
export class Journal {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly scene = new Map<string, string>();

  /** How many events there are. */
  get length(): number {
    return this.lines.length;
  }

  add(...events: PageEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.lines.push(JSON.stringify(event));
    for (const listener of [...this.listeners]) listener();
  }

  /** The event of what differs from what was last shown; none where nothing does. */
  sceneEvents(items: readonly SceneItem[], at: string): PageEvent[] {
    const set = items.filter((item) => {
      const text = JSON.stringify(item);
      const isNews = this.scene.get(item.key) !== text;
      this.scene.set(item.key, text);
      return isNews;
    });
    const keys = new Set(items.map(({ key }) => key));
    const gone = [...this.scene.keys()].filter((key) => !keys.has(key));
    for (const key of gone) this.scene.delete(key);
    return set.length + gone.length > 0 ? [{ kind: "scene", at, set, gone }] : [];
  }

  /** Events from one on, at most so many, as a JSON array. */
  read(from: number, most: number): { text: string; next: number } {
    const lines = this.lines.slice(from, from + most);
    return { text: `[${lines.join(",")}]`, next: from + lines.length };
  }

  /** Calls `listener` after each addition, until the answer is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
