import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AttributePath, Diagnostic } from "./diagnostic";
import {
  Diagnostic_Severity,
  Schema_NestedType_Nesting,
  StringKind,
  type AttributePath_StepSchema,
  type AttributePathSchema,
  type DiagnosticSchema,
  type Schema_AttributeSchema,
  type SchemaSchema,
} from "./generated/tfplugin6_pb";
import type { Attribute, Schema } from "./schema";
import type { ObjectType, ValueType } from "./value-type";

const NESTING = {
  single: Schema_NestedType_Nesting.SINGLE,
  list: Schema_NestedType_Nesting.LIST,
  set: Schema_NestedType_Nesting.SET,
  map: Schema_NestedType_Nesting.MAP,
};

export function schemaMessage(schema: Schema): MessageInitShape<typeof SchemaSchema> {
  const version = BigInt(schema.version);
  const { description } = schema;
  return {
    version,
    block: {
      version,
      description,
      descriptionKind: StringKind.MARKDOWN,
      attributes: attributeMessages(schema.attributes),
    },
  };
}

function attributeMessages(attributes: Record<string, Attribute>): MessageInitShape<typeof Schema_AttributeSchema>[] {
  return Object.entries(attributes).map(([name, { type, nested, validate: _, ...rest }]) => ({
    name,
    ...(type !== undefined && { type: Buffer.from(JSON.stringify(typeJson(type))) }),
    ...(nested && {
      nestedType: { nesting: NESTING[nested.nesting], attributes: attributeMessages(nested.attributes) },
    }),
    descriptionKind: StringKind.MARKDOWN,
    ...rest,
  }));
}

function typeJson(type: NonNullable<Attribute["type"]>): unknown {
  if (typeof type === "string") return type;
  return Object.entries(type).flatMap(([kind, element]) => [kind, typeJson(element as NonNullable<Attribute["type"]>)]);
}

export function diagnosticMessage(
  diagnostic: Diagnostic,
  type: ObjectType | undefined,
): MessageInitShape<typeof DiagnosticSchema> {
  const { severity, summary, detail, path } = diagnostic;
  const attribute = path && type && pathMessage(path, type);
  return {
    severity: severity === "error" ? Diagnostic_Severity.ERROR : Diagnostic_Severity.WARNING,
    summary: forTerminal(summary),
    detail: forTerminal(detail),
    ...(attribute?.steps?.length && { attribute }),
  };
}

/**
 * Where the type ends, or a set begins, the path ends too: nothing can point into a set, and half a path still helps.
 */
export function pathMessage(path: AttributePath, root: ObjectType): MessageInitShape<typeof AttributePathSchema> {
  const steps: MessageInitShape<typeof AttributePath_StepSchema>[] = [];
  let type: ValueType | undefined = root;
  for (const step of path) {
    if (type === undefined || typeof type === "string" || "set" in type) break;
    if ("object" in type && typeof step === "string" && Object.hasOwn(type.object, step)) {
      steps.push({ selector: { case: "attributeName", value: step } });
      type = type.object[step];
    } else if ("map" in type && typeof step === "string") {
      steps.push({ selector: { case: "elementKeyString", value: step } });
      type = type.map;
    } else if ("list" in type && typeof step === "number") {
      steps.push({ selector: { case: "elementKeyInt", value: BigInt(step) } });
      type = type.list;
    } else break;
  }
  return { steps };
}

/**
 * Names from an inventory reach a terminal through diagnostics: control characters (escape sequences), overrides of the
 * writing direction and lone surrogates (which protobuf refuses) become U+FFFD; line ends and tabs stay.
 */
function forTerminal(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/(?![\n\t])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
