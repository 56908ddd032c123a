terraform {
  required_providers {
    hotplug = { source = "vsphere-hotplug/hotplug" }
  }
}

# The rest comes from VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD.
provider "hotplug" {
  api_timeout = 10
}
