import type { HostView, SlotState, SlotView } from "../view";
import { element, given } from "./element";
import type { Scene } from "./history";

/** The mark and the words of each state: nothing is told by colour alone. */
const STATES: Readonly<Record<SlotState, { mark: string; word: string }>> = {
  free: { mark: "○", word: "free, enabled" },
  held: { mark: "●", word: "held by a VM" },
  off: { mark: "–", word: "not enabled" },
  restart: { mark: "↻", word: "waits for a restart" },
  own: { mark: "■", word: "the host's own" },
  unseen: { mark: "?", word: "not seen by the host yet" },
  pulled: { mark: "×", word: "pulled" },
  unable: { mark: "⊘", word: "can't be passed through" },
};

export function drawLegend(list: HTMLElement): void {
  list.replaceChildren(
    ...Object.entries(STATES).map(([state, { mark, word }]) =>
      element("li", { "data-state": state }, element("span", { class: "mark", "aria-hidden": "true" }, mark), word),
    ),
  );
}

interface DrawnHost {
  readonly section: HTMLElement;
  readonly head: HTMLElement;
  readonly list: HTMLElement;
  shown?: HostView;
}

/** Draws hosts and their slots: only what differs from what stands there. */
export class Slots {
  private readonly hosts = new Map<string, DrawnHost>();
  private readonly slots = new Map<string, { readonly tile: HTMLElement; shown: SlotView }>();

  constructor(
    private readonly root: HTMLElement,
    private readonly hasHands: () => boolean,
  ) {}

  draw(scene: Scene): void {
    for (const item of scene.values()) if (item.kind === "host") this.drawHost(item);
    for (const item of scene.values()) if (item.kind === "slot") this.drawSlot(item);
    for (const [key, { tile }] of this.slots)
      if (!scene.has(key)) {
        tile.remove();
        this.slots.delete(key);
      }
    for (const [id, { section, shown }] of this.hosts)
      if (shown && !scene.has(shown.key)) {
        section.remove();
        this.hosts.delete(id);
      }
  }

  private drawHost(host: HostView): void {
    const drawn = this.hosts.get(host.id) ?? this.newHost(host);
    if (drawn.shown === host) return;
    drawn.shown = host;
    drawn.section.toggleAttribute("data-trouble", host.trouble !== undefined);
    const add = { type: "button", "data-act": "add", "data-host": host.id };
    drawn.head.replaceChildren(
      ...given([
        element("h3", { id: `title-${host.id}` }, host.name),
        element("p", {}, host.detail ?? ""),
        host.trouble !== undefined && element("p", { class: "trouble" }, host.trouble),
        this.hasHands() &&
          element("button", { ...add, "aria-label": `Plug a new drive into ${host.name}` }, "Plug a new drive"),
      ]),
    );
  }

  private newHost({ id }: HostView): DrawnHost {
    const head = element("div", { class: "host-head" });
    const list = element("ul", { class: "slots", "aria-labelledby": `title-${id}` });
    const section = element(
      "section",
      { class: "host", "aria-labelledby": `title-${id}`, "data-host": id },
      head,
      list,
    );
    this.root.append(section);
    const drawn = { section, head, list };
    this.hosts.set(id, drawn);
    return drawn;
  }

  private drawSlot(slot: SlotView): void {
    const known = this.slots.get(slot.key);
    if (known?.shown === slot) return;
    const list = this.hosts.get(slot.hostId)?.list;
    const tile = known?.tile ?? element("li", { class: "slot", "data-address": slot.address });
    if (!known && list) {
      const next = [...list.children].find((other) => (other.getAttribute("data-address") ?? "") > slot.address);
      list.insertBefore(tile, next ?? null);
    }
    if (known && known.shown.state !== slot.state) mark(tile);
    this.slots.set(slot.key, { tile, shown: slot });
    tile.dataset["state"] = slot.state;
    const focused = tile.contains(document.activeElement);
    tile.replaceChildren(...partsOf(slot, this.hasHands()));
    if (focused) tile.querySelector("button")?.focus();
  }
}

function partsOf(slot: SlotView, hasHands: boolean): (Node | string)[] {
  const place = slot.slot === undefined ? (slot.isNvme ? "Slot" : "Device") : `Slot ${slot.slot}`;
  const { mark: sign } = STATES[slot.state];
  return given([
    element("p", { class: "place" }, element("span", {}, place), element("code", {}, slot.address)),
    element("p", { class: "model", title: `${slot.name} [${slot.ids}]` }, slot.name),
    element("p", { class: "state" }, element("span", { class: "mark", "aria-hidden": "true" }, sign), stateText(slot)),
    hasHands && slot.isNvme && element("p", { class: "acts" }, ...buttonsOf(slot)),
  ]);
}

function stateText({ state, holders, note }: SlotView): string {
  const held = holders.length > 0 ? `held by ${holders.join(", ")}` : "";
  if (state === "held") return held;
  return [STATES[state].word, note, held].filter(Boolean).join(": ");
}

/** What can be done at a slot. */
function buttonsOf({ state, address, hostId }: SlotView): HTMLElement[] {
  const button = (act: string, drive: string | undefined, words: [text: string, label: string]): HTMLElement =>
    element(
      "button",
      {
        type: "button",
        "data-act": act,
        "data-drive": drive,
        "data-host": hostId,
        "data-address": address,
        "aria-label": `${words[1]} ${address}`,
      },
      words[0],
    );
  if (state !== "pulled") return [button("pull", undefined, ["Pull", "Pull the drive at"])];
  return [
    button("plug", "same drive", ["Put back", "Put back the drive pulled out of"]),
    button("plug", "same model", ["Same model", "Same model: plug another drive into"]),
    button("plug", "another model", ["Another", "Another model: plug a drive into"]),
  ];
}

/** Draws the eye to what has just changed. */
function mark(drawn: HTMLElement): void {
  drawn.classList.remove("changed");
  requestAnimationFrame(() => drawn.classList.add("changed"));
}
