import { TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { parseDurationSeconds } from "../duration";
import { invalidProp } from "./errors";

/** What a prop takes. A stack that tsx runs, or one in JavaScript, has nobody who looked at the types before. */
export interface Shape {
  /** What fits, as the rest of a sentence: `it is a duration such as "10m"`. */
  readonly is: string;
  readonly fits: (value: unknown) => boolean;
  readonly required?: true;
  /** A value that doesn't fit isn't shown, either. */
  readonly secret?: true;
  /** What a group has inside. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** Whether a group takes another member, which somebody else judges. */
  readonly takesToo?: (name: string) => boolean;
}

/** A shape for each prop: the compiler misses one that has none. */
export type Shapes<Props> = { readonly [Name in keyof Required<Props>]: Shape };

const shape = (is: string, fits: Shape["fits"]): Shape => ({ is, fits });
const isText = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown, least: number): boolean => Number.isInteger(value) && Number(value) >= least;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Construct.isConstruct(value);

/** Text that isn't empty, such as `example`. */
export const text = (example: string): Shape =>
  shape(`it is text, such as ${JSON.stringify(example)}`, (value) => isText(value) && value.trim() !== "");
export const anyText = shape("it is text", isText);
export const flag = shape("it is true or false", (value) => typeof value === "boolean");
export const addresses = shape('it is a list of PCI addresses, such as ["0000:3b:00.0"]', (value) =>
  listOf(value, isText),
);
export const platforms = shape(
  'it is a list of platforms as Terraform names them, such as ["linux_amd64"]',
  (value) => listOf(value, isText) && (value as unknown[]).length > 0,
);
export const duration = shape(
  'it is a duration, such as "90s", "10m" or "1h30m"',
  (value) => isText(value) && parseDurationSeconds(value) !== undefined,
);
/** A duration that leaves time for something. */
const limit = shape(
  'it is a duration above zero, such as "90s", "10m" or "1h30m"',
  (value) => isText(value) && (parseDurationSeconds(value) ?? 0) > 0,
);
/** A whole number; `of` says what it counts. */
export const wholeNumber = (of: string, { least = 1 } = {}): Shape =>
  shape(`it is a whole number${of}, at least ${least}`, (value) => isWhole(value, least));
/** Any number: what it may be is a rule's, which says more. */
export const number = shape("it is a number", (value) => typeof value === "number" && Number.isFinite(value));
export const groups = (example: string): Shape =>
  shape(`it is a list, such as [${example}]`, (value) => listOf(value, isObject));
export const texts = (example: string): Shape =>
  shape(`it is an object, such as ${example}`, (value) => isObject(value) && Object.values(value).every(isTextOrToken));
/** A construct, told by a member that only its kind has: there may be another copy of its class. */
export const construct = (is: string, mark: string): Shape =>
  shape(`it is ${is}`, (value) => Construct.isConstruct(value) && mark in value);
export const oneOf = (...choices: readonly string[]): Shape =>
  shape(`it can be ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`, (value) =>
    choices.includes(value as string),
  );
export const group = (is: string, members: Readonly<Record<string, Shape>>, more: Partial<Shape> = {}): Shape => ({
  ...shape(is, isObject),
  members,
  ...more,
});
export const timeouts = (...names: string[]): Shape =>
  group(`it is an object of durations, such as { ${names[0]}: "30m" }`, every(names, limit));
export const required = (one: Shape): Shape => ({ ...one, required: true });
export const secret = (one: Shape): Shape => ({ ...one, secret: true });

export const provider = shape(
  "it is a HotplugProvider of the same stack",
  (value) => TerraformProvider.isTerraformProvider(value) && value.terraformResourceType === "hotplug",
);

/** Where a construct will stand that isn't made yet. */
export function pathOf(scope: Construct, id: string): string {
  return [scope.node.path, id].filter((part) => part !== "").join("/");
}

/**
 * Checks the props that a construct was given. What only Terraform knows passes.
 *
 * @throws HotplugConstructError that names the prop, and where it stands
 */
export function checkProps<Props>(path: string, props: unknown, shapes: Shapes<Props>): asserts props is Props {
  const names = Object.entries<Shape>(shapes).flatMap(([name, { required }]) => (required ? [name] : []));
  const is = `they are an object${names.length > 0 ? ` with ${names.join(" and ")}` : ""}`;
  check(path, "props", props, { ...group(is, shapes), required: true });
}

function check(path: string, prop: string, value: unknown, { is, fits, required, secret, ...inside }: Shape): void {
  if (value === undefined) {
    if (required) throw invalidProp(path, prop, `${prop === "props" ? "are" : "is"} missing; ${is}.`);
    return;
  }
  if (prop !== "props" && Token.isUnresolved(value)) return;
  if (!fits(value)) {
    const given = secret ? `of the wrong kind (${typeof value})` : shown(value);
    throw invalidProp(path, prop, `${prop === "props" ? "are" : "is"} ${given}; ${is}.`);
  }
  const { members, takesToo } = inside;
  if (!members) return;
  const prefix = prop === "props" ? "" : `${prop}.`;
  for (const [name, member] of Object.entries(value as object)) {
    if (member === undefined || name in members || takesToo?.(name)) continue;
    const known = Object.keys(members).join(", ");
    throw invalidProp(path, `${prefix}${name}`, `is no prop here. ${prefix ? `${prop} takes` : "There are"} ${known}.`);
  }
  for (const [name, member] of Object.entries(members))
    check(path, `${prefix}${name}`, (value as Record<string, unknown>)[name], member);
}

function every(names: readonly string[], one: Shape): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, one]));
}

function isTextOrToken(value: unknown): boolean {
  return isText(value) || Token.isUnresolved(value);
}

function listOf(value: unknown, fits: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((member) => fits(member) || Token.isUnresolved(member));
}

const MOST_CHARACTERS = 80;

function shown(value: unknown): string {
  if (Construct.isConstruct(value)) return `the construct ${value.node.path}`;
  if (typeof value === "number") return String(value);
  try {
    const text = JSON.stringify(value) ?? `a ${typeof value}`;
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  } catch {
    return `of the wrong kind (${typeof value})`;
  }
}
