# All NVMe passthrough devices of the virtual machine: others are taken off, one by one.
resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = "vm-42" # or vsphere_virtual_machine.db.id
  devices            = ["0000:3b:00.0", "0000:5e:00.0"]
}

output "calls" {
  value = hotplug_passthrough_devices.db.steps
}
