import type { Attribute, NestedAttributes } from "../../lib/tfplugin6/schema";
import { isUnknown, type ObjectValue, type Value } from "../../lib/tfplugin6/value";
import type { ObjectType, ValueType } from "../../lib/tfplugin6/value-type";

// What Terraform core proposes to a provider and what it demands of the answers, written from its behaviour
// (the plugin protocol's "resource instance change lifecycle" is the public description).

type Attributes = Record<string, Attribute>;

/** The configuration, completed by what the provider once computed. */
export function proposedNewState(attributes: Attributes, prior: ObjectValue | null, config: ObjectValue): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      proposedValue(attribute, prior?.[name] ?? null, config[name] ?? null),
    ]),
  );
}

function proposedValue(attribute: Attribute, prior: Value, config: Value): Value {
  if (attribute.computed && config === null)
    return attribute.optional && wasConfigured(attribute, prior) ? null : prior;
  const { nested } = attribute;
  if (!nested || config === null || isUnknown(config)) return config;
  const merge = (priorElement: Value | undefined, element: Value): Value =>
    isUnknown(element) || element === null
      ? element
      : proposedNewState(nested.attributes, object(priorElement), element as ObjectValue);
  if (nested.nesting === "single") return merge(prior, config);
  if (nested.nesting === "map") {
    return Object.fromEntries(
      Object.entries(config as ObjectValue).map(([key, element]) => [key, merge(object(prior)?.[key], element)]),
    );
  }
  const priors = Array.isArray(prior) ? [...prior] : [];
  return (config as Value[]).map((element, index) => {
    if (nested.nesting === "list") return merge(priors[index], element);
    const found = priors.findIndex((candidate) => couldComeFrom(nested, candidate, element));
    return merge(found < 0 ? null : priors.splice(found, 1)[0], element);
  });
}

/** Whether an optional, computed value in the state holds something that only a configuration can have put there. */
function wasConfigured({ nested }: Attribute, prior: Value): boolean {
  if (!nested || prior === null || isUnknown(prior)) return false;
  const elements = nested.nesting === "single" ? [prior] : Object.values(prior as Record<string, Value>);
  return elements.some((element) =>
    Object.entries(nested.attributes).some(
      ([name, attribute]) =>
        (object(element)?.[name] ?? null) !== null &&
        (!attribute.computed || wasConfigured(attribute, object(element)![name]!)),
    ),
  );
}

function couldComeFrom({ attributes }: NestedAttributes, prior: Value, config: Value): boolean {
  return Object.entries(attributes).every(([name, { computed }]) => {
    const configured = object(config)?.[name] ?? null;
    return (computed && configured === null) || canonical(configured) === canonical(object(prior)?.[name] ?? null);
  });
}

/** Why a plan is one that core would refuse as "Provider produced invalid plan". */
export function planProblems(
  attributes: Attributes,
  plan: { prior: ObjectValue | null; config: ObjectValue | null; planned: ObjectValue | null },
  path = "",
): string[] {
  const { prior, config, planned } = plan;
  if (planned === null && config !== null) return [`${path}: planned for absence but config wants existence`];
  if (planned !== null && config === null) return [`${path}: planned for existence but config wants absence`];
  if (planned === null || config === null) return [];
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    valueProblems(
      attribute,
      { prior: prior?.[name] ?? null, config: config[name] ?? null, planned: planned[name] ?? null },
      `${path}.${name}`,
    ),
  );
}

