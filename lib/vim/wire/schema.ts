import type { ManagedObjectReference } from "./managed-object-reference";

/**
 * How a type of vim25 is written down: its fields in the schema's order, each as `type`, `type[]` for an array, a `?`
 * at the end if it is optional, and the API version that brought it where that is later than 6.7. `$extends` names
 * the base type, whose fields come first on the wire.
 */
export type TypeTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Field {
  name: string;
  type: string;
  array: boolean;
  optional: boolean;
  /** The API version that brought the field. */
  since?: string;
}

const primitives = ["string", "boolean", "byte", "short", "int", "long", "dateTime", "anyType"] as const;

export function isPrimitive(type: string): boolean {
  return (primitives as readonly string[]).includes(type);
}

export function parseField(name: string, text: string): Field {
  const match = /^(\w+)(\[\])?(\?)?(?: since ([\d.]+))?$/.exec(text);
  if (!match) throw new Error(`The schema's field ${name} is malformed: ${text}.`);
  const [, type, array, optional, since] = match;
  return { name, type: type!, array: !!array, optional: !!optional, ...(since && { since }) };
}

/** A type's fields in the order of the wire: those of its base types first. */
export function fieldsOf(table: TypeTable, type: string): Field[] {
  const { $extends: base, ...own } = table[type] ?? {};
  const inherited = base ? fieldsOf(table, base) : [];
  return [...inherited, ...Object.entries(own).map(([name, text]) => parseField(name, text))];
}

// The same table read by the compiler: what a caller may send and what an answer holds.

interface Scalars {
  string: string;
  boolean: boolean;
  byte: number;
  short: number;
  int: number;
  long: number;
  dateTime: string;
  anyType: unknown;
  ManagedObjectReference: ManagedObjectReference;
}

type Bare<S> = S extends `${infer T} since ${string}` ? T : S;
type One<Table, S, Direction> = S extends keyof Scalars
  ? Scalars[S]
  : S extends keyof Table
    ? Direction extends "in"
      ? Sent<Table, S>
      : Received<Table, S>
    : never;
type Value<Table, S, Direction> = S extends `${infer T}[]?`
  ? One<Table, T, Direction>[]
  : S extends `${infer T}[]`
    ? One<Table, T, Direction>[]
    : S extends `${infer T}?`
      ? One<Table, T, Direction>
      : One<Table, S, Direction>;
type Fields<T> = Exclude<keyof T, "$extends">;
/** A field that came later is not in the answers of a server that is older. */
type MayLack<S> = S extends `${string} since ${string}` ? true : IsOptional<S>;
type IsOptional<S> = Bare<S> extends `${string}?` ? true : false;

/** Fields to send: optional ones may be left out. `$type` names a concrete type where the declared one is a base. */
export type SentFields<Table, T> = {
  [K in Fields<T> as IsOptional<T[K]> extends true ? never : K]: Value<Table, Bare<T[K]>, "in">;
} & {
  [K in Fields<T> as IsOptional<T[K]> extends true ? K : never]?: Value<Table, Bare<T[K]>, "in"> | undefined;
};
export type Sent<Table, N extends keyof Table> = SentFields<Table, Table[N]> &
  (Table[N] extends { $extends: infer B extends keyof Table } ? Sent<Table, B> : unknown) & { $type?: string };

/** Fields of an answer: arrays are always there, empty if the server left them out. `$type` is the concrete type. */
export type ReceivedFields<Table, T> = {
  [K in Fields<T> as Bare<T[K]> extends `${string}[]?` ? K : MayLack<T[K]> extends true ? never : K]: Value<
    Table,
    Bare<T[K]>,
    "out"
  >;
} & {
  [K in Fields<T> as Bare<T[K]> extends `${string}[]?` ? never : MayLack<T[K]> extends true ? K : never]?: Value<
    Table,
    Bare<T[K]>,
    "out"
  >;
};
export type Received<Table, N extends keyof Table> = ReceivedFields<Table, Table[N]> &
  (Table[N] extends { $extends: infer B extends keyof Table } ? Received<Table, B> : unknown) & { $type: string };
