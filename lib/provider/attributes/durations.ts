import { parseDurationSeconds } from "../../duration";
import { errorDiagnostic } from "../../tfplugin6/diagnostic";
import type { Attribute } from "../../tfplugin6/schema";
import type { ObjectValue, Value } from "../../tfplugin6/value";
import { optional } from "./attribute";
import { isSet } from "./values";

/** The seconds of an attribute that was validated, or of the default. */
export function secondsOf(value: Value | undefined, fallback: string): number {
  return parseDurationSeconds(isSet(value) ? String(value) : fallback)!;
}

/** An optional attribute that holds a duration. */
export function durationAttribute(description: string): Attribute {
  return optional("string", description, checkDuration);
}

/** An optional attribute that holds a duration which has to leave time for something. */
export function limitAttribute(description: string): Attribute {
  return optional("string", description, checkLimit);
}

/** Durations of one resource's `timeouts`: of each what it limits, and the default. */
export type Limits = Readonly<Record<string, { description: string; default: string }>>;

/** The nested attribute `timeouts`. A limit has to leave time for something. */
export function timeoutsAttribute(limits: Limits): Attribute {
  const attributes = Object.entries(limits).map(([name, { description, default: fallback }]): [string, Attribute] => [
    name,
    limitAttribute(`${description} Default \`"${fallback}"\`.`),
  ]);
  return {
    nested: { nesting: "single", attributes: Object.fromEntries(attributes) },
    optional: true,
    description: "Limits of the waiting. A change that meets one ends with an error and the true state.",
  };
}

/** What is configured for one of the limits, in seconds. */
export function limitSeconds<L extends Limits>(object: ObjectValue, limits: L, name: keyof L & string): number {
  return secondsOf(((object.timeouts ?? {}) as ObjectValue)[name], limits[name]!.default);
}

const checkDuration: Attribute["validate"] = (value, path) => {
  if (parseDurationSeconds(String(value)) !== undefined) return [];
  const summary = `${path.join(".")} is not a duration: ${JSON.stringify(value)}`;
  return [errorDiagnostic(summary, 'Write it like "90s", "10m" or "1h30m".', path)];
};

const checkLimit: Attribute["validate"] = (value, path) => {
  if (parseDurationSeconds(String(value)) !== 0) return checkDuration(value, path);
  const summary = `${path.join(".")} leaves no time for anything: ${JSON.stringify(value)}`;
  return [errorDiagnostic(summary, "A limit has to be longer than zero.", path)];
};
