import { Reference, type Value } from "../value";

const SECRET = /^(password|cloneTicket)$/i;

/** Decoded arguments as a log may show them: plain JSON, references as "VirtualMachine:vm-42", passwords redacted. */
export function logArguments(value: Value | null | Readonly<Record<string, Value>>): unknown {
  if (value instanceof Reference) return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: Value) => logArguments(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      SECRET.test(name) ? "(redacted)" : logArguments(field as Value),
    ]),
  );
}
