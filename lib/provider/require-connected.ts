import { titleOf, type ObservedHost, type ObservedVirtualMachine } from "../hotplug/observed-facts";
import { checkRules } from "../hotplug/rules/rules";
import { explain } from "../hotplug/rules/violation";
import { OutOfSightError } from "./user-error";

/** The host, where it and a virtual machine on it are connected; else an error: what can't be shown decides nothing. */
export function requireConnected<H extends ObservedHost>(host: H | undefined, vm?: ObservedVirtualMachine): H {
  const isConnected = (one: { connectionState: string }): boolean => one.connectionState === "connected";
  const [unseen] = checkRules({
    ...(host && { host: { title: titleOf(host), connected: isConnected(host) } }),
    ...(vm && { virtualMachine: { title: titleOf(vm), connected: host !== undefined && isConnected(vm) } }),
  });
  if (unseen || !host) throw new OutOfSightError(unseen!.summary, explain(unseen!));
  return host;
}
