package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func offers(ctx context.Context, machine *object.VirtualMachine, host *object.HostSystem) ([]*types.VirtualMachinePciPassthroughInfo, error) {
	browser, err := machine.EnvironmentBrowser(ctx)
	if err != nil {
		return nil, err
	}
	target, err := browser.QueryConfigTarget(ctx, host)
	if err != nil {
		return nil, err
	}
	var offered []*types.VirtualMachinePciPassthroughInfo
	for _, one := range target.PciPassthrough {
		offered = append(offered, one.GetVirtualMachinePciPassthroughInfo())
	}
	return offered, nil
}

// passthrough is a device to add, with its id written as govc writes it: as a signed number.
func passthrough(ctx context.Context, machine *object.VirtualMachine, host *object.HostSystem, address string) (types.BaseVirtualDevice, error) {
	offered, err := offers(ctx, machine, host)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(offered, func(one *types.VirtualMachinePciPassthroughInfo) bool { return one.PciDevice.Id == address })
	if i < 0 {
		return nil, fmt.Errorf("%s is not offered", address)
	}
	pci := offered[i].PciDevice
	device := new(types.VirtualPCIPassthrough)
	device.Backing = &types.VirtualPCIPassthroughDeviceBackingInfo{
		Id: pci.Id, DeviceId: fmt.Sprintf("%x", pci.DeviceId), SystemId: offered[i].SystemId, VendorId: pci.VendorId,
	}
	return device, nil
}

func attached(devices []types.BaseVirtualDevice) object.VirtualDeviceList {
	return object.VirtualDeviceList(devices).SelectByType((*types.VirtualPCIPassthrough)(nil))
}

func addressesOf(ctx context.Context, machine *object.VirtualMachine) ([]string, error) {
	devices, err := machine.Device(ctx)
	addresses := []string{}
	for _, device := range attached(devices) {
		addresses = append(addresses, device.GetVirtualDevice().Backing.(*types.VirtualPCIPassthroughDeviceBackingInfo).Id)
	}
	return addresses, err
}

func togglePassthrough(ctx context.Context, c *client, host *object.HostSystem, address string) (any, error) {
	var one mo.HostSystem
	if err := host.Properties(ctx, host.Reference(), []string{"configManager.pciPassthruSystem"}, &one); err != nil {
		return nil, err
	}
	system := *one.ConfigManager.PciPassthruSystem
	states := []bool{}
	for _, enabled := range []bool{false, true} {
		_, err := methods.UpdatePassthruConfig(ctx, c.Client, &types.UpdatePassthruConfig{
			This:   system,
			Config: []types.BaseHostPciPassthruConfig{&types.HostPciPassthruConfig{Id: address, PassthruEnabled: enabled, ApplyNow: types.NewBool(true)}},
		})
		if err != nil {
			return nil, err
		}
		if _, err := methods.Refresh(ctx, c.Client, &types.Refresh{This: system}); err != nil {
			return nil, err
		}
		var read mo.HostPciPassthruSystem
		if err := host.Properties(ctx, system, []string{"pciPassthruInfo"}, &read); err != nil {
			return nil, err
		}
		for _, info := range read.PciPassthruInfo {
			if base := info.GetHostPciPassthruInfo(); base.Id == address {
				states = append(states, base.PassthruActive)
			}
		}
	}
	return states, nil
}
