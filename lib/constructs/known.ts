import { Token } from "cdktf";

/** A value as far as synth knows it: undefined for a token, which Terraform resolves and asks the same rules about. */
export function known<T>(value: T): Exclude<T, undefined> | undefined {
  return value === undefined || Token.isUnresolved(value) ? undefined : (value as Exclude<T, undefined>);
}

/** The members of a list that synth knows. */
export function knownMembers(values: readonly string[] | undefined): string[] {
  return (known(values) ?? []).filter((value) => !Token.isUnresolved(value));
}
