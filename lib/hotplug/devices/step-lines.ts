import type { Clock } from "../../clock";
import { callErrorKind } from "../call-error";
import { Halt } from "../work";
import type { DevicesProblem } from "./change";
import { isSameStep, type Step } from "./plan";

interface StepLinesOptions {
  clock: Clock;
  planned: readonly Step[];
  /** What vCenter calls the last call. */
  lastTask(): string | undefined;
  tell(line: string, fields: Record<string, unknown>): void;
}

/** How a step went; undefined where no call was made for now. */
type Ending = { outcome: string; guestAddress?: string | undefined } | undefined;

/** A line for each call as it ends: for a log, and for who reads why a change did. */
export class StepLines {
  readonly lines: string[] = [];

  constructor(private readonly options: StepLinesOptions) {}

  /** Carries a step out. `on`: the virtual machine by its name. */
  async follow(
    step: Step,
    { on, isHot, work }: { on: string; isHot: boolean; work: () => Promise<Ending> },
  ): Promise<void> {
    const { clock } = this.options;
    const began = clock.now();
    let ending: Ending;
    try {
      ending = await work();
    } catch (error) {
      ending = endingOf(error);
      throw error;
    } finally {
      if (ending) this.tell(step, { ...ending, on, isHot, seconds: (clock.now() - began) / 1000 });
    }
  }

  private tell(
    step: Step,
    {
      on,
      isHot,
      seconds,
      outcome,
      guestAddress,
    }: NonNullable<Ending> & { on: string; isHot: boolean; seconds: number },
  ): void {
    const { planned, tell } = this.options;
    const task = this.options.lastTask();
    const [number, count] = [planned.findIndex((one) => isSameStep(one, step)) + 1, planned.length];
    const line = [
      `step ${number} of ${count}: ${isHot ? "hot" : "cold"}-${step.operation} ${step.address} on ${on}`,
      task,
      `${seconds.toFixed(1)} s`,
      outcome,
      guestAddress && `guest ${guestAddress}`,
    ]
      .filter(Boolean)
      .join(", ");
    this.lines.push(line);
    tell(line, { ...step, step: number, steps: count, seconds, outcome, task, guest_address: guestAddress });
  }
}

/** Of a call that was made. */
function endingOf(error: unknown): Ending {
  const [problem] = error instanceof Halt ? (error.problems as readonly DevicesProblem[]) : [];
  switch (problem?.kind) {
    case "call_failed":
      return { outcome: callErrorKind(problem.error) === "unknown" ? "outcome unknown" : "refused" };
    case "not_verified":
      return { outcome: "not verified" };
    case "blind":
      return problem.step && { outcome: "not verified, since the virtual machine can't be seen" };
    case "not_confirmed":
      return { outcome: "verified, not confirmed in the guest" };
    default:
      return undefined;
  }
}
