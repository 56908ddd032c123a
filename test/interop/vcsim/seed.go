package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const systemID = "64b8a0b5-6f5c-4c4e-9a53-0f3f6f0a9e11"

// seed gives every host three NVMe drives and makes hosts and virtual machines ready for hot plug, in the data that the
// simulator keeps and answers with.
func seed(registry *simulator.Registry) {
	drives := []types.HostPciDevice{drive(0x3b), drive(0x3c), drive(0x5e)}
	for _, entity := range registry.All("HostSystem") {
		host := entity.(*simulator.HostSystem)
		host.Config.Product.Version = "8.0.1"
		host.Config.Product.ApiVersion = "8.0.1.0"
		host.Capability.FptHotplugSupported = types.NewBool(true)
		host.Hardware.PciDevice = drives
		host.Config.PciPassthruInfo = passthrough(drives)
	}
	for _, entity := range registry.All("VirtualMachine") {
		machine := entity.(*simulator.VirtualMachine)
		machine.Config.Version = "vmx-20"
		machine.Config.Firmware = string(types.GuestOsDescriptorFirmwareTypeEfi)
		machine.Config.Hardware.MotherboardLayout = "acpiHostBridges"
		machine.Config.MemoryReservationLockedToMax = types.NewBool(true)
		machine.Config.FixedPassthruHotPlugEnabled = types.NewBool(true)
		machine.Config.CpuHotAddEnabled = types.NewBool(false)
		machine.Config.MemoryHotAddEnabled = types.NewBool(false)
	}
	target := &types.ConfigTarget{}
	for _, device := range drives {
		target.PciPassthrough = append(target.PciPassthrough, &types.VirtualMachinePciPassthroughInfo{PciDevice: device, SystemId: systemID})
	}
	for _, reference := range registry.AllReference("EnvironmentBrowser") {
		reference.(*simulator.EnvironmentBrowser).QueryConfigTargetResponse.Returnval = target
	}
}

// drive is a Samsung 144d:a824: its device id is beyond what a signed short shows as positive.
func drive(bus byte) types.HostPciDevice {
	return types.HostPciDevice{
		Id: fmt.Sprintf("0000:%02x:00.0", bus), ClassId: 0x0108, Bus: bus,
		VendorId: 0x144d, DeviceId: -0x57dc, SubVendorId: 0x144d, SubDeviceId: -0x57ff,
		VendorName: "Samsung Electronics Co Ltd", DeviceName: "NVMe SSD Controller PM173X",
	}
}

func passthrough(drives []types.HostPciDevice) []types.BaseHostPciPassthruInfo {
	infos := []types.BaseHostPciPassthruInfo{}
	for _, device := range drives {
		infos = append(infos, &types.HostPciPassthruInfo{
			Id: device.Id, DependentDevice: device.Id, PassthruCapable: true, PassthruEnabled: true, PassthruActive: true,
		})
	}
	return infos
}
