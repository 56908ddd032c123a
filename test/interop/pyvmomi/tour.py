"""A client of a vCenter written with pyVmomi alone: everything that hot plug asks of a vCenter.

usage: tour.py URL CA_FILE. Each step ends in a line of JSON: {"step": ..., "value": ...} or {"step": ..., "error": ...,
"fault": ...}.
"""

import json
import ssl
import sys
import threading
from urllib.parse import unquote, urlsplit

import esxcli
from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import VmomiSupport, vim, vmodl

HOST, FIRST_DRIVE, SECOND_DRIVE = "esx01.example.test", "0000:5e:00.0", "0000:3b:00.0"

url = urlsplit(sys.argv[1])
found = {}


def connect(password):
    # SmartConnect asks the server for its versions and takes the newest that both know.
    return SmartConnect(
        host=url.hostname, port=url.port, user=unquote(url.username), pwd=password, sslContext=ssl.create_default_context(cafile=sys.argv[2])
    )


def log_in():
    found["si"] = connect(unquote(url.password))
    return content().sessionManager.currentSession.userName


def content():
    return found["si"].RetrieveContent()


def version():
    return VmomiSupport.versionIdMap[found["si"]._stub.version]


def find_by_view():
    view = content().viewManager.CreateContainerView(content().rootFolder, [vim.VirtualMachine, vim.HostSystem], True)
    try:
        found.update({entity.name: entity for entity in view.view})
        return sorted(entity.name for entity in view.view)
    finally:
        view.Destroy()


def find_by_inventory_path():
    index = content().searchIndex
    machine, host = index.FindByInventoryPath("DC0/vm/db"), index.FindByInventoryPath(f"DC0/host/{HOST}/{HOST}")
    found.update(machine=machine, host=host)
    return [machine.name, host.name]


def find_by_uuid():
    index, uuid = content().searchIndex, found["machine"].config.uuid
    return index.FindByUuid(None, uuid, True, False) == found["machine"] and index.FindAllByUuid(None, uuid, True) == [found["machine"]]


def everything(entity):
    """Every property of an object in one call: the answer of a type that pyVmomi doesn't know would end it."""
    specification = vmodl.query.PropertyCollector.FilterSpec(
        objectSet=[vmodl.query.PropertyCollector.ObjectSpec(obj=entity)],
        propSet=[vmodl.query.PropertyCollector.PropertySpec(type=type(entity), all=True)],
    )
    result = content().propertyCollector.RetrievePropertiesEx([specification], vmodl.query.PropertyCollector.RetrieveOptions())
    return {prop.name: prop.val for prop in result.objects[0].propSet}


def read_machine():
    read = everything(found["machine"])
    config = read["config"]
    return {
        "name": read["name"], "power": read["runtime"].powerState, "version": config.version,
        "hotPlug": config.fixedPassthruHotPlugEnabled, "layout": config.hardware.motherboardLayout, "locked": config.memoryReservationLockedToMax,
    }


def read_host():
    read = everything(found["host"])
    device = next(device for device in read["hardware"].pciDevice if device.id == SECOND_DRIVE)
    return {
        "version": read["config"].product.apiVersion, "hotPlug": read["capability"].fptHotplugSupported,
        "vendorId": device.vendorId, "deviceId": device.deviceId,
    }


def read_all_objects():
    """Every property of everything in the inventory."""
    view = content().viewManager.CreateContainerView(content().rootFolder, [vim.ManagedEntity], True)
    try:
        return sorted({type(entity).__name__.rsplit(".", 1)[-1] for entity in view.view if everything(entity)})
    finally:
        view.Destroy()


def offers():
    return found["machine"].environmentBrowser.QueryConfigTarget(found["host"]).pciPassthrough


def addition(address, key=-1):
    offered = next(one for one in offers() if one.pciDevice.id == address)
    pci = offered.pciDevice
    backing = vim.vm.device.VirtualPCIPassthrough.DeviceBackingInfo(
        deviceName=pci.deviceName, id=pci.id, deviceId=f"{pci.deviceId & 0xFFFF:x}", systemId=offered.systemId, vendorId=pci.vendorId
    )
    device = vim.vm.device.VirtualPCIPassthrough(key=key, backing=backing)
    return vim.vm.device.VirtualDeviceSpec(operation="add", device=device)


def change(*changes):
    return found["machine"].ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=list(changes)))


def attached():
    devices = found["machine"].config.hardware.device
    return [device for device in devices if isinstance(device, vim.vm.device.VirtualPCIPassthrough)]


def addresses():
    return [device.backing.id for device in attached()]


