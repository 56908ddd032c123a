"""Makes a virtual machine from a specification of its own, clones it, and reads every property of all that is near it.

usage: create.py URL CA_FILE. Each step ends in a line of JSON, as tour.py's do.
"""

import json
import ssl
import sys
from urllib.parse import unquote, urlsplit

from pyVim.connect import SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

url = urlsplit(sys.argv[1])
context = ssl.create_default_context(cafile=sys.argv[2])
si = SmartConnect(host=url.hostname, port=url.port, user=unquote(url.username), pwd=unquote(url.password), sslContext=context)
datacenter = si.content.rootFolder.childEntity[0]
compute = datacenter.hostFolder.childEntity[0]
Device = vim.vm.device


def report(step, value):
    print(json.dumps({"step": step, "value": value}))


def add(device, file_operation=None):
    return Device.VirtualDeviceSpec(operation="add", fileOperation=file_operation, device=device)


def specification():
    disk = Device.VirtualDisk.FlatVer2BackingInfo(fileName="", diskMode="persistent", thinProvisioned=True)
    network = Device.VirtualEthernetCard.NetworkBackingInfo(deviceName="VM Network")
    image = Device.VirtualCdrom.IsoBackingInfo(fileName=f"[{compute.host[0].datastore[0].name}] iso/linux.iso")
    return vim.vm.ConfigSpec(
        name="made",
        numCPUs=2,
        memoryMB=2048,
        guestId="ubuntu64Guest",
        firmware="efi",
        files=vim.vm.FileInfo(vmPathName=f"[{compute.host[0].datastore[0].name}]"),
        bootOptions=vim.vm.BootOptions(bootDelay=500),
        extraConfig=[vim.option.OptionValue(key="a.b", value="c")],
        deviceChange=[
            add(Device.ParaVirtualSCSIController(key=-1, busNumber=0, sharedBus="noSharing")),
            add(Device.VirtualDisk(key=-2, controllerKey=-1, unitNumber=0, capacityInKB=1048576, backing=disk), "create"),
            add(Device.VirtualVmxnet3(key=-3, backing=network)),
            add(Device.VirtualAHCIController(key=-4, busNumber=0)),
            add(Device.VirtualCdrom(key=-5, controllerKey=-4, unitNumber=0, backing=image)),
        ],
    )


def result(task):
    WaitForTask(task)
    return task.info.result


def unreadable(*objects):
    """The properties that can't be read, but for those that the server is too old for."""
    found = []
    for one in objects:
        for prop in one._GetPropertyList():
            try:
                getattr(one, prop.name)
            except vmodl.fault.MethodNotFound:
                pass
            except Exception as error:
                found.append(f"{type(one).__name__}.{prop.name}: {error}")
    return found


made = result(datacenter.vmFolder.CreateVM_Task(specification(), compute.resourcePool, compute.host[0]))
report("create", [[device.key, device.deviceInfo.label] for device in made.config.hardware.device][9:])
result(made.PowerOnVM_Task())
place = vim.vm.RelocateSpec(pool=compute.resourcePool)
copy = result(made.CloneVM_Task(datacenter.vmFolder, "copy", vim.vm.CloneSpec(location=place, template=False, powerOn=True)))
report("clone", [copy.name, copy.runtime.powerState, copy.config.bootOptions.bootDelay])
browser = made.environmentBrowser
report(
    "read everything",
    unreadable(made, copy, browser, compute, compute.host[0], compute.resourcePool, made.datastore[0], made.network[0]),
)
option = browser.QueryConfigOption()
report("environment browser", [option.version == made.config.version, len(option.defaultDevice)])
