import type { PrivateState } from "../../tfplugin6/provider";

/** What a resource remembers beside its state, in the bytes that Terraform keeps for it; nothing if unreadable. */
export function readPrivate<T extends object>(bytes: PrivateState | undefined): Partial<T> {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString("utf8")) as Partial<T>;
  } catch {
    return {};
  }
}

export function writePrivate(memory: object): PrivateState {
  return Buffer.from(JSON.stringify(memory), "utf8");
}
