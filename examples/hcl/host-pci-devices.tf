# The NVMe drives of a host that are free, or that this virtual machine has: a second plan is empty.
data "hotplug_host_pci_devices" "free" {
  host_id             = "host-12"
  passthrough_enabled = true
  available_to        = "vm-42"
}

resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = "vm-42"
  devices            = slice(data.hotplug_host_pci_devices.free.addresses, 0, 2)
}
