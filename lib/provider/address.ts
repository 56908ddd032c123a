/** The provider's source address, as Terraform knows it. */
export const PROVIDER_ADDRESS = "registry.terraform.io/vsphere-hotplug/hotplug";
