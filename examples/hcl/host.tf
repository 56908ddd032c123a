resource "hotplug_host" "esx01" {
  host_id             = "host-12"
  passthrough_devices = ["0000:3b:00.0", "0000:5e:00.0"]
}

# Built from active_devices, the set waits for a restart of the host that may be due.
resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = "vm-42"
  devices            = hotplug_host.esx01.active_devices
}
