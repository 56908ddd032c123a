/**
 * Types and methods that VMware's public schema leaves out, and pyVmomi with it: esxcli over SOAP, which govmomi has,
 * so that its unchanged calls hold ours to the wire; and Fetch, by which pyVmomi itself reads a single property.
 */
export const withoutPublicSchema: ReadonlySet<string> = new Set([
  "ReflectManagedMethodExecuter",
  "ReflectManagedMethodExecuterSoapArgument",
  "ReflectManagedMethodExecuterSoapFault",
  "ReflectManagedMethodExecuterSoapResult",
  "InternalDynamicTypeManager",
  "RetrieveManagedMethodExecuter",
  "RetrieveDynamicTypeManager",
  "ExecuteSoap",
  "Fetch",
]);
