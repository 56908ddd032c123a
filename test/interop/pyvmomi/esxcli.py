"""esxcli over SOAP for pyVmomi, which lacks its types: they are declared here by pyVmomi's own means."""

import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from pyVmomi import VmomiSupport

VERSION = "vim.version.version5"
OPTIONAL = VmomiSupport.F_OPTIONAL
PREFIX = "vmodl.reflect.ManagedMethodExecuter"

VmomiSupport.CreateDataType(
    f"{PREFIX}.SoapArgument", "ReflectManagedMethodExecuterSoapArgument", "vmodl.DynamicData", VERSION,
    [("name", "string", VERSION, 0), ("val", "string", VERSION, 0)],
)
VmomiSupport.CreateDataType(
    f"{PREFIX}.SoapFault", "ReflectManagedMethodExecuterSoapFault", "vmodl.DynamicData", VERSION,
    [("faultMsg", "string", VERSION, 0), ("faultDetail", "string", VERSION, OPTIONAL)],
)
VmomiSupport.CreateDataType(
    f"{PREFIX}.SoapResult", "ReflectManagedMethodExecuterSoapResult", "vmodl.DynamicData", VERSION,
    [("response", "string", VERSION, OPTIONAL), ("fault", f"{PREFIX}.SoapFault", VERSION, OPTIONAL)],
)
ARGUMENTS = [("moid", "string"), ("version", "string"), ("method", "string"), ("argument", f"{PREFIX}.SoapArgument[]")]
VmomiSupport.CreateManagedType(
    PREFIX, "ReflectManagedMethodExecuter", "vmodl.ManagedObject", VERSION, [],
    [(
        "executeSoap", "ExecuteSoap", VERSION,
        tuple((name, declared, VERSION, OPTIONAL if declared.endswith("[]") else 0, None) for name, declared in ARGUMENTS),
        (OPTIONAL, f"{PREFIX}.SoapResult", f"{PREFIX}.SoapResult"), None, None,
    )],
)


def executer(host):
    """The object by which a host runs esxcli's commands."""
    retrieve = VmomiSupport.Object(
        name="RetrieveManagedMethodExecuter", wsdlName="RetrieveManagedMethodExecuter", version=VERSION, params=(), isTask=False,
        resultFlags=OPTIONAL, result=VmomiSupport.GetVmodlType(PREFIX), methodResult=VmomiSupport.GetVmodlType(PREFIX),
    )
    return host._stub.InvokeMethod(host, retrieve, ())


def run(runner, command, **arguments):
    """Runs a command such as "system.settings.kernel.list"; its answer's structures as dictionaries."""
    namespace = command.rsplit(".", 1)[0]
    argument = VmomiSupport.GetVmodlType(f"{PREFIX}.SoapArgument")
    result = runner.ExecuteSoap(
        "ha-cli-handler-" + namespace.replace(".", "-"), "urn:vim25/5.0", f"vim.EsxCLI.{command}",
        [argument(name=name, val=f"<{name}>{escape(value)}</{name}>") for name, value in arguments.items()],
    )
    if result.fault:
        raise RuntimeError(f"{result.fault.faultMsg} {result.fault.faultDetail}")
    root = ElementTree.fromstring(result.response)
    return [{field.tag.split("}")[-1]: field.text for field in structure} for structure in root]
