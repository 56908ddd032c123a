import { Journal } from "../../page/journal";
import type { Controls, GuestDriveView, Happening, PageEvent } from "../../page/view";
import type { CallLogEntry } from "../call-log";
import type { GuestSystem } from "../guests/guest";
import type { Guests } from "../guests/guests";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import type { Vcenter } from "../vcenter";
import { type Afterwards, callView, type DeviceChange, deviceChangesOf, hasReadDevices } from "./call-view";
import { guestDriveViews, sceneOf } from "./scene";

/** Calls that come within this time are told together: most are over before they are told. */
const TOGETHER_MS = 30;
/** How often guests are looked at: by themselves they show a drive a while after it came, and tell nobody. */
const GUEST_MS = 500;
/** How many calls may still be confirmed by a guest, or verified by their client. */
const MOST_OPEN = 200;

type CallEvent = Extract<PageEvent, { kind: "call" }>;

interface FollowedCall {
  readonly entry: CallLogEntry;
  readonly changes: readonly DeviceChange[];
  readonly afterwards: Afterwards;
  isAnswered?: boolean;
  told?: string;
}

/** Writes the journal of an embedded vCenter: each call, what it changes, what is done by hand. */
export class Feed {
  readonly journal = new Journal();
  private next = 0;
  private open: FollowedCall[] = [];
  private pending: PageEvent[] = [];
  private timer?: NodeJS.Timeout;
  private readonly guestTimer?: NodeJS.Timeout;
  private isChanged = false;
  private controls = "";

  constructor(
    private readonly vcenter: Vcenter,
    private readonly guests: Guests | undefined,
    private readonly controlsNow: () => Controls,
  ) {
    vcenter.listen(() => this.notice());
    vcenter.world.changes.listen(() => this.noticeChange());
    if (guests) {
      guests.onRun = (virtualMachine, asked) => this.noticeLook(virtualMachine, asked);
      this.guestTimer = setInterval(() => this.tell(), GUEST_MS).unref();
    }
    this.tell();
  }

  /** Writes down what no call did, behind what came before. */
  happened(happening: Happening): void {
    this.pending.push({ kind: "happening", at: this.now(), happening });
    this.notice();
  }