function valueProblems(
  attribute: Attribute,
  { prior, config, planned }: { prior: Value; config: Value; planned: Value },
  path: string,
): string[] {
  const { type } = attribute;
  const same = (a: Value, b: Value): boolean => canonical(a, type) === canonical(b, type);
  if (same(planned, config) || (prior !== null && config !== null && same(planned, prior))) return [];
  if (attribute.computed && (!attribute.optional || config === null)) return [];
  if (config === null) return [`${path}: planned value for a non-computed attribute`];
  const { nested } = attribute;
  if (!nested) return [`${path}: planned value does not match config value${prior === null ? "" : " nor prior value"}`];
  if (planned === null) return [`${path}: planned for absence but config wants existence`];
  if (isUnknown(planned)) return [`${path}: planned unknown for configured value`];
  if (isUnknown(config)) return [`${path}: planned value for an unknown one`];
  if (nested.nesting === "single")
    return planProblems(
      nested.attributes,
      { prior: object(prior), config: object(config), planned: object(planned) },
      path,
    );
  const [plannedKeys, configKeys] = [planned, config].map((value) => Object.keys(value as Record<string, Value>));
  if (plannedKeys!.length !== configKeys!.length)
    return [`${path}: count in plan (${plannedKeys!.length}) disagrees with count in config (${configKeys!.length})`];
  if (nested.nesting === "set") return [];
  const at = (value: Value, key: string): ObjectValue | null => object((value as Record<string, Value> | null)?.[key]);
  return configKeys!.flatMap((key) =>
    planProblems(
      nested.attributes,
      { prior: at(prior, key), config: at(config, key), planned: at(planned, key) },
      `${path}[${key}]`,
    ),
  );
}

/** Why `actual` is not a completion of `planned`: what was known has to stay, what was unknown may be anything. */
export function completionProblems(type: ValueType, planned: Value, actual: Value, path = ""): string[] {
  if (isUnknown(planned)) return [];
  if (isUnknown(actual)) return [`${path}: was known, but now unknown`];
  if (planned === null || actual === null)
    return planned === actual
      ? []
      : [`${path}: was ${planned === null ? "null" : "present"}, but now ${actual === null ? "null" : "present"}`];
  if (typeof type === "string")
    return canonical(planned) === canonical(actual)
      ? []
      : [`${path}: was ${canonical(planned)}, but now ${canonical(actual)}`];
  if ("set" in type) {
    const fits = (a: Value) => (b: Value) => completionProblems(type.set, a, b).length === 0;
    const [plans, actuals] = [planned as Value[], actual as Value[]];
    const lost =
      plans.some((a) => !actuals.some(fits(a))) ||
      actuals.some((b) => !plans.some((a) => fits(a)(b))) ||
      actuals.length > plans.length;
    return lost ? [`${path}: planned set element does not correlate with any element in actual`] : [];
  }
  const typeAt = (key: string): ValueType =>
    "object" in type
      ? (type as ObjectType).object[key]!
      : "map" in type
        ? type.map
        : (type as { list: ValueType }).list;
  const [plans, actuals] = [planned, actual] as Record<string, Value>[];
  return [...new Set([...Object.keys(plans!), ...Object.keys(actuals!)])].flatMap((key) => {
    if (!(key in actuals!)) return [`${path}[${key}]: element has vanished`];
    if (!(key in plans!)) return [`${path}[${key}]: new element has appeared`];
    return completionProblems(typeAt(key), plans![key]!, actuals![key]!, `${path}.${key}`);
  });
}

/** A text that equal values share: numbers by value, sets (by type) without order. */
export function canonical(value: Value, type?: ValueType): string {
  if (isUnknown(value)) return "(unknown)";
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value)))
    return BigInt(value).toString();
  if (type === "number" && typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value).toString();
  if (Array.isArray(value)) {
    const isSet = typeof type === "object" && "set" in type;
    const items = value.map((item: Value): string => canonical(item, isSet ? type.set : undefined));
    return `[${(isSet ? items.sort() : items).join(",")}]`;
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = value as Record<string, Value>;
  const inside = typeof type === "object" && "object" in type ? (type as ObjectType).object : {};
  const texts = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(fields[key]!, inside[key])}`);
  return `{${texts.join(",")}}`;
}

function object(value: Value | undefined): ObjectValue | null {
  return value === null || value === undefined || isUnknown(value) ? null : (value as ObjectValue);
}