def wait_for_device(collector, seen):
    version = ""
    while not seen.get("addresses"):
        update = collector.WaitForUpdatesEx(version, vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=20))
        if update is None:
            return
        version = update.version
        for changed in update.filterSet[0].objectSet[0].changeSet:
            seen["addresses"] = [one.backing.id for one in changed.val if isinstance(one, vim.vm.device.VirtualPCIPassthrough)]


def hot_add_and_wait():
    collector, seen = content().propertyCollector.CreatePropertyCollector(), {}
    specification = vmodl.query.PropertyCollector.FilterSpec(
        objectSet=[vmodl.query.PropertyCollector.ObjectSpec(obj=found["machine"])],
        propSet=[vmodl.query.PropertyCollector.PropertySpec(type=vim.VirtualMachine, pathSet=["config.hardware.device"])],
    )
    collector.CreateFilter(specification, False)
    waiter = threading.Thread(target=wait_for_device, args=(collector, seen), daemon=True)
    waiter.start()
    WaitForTask(change(addition(FIRST_DRIVE)), si=found["si"])
    waiter.join(20)
    collector.Destroy()
    return seen["addresses"]


def hot_add_two():
    WaitForTask(change(addition(SECOND_DRIVE), addition("0000:3c:00.0", -2)), si=found["si"])


def follow_task():
    task = change(addition(SECOND_DRIVE))
    WaitForTask(task, si=found["si"])
    info = next(recent.info for recent in content().taskManager.recentTask if recent == task)
    return {"state": info.state, "entity": info.entityName, "operation": info.descriptionId, "name": info.name.info.wsdlName}


def hot_remove_both():
    for device in attached():
        WaitForTask(change(vim.vm.device.VirtualDeviceSpec(operation="remove", device=device)), si=found["si"])
    return addresses()


def toggle_passthrough():
    system, states = found["host"].configManager.pciPassthruSystem, []
    for enabled in (False, True):
        system.UpdatePassthruConfig([vim.host.PciPassthruConfig(id=SECOND_DRIVE, passthruEnabled=enabled, applyNow=True)])
        system.Refresh()
        states.append(next(info.passthruActive for info in system.pciPassthruInfo if info.id == SECOND_DRIVE))
    return states


def kernel_parameter():
    runner = esxcli.executer(found["host"])
    esxcli.run(runner, "system.settings.kernel.set", setting="maxIntrCookies", value="8192")
    [setting] = esxcli.run(runner, "system.settings.kernel.list", option="maxIntrCookies")
    return [setting["Name"], setting["Configured"], setting["Runtime"]]


def power_cycle():
    machine = found["machine"]
    WaitForTask(machine.PowerOffVM_Task(), si=found["si"])
    flags = vim.vm.ConfigSpec(
        flags=vim.vm.FlagInfo(vvtdEnabled=False), memoryReservationLockedToMax=True, motherboardLayout="acpiHostBridges", fixedPassthruHotPlugEnabled=True
    )
    WaitForTask(machine.ReconfigVM_Task(flags), si=found["si"])
    WaitForTask(machine.PowerOnVM_Task(), si=found["si"])
    return machine.runtime.powerState


def log_out():
    machine = found["machine"]
    Disconnect(found["si"])
    try:
        machine.name
    except vim.fault.NotAuthenticated:
        return True
    raise RuntimeError("the session still reads")


STEPS = [
    ("wrong password", lambda: connect("wrong")),
    ("log in", log_in),
    ("version", version),
    ("find by view", find_by_view),
    ("find by inventory path", find_by_inventory_path),
    ("find by UUID", find_by_uuid),
    ("read every property of a virtual machine", read_machine),
    ("read every property of a host", read_host),
    ("read every property of everything", read_all_objects),
    ("list the devices offered to a virtual machine", lambda: [one.pciDevice.id for one in offers()]),
    ("hot-add one, and wait for the update", hot_add_and_wait),
    ("hot-add two in one call", hot_add_two),
    ("follow a task", follow_task),
    ("hot-remove both, one after the other", hot_remove_both),
    ("toggle passthrough", toggle_passthrough),
    ("read and set the kernel parameter", kernel_parameter),
    ("power off, set the flags, power on", power_cycle),
    ("log out", log_out),
]


for name, act in STEPS:
    try:
        line = {"value": act()}
    except vmodl.MethodFault as fault:
        line = {"error": fault.msg, "fault": type(fault).__name__}
    except Exception as error:  # pylint: disable=broad-except
        line = {"error": repr(error)}
    print(json.dumps({"step": name, **line}), flush=True)
