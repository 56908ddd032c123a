import { filled } from "./core/defaults";
import { Fault } from "./fault";
import { isRestFault } from "./rest-fault";
import { schema } from "./schema/schema";
import type { DataObject, Reference } from "./value";
import { Encoder } from "./wire/encode";

/** Which calls an injected fault meets. */
export interface FaultTrigger {
  /** "ReconfigVM_Task"; any operation where nothing is said. */
  readonly operation?: string;
  /** The id or name of the object called; any where nothing is said. */
  readonly target?: string;
  /** Which of the calls that match from now on, from 1. @default 1 */
  readonly occurrence?: number;
  /** How many in a row from there on. @default 1 */
  readonly times?: number;
}

/** What happens to a call. */
export type FaultEffect =
  /** It faults and does nothing. */
  | { readonly kind: "fault"; readonly type: string; readonly message?: string; readonly fields?: DataObject }
  /** Its task fails, before its change or (`afterEffect`) although it was made. */
  | {
      readonly kind: "task fault";
      readonly type: string;
      readonly message?: string;
      readonly fields?: DataObject;
      readonly afterEffect?: boolean;
    }
  /** Its task takes that much longer. */
  | { readonly kind: "slow task"; readonly delayMs: number }
  /** The connection ends without an answer, before the call was carried out or after. */
  | { readonly kind: "drop"; readonly when: "before" | "after" }
  /** The answer comes that much later. */
  | { readonly kind: "stall"; readonly delayMs: number };

/** An injected fault. */
export interface InjectedFault {
  /** How many calls it has met. */
  readonly hits: number;
  remove(): void;
}

/** The object called, or that a task is about. */
interface Target {
  readonly ref: Reference;
  readonly name?: string;
}

interface Rule {
  readonly trigger: FaultTrigger;
  readonly effect: FaultEffect;
  seen: number;
  hits: number;
}

const isTaskEffect = (effect: FaultEffect): boolean => effect.kind === "task fault" || effect.kind === "slow task";

const EVERY_VERSION = [Infinity];

/** A fault that couldn't be sent is refused when it is asked for. */
function checkFault(effect: { type: string; fields?: DataObject }): void {
  if (isRestFault(effect.type)) return;
  if (!schema.isA(effect.type, "MethodFault") || !schema.data(effect.type))
    throw new Error(`there is no fault ${effect.type}`);
  new Encoder(EVERY_VERSION).fields(effect.type, filled(effect.type, effect.fields));
}

/** @internal The fault that an effect asks for. */
export const injectedFault = (effect: { type: string; message?: string; fields?: DataObject }): Fault =>
  new Fault(effect.type, effect.message ?? `An injected ${effect.type}`, filled(effect.type, effect.fields));

/** Makes calls and tasks go wrong on purpose, for tests. */
export class FaultInjection {
  private rules: Rule[] = [];

  /** Lets `effect` happen to the calls that `trigger` tells. */
  inject(trigger: FaultTrigger, effect: FaultEffect): InjectedFault {
    if ("type" in effect) checkFault(effect);
    const rule: Rule = { trigger, effect, seen: 0, hits: 0 };
    this.rules.push(rule);
    return {
      get hits() {
        return rule.hits;
      },
      remove: () => void (this.rules = this.rules.filter((other) => other !== rule)),
    };
  }

  /** Takes away every injected fault. */
  clear(): void {
    this.rules = [];
  }

  /** @internal The effects on a call. */
  forCall(operation: string, target?: Target): Exclude<FaultEffect, { kind: "task fault" | "slow task" }>[] {
    return this.take(operation, target, (effect) => !isTaskEffect(effect)) as never;
  }

  /** @internal The effects on the task that a call starts. */
  forTask(operation: string, entity: Target): { delayMs: number; fault?: Fault; afterEffect?: boolean } {
    let delayMs = 0;
    let fault: Fault | undefined;
    let afterEffect: boolean | undefined;
    for (const effect of this.take(operation, entity, isTaskEffect)) {
      if (effect.kind === "slow task") delayMs += effect.delayMs;
      else if (effect.kind === "task fault") [fault, afterEffect] = [injectedFault(effect), effect.afterEffect];
    }
    return { delayMs, fault, afterEffect };
  }

  private take(operation: string, target: Target | undefined, wanted: (effect: FaultEffect) => boolean): FaultEffect[] {
    return this.rules
      .filter(({ trigger, effect }) => wanted(effect) && matches(trigger, operation, target))
      .filter((rule) => {
        const first = rule.trigger.occurrence ?? 1;
        const met = ++rule.seen >= first && rule.seen < first + (rule.trigger.times ?? 1);
        if (met) rule.hits++;
        return met;
      })
      .map((rule) => rule.effect);
  }
}

function matches(trigger: FaultTrigger, operation: string, target?: Target): boolean {
  if (trigger.operation !== undefined && trigger.operation !== operation) return false;
  if (trigger.target === undefined) return true;
  return target !== undefined && (target.ref.id === trigger.target || target.name === trigger.target);
}
