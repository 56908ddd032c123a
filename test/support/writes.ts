import { vim25Methods, type Method } from "../../lib/vim/wire/methods";

/** Whether a call changes something in vCenter: what proves that nothing was changed has one list to go by. */
export const isWrite = ({ operation }: { operation: string }): boolean =>
  (vim25Methods as Readonly<Record<string, Method>>)[operation]?.writes === true;
