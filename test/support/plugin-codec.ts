import type { MessageShape } from "@bufbuild/protobuf";
import type { Diagnostic } from "../../lib/tfplugin6/diagnostic";
import { decodeMsgpack, encodeMsgpack } from "../../lib/tfplugin6/dynamic-value";
import {
  Diagnostic_Severity,
  type AttributePath,
  type Diagnostic as DiagnosticMessage,
  type DynamicValue,
  type Schema_Attribute,
  type SchemaSchema,
} from "../../lib/tfplugin6/generated/tfplugin6_pb";
import type { Attribute, AttributeType, Schema } from "../../lib/tfplugin6/schema";
import { isUnknown, type ObjectValue, type Value } from "../../lib/tfplugin6/value";
import type { ObjectType, ValueType } from "../../lib/tfplugin6/value-type";
import { canonical } from "./core-rules";

/** A schema as it came over the wire. */
export function schemaOf({ version, block }: MessageShape<typeof SchemaSchema>): Schema {
  return {
    version: Number(version),
    description: block?.description ?? "",
    attributes: attributesOf(block?.attributes ?? []),
  };
}

function attributesOf(messages: Schema_Attribute[]): Record<string, Attribute> {
  return Object.fromEntries(
    messages.map(({ name, type, nestedType, description, required, optional, computed, sensitive }) => [
      name,
      {
        ...(type.length > 0 && { type: typeOf(JSON.parse(Buffer.from(type).toString())) }),
        ...(nestedType && {
          nested: {
            nesting: (["single", "list", "set", "map"] as const)[nestedType.nesting - 1]!,
            attributes: attributesOf(nestedType.attributes),
          },
        }),
        ...{ description, required, optional, computed, sensitive },
      },
    ]),
  );
}

function typeOf(json: unknown): AttributeType {
  if (!Array.isArray(json)) return json as AttributeType;
  return { [json[0] as string]: typeOf(json[1]) } as unknown as AttributeType;
}

export function diagnosticsOf(messages: DiagnosticMessage[]): Diagnostic[] {
  return messages.map(({ severity, summary, detail, attribute }) => ({
    severity: severity === Diagnostic_Severity.ERROR ? "error" : "warning",
    summary,
    detail,
    ...(attribute && { path: pathOf(attribute) }),
  }));
}

export function pathOf({ steps }: AttributePath): (string | number)[] {
  return steps.map(({ selector: { case: kind, value } }) => (kind === "elementKeyInt" ? Number(value) : String(value)));
}

/**
 * What a test writes, as Terraform would send it: absent attributes are null, sets are sorted and have no duplicates.
 */
export function normalized(value: Record<string, unknown>, type: ObjectType): ObjectValue {
  return sorted(decodeMsgpack(encodeMsgpack(value as ObjectValue, type), type)!, type) as ObjectValue;
}

function sorted(value: Value, type: ValueType): Value {
  if (value === null || typeof value !== "object" || typeof type === "string" || isUnknown(value)) return value;
  if (Array.isArray(value)) {
    if ("list" in type) return value.map((item) => sorted(item, type.list));
    const element = (type as { set: ValueType }).set;
    const byText = new Map(value.map((item) => sorted(item, element)).map((item) => [canonical(item, element), item]));
    return [...byText.keys()].sort().map((key) => byText.get(key)!);
  }
  const typeAt = (key: string): ValueType =>
    "object" in type ? (type as ObjectType).object[key]! : (type as { map: ValueType }).map;
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>).map(([key, item]) => [key, sorted(item, typeAt(key))]),
  );
}

export function packed(value: ObjectValue | null, type: ObjectType): { msgpack: Uint8Array } {
  return { msgpack: encodeMsgpack(value, type) };
}

export function unpacked(message: DynamicValue | undefined, type: ObjectType): ObjectValue | null {
  return message?.msgpack.length ? decodeMsgpack(message.msgpack, type) : null;
}

/** A value as it lies in a state file. Numbers of any length, nothing unknown. */
export function stateJson(value: Value): string {
  if (isUnknown(value)) throw new TypeError("a state can't hold an unknown value");
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(stateJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value as Record<string, Value>)
    .map(([key, item]) => `${JSON.stringify(key)}:${stateJson(item)}`)
    .join(",")}}`;
}
