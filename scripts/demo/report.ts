import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { type DeviceCall, renderTimeline } from "./timeline";

type Style = Parameters<typeof styleText>[0];

/** What the demo prints: with colours on a terminal, plain when piped. */
export class Report {
  failures = 0;
  private checks = 0;
  private readonly started = Date.now();

  constructor(private readonly stdout: WriteStream) {}

  note(text: string): void {
    this.line(this.style("dim", text));
  }

  heading(text: string): void {
    this.line("");
    this.line(this.style(["bold", "cyan"], text));
  }

  timeline(calls: readonly DeviceCall[], seconds: number): void {
    for (const row of renderTimeline(calls)) this.line(`  ${row}`);
    this.note(`  (cdktf took ${seconds.toFixed(1)} s)`);
  }

  /** What a plan says, without what cdktf and terraform say at every run. */
  plan(output: string): void {
    for (const line of planLines(output)) this.line(`  ${line}`);
  }

  /** A claim that held, or one that didn't with what was found instead. */
  check(claim: string, holds: boolean, found: string): void {
    this.checks++;
    this.line(holds ? `  ${this.style("green", "✓")} ${claim}` : `  ${this.style("red", "✗")} ${claim}\n${found}`);
    if (!holds) this.failures++;
  }

  end(): void {
    this.line("");
    this.line(
      this.style(
        "bold",
        `${this.checks - this.failures} of ${this.checks} claims held, in ` +
          `${((Date.now() - this.started) / 1000).toFixed(0)} s.`,
      ),
    );
    this.line("");
    this.line("On your own vCenter, read-only first (an account with the role Read-only is enough to plan):");
    this.line("  export VSPHERE_SERVER=vcenter.example.com VSPHERE_USER=... VSPHERE_PASSWORD=...");
    this.line("  VIRTUAL_MACHINE=vm-123 DEVICES=0000:3b:00.0 npx cdktf diff    # changes nothing");
    this.line(
      "and, once the plan says what you want and the account may reconfigure that virtual machine, cdktf deploy.",
    );
  }

  private line(text: string): void {
    this.stdout.write(`${text}\n`);
  }

  private style(style: Style, text: string): string {
    return this.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
  }
}

const PLAN_BEGINS = /will perform the following actions|^No changes\./;
/** The rule below a plan, and where cdktf goes on. */
const PLAN_ENDS = /^─|Stacks? (deploying|done)/;
/** Where in the configuration a warning belongs; computed values before and after. */
const PLACE = /^ {2}(with|on) |^\s+\d+: /;
const COMPUTED = /^ +~ attached +=/;

/** The plan's own lines: planned steps, warnings, and what it comes to. */
export function planLines(output: string): string[] {
  const lines = output.split("\n").map((line) => line.replace(/^(quickstart {2}| {12})/, "").trimEnd());
  const begin = lines.findIndex((line) => PLAN_BEGINS.test(line));
  if (begin < 0) return [];
  const end = lines.findIndex((line, index) => index > begin && PLAN_ENDS.test(line));
  const own = lines.slice(begin, end < 0 ? undefined : end).filter((line) => !PLACE.test(line));
  const computed = own.findIndex((line) => COMPUTED.test(line));
  if (computed >= 0) {
    const indent = (own[computed] as string).search(/\S/);
    own.splice(computed, own.slice(computed).findIndex((line) => line.startsWith(`${" ".repeat(indent + 2)}} ->`)) + 1);
  }
  return own
    .filter((line, index) => line !== "" || (own[index - 1] ?? "") !== "")
    .filter((line, index, all) => line !== "" || index < all.length - 1);
}
