/**
 * esxcli over SOAP, as govmomi's internal/types.go has it: no vim25 schema lists it. The notation is explained in
 * parse-schema.ts.
 */
export const esxcliTypes = `
ReflectManagedMethodExecuterSoapArgument
  name:string val:string
ReflectManagedMethodExecuterSoapFault
  faultMsg:string faultDetail:string?
ReflectManagedMethodExecuterSoapResult
  response:string? fault:ReflectManagedMethodExecuterSoapFault?
managed ReflectManagedMethodExecuter
  ExecuteSoap(moid:string version:string method:string argument:ReflectManagedMethodExecuterSoapArgument[]?)
    ReflectManagedMethodExecuterSoapResult?
managed InternalDynamicTypeManager
`;
