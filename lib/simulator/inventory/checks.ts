/** Checks one value; throws what is wrong, with the place. */
export type Check = (value: unknown, place: string) => void;

const fail = (place: string, expected: string, value: unknown): never => {
  const shown = JSON.stringify(value) ?? "nothing";
  throw new Error(`${place}: ${expected} is expected, not ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}`);
};

export const text: Check = (value, place) =>
  void ((typeof value === "string" && value !== "") || fail(place, "a text", value));
export const anyText: Check = (value, place) => void (typeof value === "string" || fail(place, "a text", value));
export const flag: Check = (value, place) => void (typeof value === "boolean" || fail(place, "true or false", value));
export const count: Check = (value, place) =>
  void ((Number.isSafeInteger(value) && (value as number) >= 0) || fail(place, "a whole number", value));
export const integer: Check = (value, place) =>
  void (Number.isSafeInteger(value) || fail(place, "a whole number", value));
export const time: Check = (value, place) =>
  void (
    (typeof value === "string" && !Number.isNaN(Date.parse(value))) ||
    fail(place, 'a time such as "2026-01-31T12:00:00.000Z"', value)
  );
export const oneOf =
  (...values: readonly (string | null)[]): Check =>
  (value, place) =>
    void (
      values.includes(value as string) || fail(place, values.map((one) => JSON.stringify(one)).join(" or "), value)
    );
export const matching =
  (pattern: RegExp, example: string): Check =>
  (value, place) =>
    void ((typeof value === "string" && pattern.test(value)) || fail(place, `a text such as "${example}"`, value));
export const either =
  (first: Check, second: Check, when: (value: unknown) => boolean): Check =>
  (value, place) =>
    (when(value) ? first : second)(value, place);

export const list =
  (item: Check): Check =>
  (value, place) => {
    if (!Array.isArray(value)) return fail(place, "a list", value);
    value.forEach((one, index) => item(one, `${place}[${index}]`));
  };

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const dictionary =
  (item: Check): Check =>
  (value, place) => {
    if (!isObject(value)) return fail(place, "an object", value);
    for (const [name, one] of Object.entries(value)) item(one, `${place}.${name}`);
  };

export function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  const known: Record<string, Check> = { ...required, ...optional };
  return (value, place) => {
    if (!isObject(value)) return fail(place, "an object", value);
    for (const [name, one] of Object.entries(value)) {
      if (one === undefined) continue;
      if (!Object.hasOwn(known, name))
        throw new Error(`${place}: there is no "${name}" here; there is ${Object.keys(known).join(", ")}`);
      known[name]!(one, `${place}.${name}`);
    }
    for (const name of Object.keys(required))
      if (value[name] === undefined) throw new Error(`${place}: "${name}" is missing`);
  };
}
