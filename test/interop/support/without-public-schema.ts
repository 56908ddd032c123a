/**
 * Types and methods that VMware's public schema leaves out and pyVmomi therefore doesn't have: esxcli over SOAP.
 * govmomi has them, and its unchanged calls are what holds them to the wire.
 */
export const withoutPublicSchema: ReadonlySet<string> = new Set([]);
