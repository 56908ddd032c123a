data "hotplug_readiness" "db" {
  virtual_machine_id = "vm-42"
  # The drives that it is meant to have: without them nobody can tell whether one was pulled out.
  devices = []
}

check "ready_for_hot_plug" {
  assert {
    # null where something can't be told: no condition takes that as it is.
    condition     = data.hotplug_readiness.db.ready == true
    error_message = "Not ready: see vsphere-hotplug doctor --vm db."
  }
}
