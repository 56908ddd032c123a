"""Reads requests as JSON and answers with the XML that pyVmomi's own types and serializer make of each.

A request is {"method", "target", "fields"}, a field {"name", "type", "list", "text", "fields"}; the target and the
text of a reference are TYPE:ID.
"""

import json
import sys
from datetime import datetime

from pyVmomi import Iso8601, SoapStubAdapter, VmomiSupport

NAMESPACE = "urn:vim25"
NUMBERS = (int, VmomiSupport.long, VmomiSupport.short, VmomiSupport.byte)


def reference(text, stub=None):
    kind, identifier = text.split(":", 1)
    return VmomiSupport.GetWsdlType(NAMESPACE, kind)(identifier, stub)


def value(declared, field):
    item = declared.Item if issubclass(declared, list) else declared
    if issubclass(item, VmomiSupport.ManagedObject):
        return reference(field["text"])
    if issubclass(item, VmomiSupport.DataObject):
        made = VmomiSupport.GetWsdlType(NAMESPACE, field["type"])()
        for name, one in assigned({prop.name: prop.type for prop in made._GetPropertyList()}, field["fields"]).items():
            setattr(made, name, one)
        return made
    if item is type:
        return VmomiSupport.GetWsdlType(NAMESPACE, field["text"])
    if item is bool:
        return field["text"] == "true"
    if item is datetime:
        return Iso8601.ParseISO8601(field["text"])
    if item in NUMBERS:
        return item(field["text"])
    return field["text"]


def assigned(declared, fields):
    """Values by name, those of a list together."""
    values = {}
    for field in fields:
        name = field["name"]
        one = value(declared[name], field)
        if issubclass(declared[name], list):
            values.setdefault(name, []).append(one)
        else:
            values[name] = one
    return values


def write(request, stub):
    target = reference(request["target"], stub)
    method = VmomiSupport.GetWsdlMethod(NAMESPACE, request["method"]).info
    values = assigned({parameter.name: parameter.type for parameter in method.params}, request["fields"])
    return stub.SerializeRequest(target, method, [values.get(parameter.name) for parameter in method.params])


version, requests = sys.argv[1], json.load(sys.stdin)
stub = SoapStubAdapter(version="vim.version.v" + version.replace(".", "_"))
written = [write(request, stub) for request in requests]
json.dump([text.decode() if isinstance(text, bytes) else text for text in written], sys.stdout)
