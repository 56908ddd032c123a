import { compareVersions, parseVersion } from "../../../lib/simulator/schema/parse-schema";
import type { WireField, WireType } from "./pyvmomi-types";

/** A field as one of our tables has it. */
export interface OurField {
  name: string;
  type: string;
  list: boolean;
  optional: boolean;
  reference: boolean;
  /** The API version that brought it; undefined where the table doesn't tell. */
  since?: string;
}

/** What is wrong with our fields beside theirs, as sentences; empty if nothing is. Ours may leave fields out. */
export function compareFields(where: string, ours: readonly OurField[], theirs: readonly WireField[]): string[] {
  const positions = ours.map(({ name }) => theirs.findIndex((field) => field.name === name));
  return ours.flatMap((field, i) => {
    const other = theirs[positions[i]!];
    if (!other) return [`${where}.${field.name} is unknown`];
    const outOfOrder =
      i > 0 && positions[i]! <= positions[i - 1]! ? [`${where}.${field.name} stands before ${ours[i - 1]!.name}`] : [];
    return [
      ...outOfOrder,
      ...compareTypes(`${where}.${field.name}`, field, other),
      ...compareSince(`${where}.${field.name}`, field, other),
    ];
  });
}

/** One field's type, an answer's too. */
export function compareTypes(where: string, ours: Omit<OurField, "name">, theirs: WireType): string[] {
  return [
    ...(ours.reference === theirs.reference && (ours.type === theirs.type || ours.type === "*")
      ? []
      : [`${where} is ${title(theirs)}, not ${title(ours)}`]),
    ...(ours.list === theirs.list ? [] : [`${where} is ${theirs.list ? "a list" : "no list"}`]),
    ...(ours.optional === theirs.optional ? [] : [`${where} is ${theirs.optional ? "optional" : "required"}`]),
  ];
}

export function compareSince(where: string, { since }: { since?: string }, theirs: { since: string }): string[] {
  if (since === undefined || versionOf(since) === versionOf(theirs.since)) return [];
  return [`${where} is there since ${versionOf(theirs.since)}, not since ${versionOf(since)}`];
}

/** What they require and we lack: a request without it, or an answer, is one that a strict parser refuses. */
export function lackingFields(
  where: string,
  ours: readonly { name: string }[],
  theirs: readonly WireField[],
): string[] {
  return theirs
    .filter(({ name, optional }) => !optional && !ours.some((field) => field.name === name))
    .map(({ name }) => `${where}.${name} is required`);
}

/** 7.0 and 7.0.0.0 are the same; what is older than 4.0 was there always, since no older server is left to speak to. */
function versionOf(text: string): string {
  const version = parseVersion(text);
  const parts = compareVersions(version, [4]) < 0 ? [2] : [...version];
  while (parts.at(-1) === 0) parts.pop();
  return parts.join(".");
}

export const isNewer = (one: string, other: string): boolean =>
  compareVersions(parseVersion(one), parseVersion(other)) > 0;

function title({ type, reference }: Pick<OurField, "type" | "reference">): string {
  return reference ? `a reference to ${type}` : `"${type}"`;
}
