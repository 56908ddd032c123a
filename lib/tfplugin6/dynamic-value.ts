import { Decoder, Encoder, ExtData } from "@msgpack/msgpack";
import { UNKNOWN, Unknown, type ObjectValue, type Value } from "./value";
import type { ObjectType, ValueType } from "./value-type";

/** A value that doesn't have the type it should. Names the place and the kinds, never the value: it may be a secret. */
export class ValueTypeError extends Error {}

const UNKNOWN_EXTENSION = new ExtData(0, new Uint8Array(1));
const extensionCodec = {
  tryToEncode: (value: unknown) => (value instanceof Unknown ? UNKNOWN_EXTENSION : null),
  // Any extension: Terraform also sends unknown values with hints of what they will be (12), and may invent others.
  decode: () => UNKNOWN,
};
const encoder = new Encoder({ useBigInt64: true, extensionCodec });

/** @throws ValueTypeError, or the decoder's own error for bytes that aren't msgpack */
export function decodeMsgpack(bytes: Uint8Array, type: ObjectType): ObjectValue | null {
  // No array has more elements than its message has bytes: a length that lies must not allocate memory.
  const decoder = new Decoder({ useBigInt64: true, extensionCodec, maxArrayLength: bytes.length });
  return conformObject(decoder.decode(bytes), type);
}

/** @throws ValueTypeError */
export function encodeMsgpack(value: ObjectValue | null, type: ObjectType): Uint8Array {
  return encoder.encode(conformObject(value, type));
}

/**
 * @param options.extraAttributes what to do with attributes that the type doesn't have; `drop` reads state of another
 * version
 * @throws ValueTypeError, or a SyntaxError without a word of the text
 */
export function decodeJson(bytes: Uint8Array, type: ObjectType, options: ConformOptions = {}): ObjectValue | null {
  const text = Buffer.from(bytes).toString("utf8").replace(JSON_STRING_OR_NUMBER, quoteLongNumber);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new SyntaxError(`${bytes.length} bytes that are not JSON`);
  }
  return conformObject(parsed, type, options);
}

// A number that a double can't hold becomes the decimal string that Terraform itself would send.
const JSON_STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const quoteLongNumber = (token: string): string =>
  token.startsWith('"') || token.length < 16 || String(Number(token)) === token ? token : `"${token}"`;

interface ConformOptions {
  extraAttributes?: "refuse" | "drop";
}

function conformObject(raw: unknown, type: ObjectType, options: ConformOptions = {}): ObjectValue | null {
  const value = conform(raw, type, "value", options);
  if (value instanceof Unknown) throw new ValueTypeError("the whole value is unknown");
  return value as ObjectValue | null;
}

/** The same value, known to have its type: every attribute of an object present, null where it was left out. */
function conform(raw: unknown, type: ValueType, path: string, options: ConformOptions): Value {
  if (raw === null || raw === undefined) return null;
  if (raw instanceof Unknown) return UNKNOWN;
  const wrong = (expected: string): ValueTypeError =>
    new ValueTypeError(`${path}: expected ${expected}, got ${kindOf(raw)}`);
  if (type === "string" || type === "bool") {
    if (typeof raw !== (type === "bool" ? "boolean" : type)) throw wrong(`a ${type}`);
    return raw as Value;
  }
  if (type === "number") return conformNumber(raw) ?? fail(wrong("a number"));
  const element = "list" in type ? type.list : "set" in type ? type.set : undefined;
  if (element !== undefined) {
    if (!Array.isArray(raw)) throw wrong("a list");
    return raw.map((item, index) => conform(item, element, `${path}[${index}]`, options));
  }
  if (Array.isArray(raw) || typeof raw !== "object" || ArrayBuffer.isView(raw))
    throw wrong("map" in type ? "a map" : "an object");
  if ("map" in type) {
    return Object.fromEntries(
      Object.entries(raw).map(([key, item]) => [key, conform(item, type.map, `${path}[…]`, options)]),
    );
  }
  const { object } = type as ObjectType;
  const extra =
    options.extraAttributes === "drop" ? undefined : Object.keys(raw).find((name) => !Object.hasOwn(object, name));
  if (extra !== undefined) throw new ValueTypeError(`${path}: has no attribute ${JSON.stringify(extra)}`);
  return Object.fromEntries(
    Object.entries(object).map(([name, attribute]) => [
      name,
      conform(
        Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : null,
        attribute,
        `${path}.${name}`,
        options,
      ),
    ]),
  );
}

const DECIMAL = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function conformNumber(raw: unknown): Value | undefined {
  if (typeof raw === "number") return Number.isFinite(raw) ? raw : undefined;
  if (typeof raw === "bigint")
    return BigInt.asIntN(64, raw) === raw || BigInt.asUintN(64, raw) === raw ? raw : raw.toString();
  return typeof raw === "string" && DECIMAL.test(raw) ? raw : undefined;
}

function kindOf(raw: unknown): string {
  if (Array.isArray(raw)) return "a list";
  if (ArrayBuffer.isView(raw)) return "bytes";
  return typeof raw === "object"
    ? "an object"
    : typeof raw === "number" && !Number.isFinite(raw)
      ? "no finite number"
      : `a ${typeof raw}`;
}

function fail(error: Error): never {
  throw error;
}
