"""Hot-plugs drives with pyVmomi alone, as a careful script does it: one device a call, each call verified.

The job comes as JSON on standard input: {"before": {VM: [ADDRESS]}, "after": {VM: [ADDRESS]}, "parallelism": N}, the
vCenter in VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD and VSPHERE_CA_FILE.
"""

import json
import os
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim

job = json.load(sys.stdin)
host, port = os.environ["VSPHERE_SERVER"].split(":")
instance = SmartConnect(
    host=host, port=int(port), user=os.environ["VSPHERE_USER"], pwd=os.environ["VSPHERE_PASSWORD"],
    sslContext=ssl.create_default_context(cafile=os.environ["VSPHERE_CA_FILE"]),
)
# One connection for each thread, or half of them begin one for every call.
instance._stub.poolSize = job["parallelism"]


def attached(machine):
    return {
        device.backing.id: device
        for device in machine.config.hardware.device
        if isinstance(device, vim.vm.device.VirtualPCIPassthrough)
    }


def addition(offered):
    pci = offered.pciDevice
    backing = vim.vm.device.VirtualPCIPassthrough.DeviceBackingInfo(
        deviceName=pci.deviceName, id=pci.id, deviceId=f"{pci.deviceId & 0xFFFF:x}", systemId=offered.systemId,
        vendorId=pci.vendorId,
    )
    return vim.vm.device.VirtualPCIPassthrough(key=-1, backing=backing)


def change(machine, address, operation, device):
    spec = vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation=operation, device=device)])
    WaitForTask(machine.ReconfigVM_Task(spec), si=instance)
    if (address in attached(machine)) != (operation == "add"):
        raise RuntimeError(f"{operation} {address}: the task has succeeded, and the virtual machine doesn't show it")


def hotplug(identifier, wanted):
    machine = vim.VirtualMachine(identifier, instance._stub)
    present = attached(machine)
    for address in [one for one in present if one not in wanted]:
        change(machine, address, "remove", present[address])
    missing = [one for one in wanted if one not in present]
    target = machine.environmentBrowser.QueryConfigTarget(machine.runtime.host)
    offers = {one.pciDevice.id: one for one in target.pciPassthrough}
    for address in missing:
        change(machine, address, "add", addition(offers[address]))


try:
    with ThreadPoolExecutor(job["parallelism"]) as pool:
        for _ in pool.map(lambda one: hotplug(*one), job["after"].items()):
            pass
finally:
    Disconnect(instance)