  /** Tells what is new now: calls as they stood before, what is there differently, and the calls that did it. */
  tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isChanged = false;
    const at = this.now();
    this.followNew();
    const scene = this.journal.sceneEvents(sceneOf(this.vcenter.world, this.guests), at);
    const answered = this.newlyAnswered();
    const calls = this.open.flatMap((followed) => this.callEvents(followed, { answered, at }));
    this.open = this.open.filter((call, index) => !isOver(call) || index >= this.open.length - MOST_OPEN);
    const changing = calls.findIndex(({ call }) => call.changes.length > 0 && call.stage !== "running");
    const before = calls.splice(0, changing < 0 ? calls.length : changing);
    this.journal.add(...before, ...scene, ...calls, ...this.pending.splice(0), ...this.controlEvents(at));
  }

  stop(): void {
    clearInterval(this.guestTimer);
    clearTimeout(this.timer);
  }

  private now(): string {
    return this.vcenter.world.now().toISOString();
  }

  private notice(): void {
    this.timer ??= setTimeout(() => this.tell(), TOGETHER_MS).unref();
    // What a removal is about can be told only before it is done.
    this.followNew();
  }

  /** Something is there differently: told once the change is whole, and before any later call. */
  private noticeChange(): void {
    if (this.isChanged) return;
    this.isChanged = true;
    queueMicrotask(() => this.tell());
  }

  private followNew(): void {
    const { log, world } = this.vcenter;
    for (const entry of log.slice(this.next)) {
      const changes = deviceChangesOf(entry, world);
      this.open.push({ entry, changes, afterwards: { isVerified: false, confirmed: new Map() } });
    }
    this.next = log.length;
  }

  private newlyAnswered(): CallLogEntry[] {
    const news = this.open.filter(({ entry, isAnswered }) => entry.outcome !== undefined && !isAnswered);
    for (const followed of news) followed.isAnswered = true;
    return news.map(({ entry }) => entry);
  }

  private callEvents(
    followed: FollowedCall,
    { answered, at }: { answered: readonly CallLogEntry[]; at: string },
  ): CallEvent[] {
    this.verify(followed, answered);
    const call = callView(followed.entry, followed);
    const text = JSON.stringify(call);
    if (text === followed.told) return [];
    followed.told = text;
    return [{ kind: "call", at, call }];
  }

  /** Its client has looked at the virtual machine since, and it is as the call wanted it. */
  private verify({ entry, changes, afterwards }: FollowedCall, answered: readonly CallLogEntry[]): void {
    const { target, task, session, startedAt } = entry;
    if (afterwards.isVerified || changes.length === 0 || !target) return;
    // A wait tells devices only where they have changed: before the task's end, as vCenter may show them.
    afterwards.isTold ||= answered.some(
      (later) =>
        later.session === session &&
        later.operation === "WaitForUpdatesEx" &&
        later.sequence > entry.sequence &&
        hasReadDevices(later, target.value, startedAt),
    );
    if (!task?.completedAt || task.error) return;
    const vm = this.virtualMachine(target.value);
    const isSo = changes.every(
      ({ operation, address }) => vm?.passthroughAddresses.includes(address) === (operation === "add"),
    );
    const since = task.completedAt;
    afterwards.isVerified =
      isSo &&
      (afterwards.isTold ||
        answered.some((later) => later.session === session && hasReadDevices(later, target.value, since)));
  }

  /** Somebody looked into a guest: what it shows confirms the last change of each drive, or it doesn't yet. */
  private noticeLook(virtualMachine: string, asked: readonly string[]): void {
    const drives = this.guests?.system(virtualMachine).drives() ?? [];
    const held = heldDrives(this.guests?.system(virtualMachine), asked);
    const name = this.virtualMachine(virtualMachine)?.name;
    for (const { hostAddress, holds } of held)
      this.happened({
        text: `The guest of ${name} was asked who holds ${hostAddress}, as before its removal: ${holds.join(", ")}`,
        isAlarming: true,
      });
    const changed = new Set<string>();
    for (const { entry, changes, afterwards } of [...this.open].reverse()) {
      if (entry.target?.value !== virtualMachine || entry.task?.state !== "success") continue;
      for (const { operation, address } of changes) {
        if (changed.has(address) || afterwards.confirmed.has(address)) continue;
        changed.add(address);
        const shown = drives.find(({ hostAddress }) => hostAddress === address)?.address;
        if ((shown !== undefined) === (operation === "add")) afterwards.confirmed.set(address, shown ?? "");
      }
    }
    this.notice();
  }

  private virtualMachine(id: string): VirtualMachine | undefined {
    return this.vcenter.world.all(VirtualMachine).find(({ ref }) => ref.id === id);
  }

  private controlEvents(at: string): PageEvent[] {
    const controls = this.controlsNow();
    const text = JSON.stringify(controls);
    if (text === this.controls) return [];
    this.controls = text;
    return [{ kind: "controls", at, controls }];
  }
}

/** Of the drives that were asked for, as before a removal, those that something holds. */
function heldDrives(guest: GuestSystem | undefined, asked: readonly string[]): GuestDriveView[] {
  if (!guest || asked.length === 0) return [];
  return guestDriveViews(guest).filter(({ address, holds }) => asked.includes(address) && holds.length > 0);
}

/** Nothing more will be told of it; of a device, its client and its guest may still be asked. */
function isOver({ entry, changes }: FollowedCall): boolean {
  if (entry.outcome === undefined || (entry.task && !entry.task.completedAt)) return false;
  return changes.length === 0 || entry.task?.error !== undefined || entry.outcome !== "ok";
}
