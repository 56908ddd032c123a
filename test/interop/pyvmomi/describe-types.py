"""Writes as JSON what pyVmomi knows of vim25 and pbm: every type and every method, with the names that they have on the wire."""

import json
import sys
from importlib.metadata import version

from pyVmomi import VmomiSupport, pbm  # noqa: F401 (its types are declared by the import)

NAMESPACES = ("urn:vim25", "urn:pbm")
KINDS = (VmomiSupport.ManagedObject, VmomiSupport.DataObject, VmomiSupport.Enum)
PRIMITIVES = {"str": "string", "bool": "boolean", "datetime": "dateTime", "binary": "base64Binary", "URI": "anyURI", "object": "anyType"}
# Types and names of properties travel as text.
AS_TEXT = {"type", "PropertyPath", "ManagedMethod"}


def since(name):
    return VmomiSupport.versionIdMap[name]


FAULT = VmomiSupport.GetVmodlType("vmodl.MethodFault")
WRAPPED_FAULT = VmomiSupport.GetVmodlType("vmodl.LocalizedMethodFault")


def wire_type(declared, flags, owner=None):
    is_list = issubclass(declared, list)
    item = declared.Item if is_list else declared
    if flags & VmomiSupport.F_LINK or item.__name__ in AS_TEXT:
        name = "string"
    elif issubclass(item, FAULT) and owner is not WRAPPED_FAULT:
        # pyVmomi wraps a fault in a field on the way, with its localized message, and unwraps it.
        name = "LocalizedMethodFault"
    elif issubclass(item, KINDS):
        name = VmomiSupport.GetWsdlName(item)
    else:
        name = PRIMITIVES.get(item.__name__, item.__name__)
    return {
        "type": name,
        "list": is_list,
        "reference": issubclass(item, VmomiSupport.ManagedObject),
        "enum": issubclass(item, VmomiSupport.Enum),
        "optional": bool(flags & VmomiSupport.F_OPTIONAL),
    }


def describe_field(field, owner=None):
    return {"name": field.name, "since": since(field.version), **wire_type(field.type, field.flags, owner)}


def describe_type(declared):
    described = {"since": since(getattr(declared, "_version", "vim.version.version1")), "fields": []}
    if issubclass(declared, VmomiSupport.Enum):
        return {**described, "kind": "enum", "values": [str(value) for value in declared.values]}
    own = [describe_field(field, declared) for field in declared._propList]
    base = declared.__bases__[0]
    if issubclass(base, KINDS):
        described["base"] = VmomiSupport.GetWsdlName(base)
    kind = "managed" if issubclass(declared, VmomiSupport.ManagedObject) else "data"
    return {**described, "kind": kind, "fields": own}


def describe_method(info):
    return {
        "owner": VmomiSupport.GetWsdlName(info.type),
        "since": since(info.version),
        "parameters": [describe_field(parameter) for parameter in info.params],
        "result": None if info.result is VmomiSupport.NoneType else wire_type(info.result, info.resultFlags),
        "faults": [VmomiSupport.GetWsdlName(VmomiSupport.GetVmodlType(fault)) for fault in info.faults or []],
    }


def main():
    types, methods = {}, {}
    for declared in list(VmomiSupport.GetWsdlTypes()):
        namespace, name = VmomiSupport.GetQualifiedWsdlName(declared)
        if namespace not in NAMESPACES or not issubclass(declared, KINDS):
            continue
        types[name] = describe_type(declared)
        if types[name]["kind"] == "managed":
            methods.update({info.wsdlName: describe_method(info) for info in declared._GetMethodList()})
    json.dump({"version": version("pyvmomi"), "types": types, "methods": methods}, sys.stdout)


main()
