resource "hotplug_virtual_machine_settings" "db" {
  virtual_machine_id = "vm-42"
  power_cycle        = "on_create"
}

resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = hotplug_virtual_machine_settings.db.moid
  devices            = ["0000:3b:00.0"]
}
