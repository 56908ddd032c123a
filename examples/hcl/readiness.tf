data "hotplug_readiness" "db" {
  virtual_machine_id = "vm-42"
}

check "ready_for_hot_plug" {
  assert {
    condition     = data.hotplug_readiness.db.ready
    error_message = "Not ready: see vsphere-hotplug doctor --vm db."
  }
}
