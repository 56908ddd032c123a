import { printable, printableUpTo } from "../printable";
import type { VimFault } from "./wire/fault";

const MOST_CHARACTERS = 4_000;
const DEEPEST = 6;
/** What a fault of no permission is about: said in a sentence of its own. */
const SAID_ELSEWHERE = ["$type", "object", "privilegeId", "missingPrivileges"];

/** What is found in a fault: its scalar fields by name, sentences, and the faults inside it. */
interface Found {
  fields: string[];
  sentences: string[];
  causes: string[];
}

/**
 * All that a fault says, since its message alone ("Invalid configuration for device '0'.") seldom tells the reason:
 * the messages that go with it, the faults that caused it, whatever their fields are called, and its own fields.
 */
export function faultText({ type, message, properties }: VimFault): string {
  const own = message === type ? "" : message;
  return shortened(`${printable(type)}${told(own, properties, 0)}`);
}

/** `: message. Further messages. (field: value) Caused by …`, and nothing twice. */
function told(message: string, properties: object, depth: number): string {
  const found: Found = { fields: [], sentences: [sentence(message)], causes: [] };
  if (depth < DEEPEST) for (const [name, value] of Object.entries(properties)) look(found, name, value, depth);
  const sentences = [...new Set(found.sentences)].filter((text) => text !== "");
  const fields = [...new Set(found.fields)];
  return [
    sentences.length > 0 ? `: ${sentences.join(" ")}` : ".",
    fields.length > 0 ? ` (${fields.join(", ")})` : "",
    ...[...new Set(found.causes)].map((cause) => ` Caused by ${cause}`),
  ].join("");
}

function look(found: Found, name: string, value: unknown, depth: number): void {
  if (SAID_ELSEWHERE.includes(name)) return;
  if (Array.isArray(value)) return value.forEach((item) => look(found, name, item, depth));
  if (typeof value !== "object" || value === null) {
    const text = printable(String(value).trim());
    if (text !== "") found.fields.push(`${name}: ${text}`);
    return;
  }
  const { $type, fault, localizedMessage, message, key, ...fields } = value as Record<string, unknown>;
  if (isObject(fault)) found.causes.push(cause(fault, localizedMessage, depth));
  else if (typeof fields["value"] === "string" && typeof fields["type"] === "string" && $type === undefined)
    found.fields.push(`${name}: ${printable(fields["value"])}`);
  else if (typeof key === "string" && $type === undefined)
    found.sentences.push(sentence(typeof message === "string" ? message : key));
  else if (typeof $type === "string" && name !== "faultMessage") found.causes.push(cause(value, undefined, depth));
  else if (typeof message === "string") found.sentences.push(sentence(message));
  else if (depth < DEEPEST) for (const [inner, item] of Object.entries(value)) look(found, inner, item, depth + 1);
}

function cause(fault: object, localizedMessage: unknown, depth: number): string {
  const { $type = "a fault", ...properties } = fault as Record<string, unknown>;
  const message = typeof localizedMessage === "string" && localizedMessage !== $type ? localizedMessage : "";
  return `${printable(String($type))}${told(message, properties, depth + 1)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Printable, since it may hold names that anyone gave; vCenter's messages end with a full stop or without one. */
function sentence(text: string): string {
  const shown = printableUpTo(MOST_CHARACTERS, text.trim());
  return shown === "" || /[.!?]$/.test(shown) ? shown : `${shown}.`;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
