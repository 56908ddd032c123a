package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/vmware/govmomi/cli/esx"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	machineName = "db"
	hostName    = "esx01.example.test"
	firstDrive  = "0000:5e:00.0"
	secondDrive = "0000:3b:00.0"
)

func tour(ctx context.Context, c *client) {
	var machine *object.VirtualMachine
	var host *object.HostSystem
	collector := property.DefaultCollector(c.Client)

	step("version", func() (any, error) { return c.Version, nil })
	step("wrong password", func() (any, error) {
		name := c.user.Username()
		return nil, c.sessions.Login(ctx, url.UserPassword(name, "wrong"))
	})
	step("log in", func() (any, error) {
		if err := c.sessions.Login(ctx, c.user); err != nil {
			return nil, err
		}
		current, err := c.sessions.UserSession(ctx)
		if err != nil || current == nil {
			return nil, fmt.Errorf("no session: %w", err)
		}
		return current.UserName, nil
	})
	step("find by view", func() (any, error) { return findByView(ctx, c) })
	step("find by inventory path", func() (any, error) {
		finder := find.NewFinder(c.Client)
		var err error
		if machine, err = finder.VirtualMachine(ctx, "/DC0/vm/"+machineName); err != nil {
			return nil, err
		}
		if host, err = finder.HostSystem(ctx, "/DC0/host/*/"+hostName); err != nil {
			return nil, err
		}
		return []string{machine.InventoryPath, host.InventoryPath}, nil
	})
	if machine == nil || host == nil {
		return
	}
	step("find by UUID", func() (any, error) {
		index := object.NewSearchIndex(c.Client)
		found, err := index.FindByUuid(ctx, nil, machine.UUID(ctx), true, nil)
		if err != nil || found == nil {
			return nil, fmt.Errorf("not found: %w", err)
		}
		return found.Reference() == machine.Reference(), nil
	})
	step("read every property of a virtual machine", func() (any, error) {
		var all mo.VirtualMachine
		err := collector.RetrieveOne(ctx, machine.Reference(), nil, &all)
		if err != nil {
			return nil, err
		}
		return map[string]any{
			"name": all.Name, "power": all.Runtime.PowerState, "version": all.Config.Version,
			"hotPlug": all.Config.FixedPassthruHotPlugEnabled, "layout": all.Config.Hardware.MotherboardLayout, "locked": all.Config.MemoryReservationLockedToMax,
		}, nil
	})
	step("read every property of a host", func() (any, error) {
		var all mo.HostSystem
		err := collector.RetrieveOne(ctx, host.Reference(), nil, &all)
		if err != nil {
			return nil, err
		}
		device := all.Hardware.PciDevice[slices.IndexFunc(all.Hardware.PciDevice, func(one types.HostPciDevice) bool { return one.Id == secondDrive })]
		return map[string]any{"version": all.Config.Product.ApiVersion, "hotPlug": all.Capability.FptHotplugSupported, "vendorId": device.VendorId, "deviceId": device.DeviceId}, nil
	})
	step("list the devices offered to a virtual machine", func() (any, error) {
		offered, err := offers(ctx, machine, host)
		addresses := []string{}
		for _, device := range offered {
			addresses = append(addresses, device.PciDevice.Id)
		}
		return addresses, err
	})
	step("hot-add one, and wait for the update", func() (any, error) {
		device, err := passthrough(ctx, machine, host, firstDrive)
		if err != nil {
			return nil, err
		}
		seen := make(chan error, 1)
		go func() {
			seen <- property.Wait(ctx, collector, machine.Reference(), []string{"config.hardware.device"}, func(changes []types.PropertyChange) bool {
				return slices.ContainsFunc(changes, func(change types.PropertyChange) bool {
					list, ok := change.Val.(types.ArrayOfVirtualDevice)
					return ok && len(attached(list.VirtualDevice)) > 0
				})
			})
		}()
		if err := machine.AddDevice(ctx, device); err != nil {
			return nil, err
		}
		if err := <-seen; err != nil {
			return nil, err
		}
		return addressesOf(ctx, machine)
	})
	step("hot-add two in one call", func() (any, error) {
		var pair []types.BaseVirtualDevice
		for _, address := range []string{secondDrive, "0000:3c:00.0"} {
			device, err := passthrough(ctx, machine, host, address)
			if err != nil {
				return nil, err
			}
			pair = append(pair, device)
		}
		return nil, machine.AddDevice(ctx, pair...)
	})
	step("follow a task", func() (any, error) {
		device, err := passthrough(ctx, machine, host, secondDrive)
		if err != nil {
			return nil, err
		}
		change := types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device}
		running, err := machine.Reconfigure(ctx, types.VirtualMachineConfigSpec{DeviceChange: []types.BaseVirtualDeviceConfigSpec{&change}})
		if err != nil {
			return nil, err
		}
		if err := running.Wait(ctx); err != nil {
			return nil, err
		}
		return followed(ctx, c, running.Reference())
	})
	step("hot-remove both, one after the other", func() (any, error) {
		devices, err := machine.Device(ctx)
		if err != nil {
			return nil, err
		}
		for _, device := range attached(devices) {
			if err := machine.RemoveDevice(ctx, false, device); err != nil {
				return nil, err
			}
		}
		return addressesOf(ctx, machine)
	})
	step("toggle passthrough", func() (any, error) { return togglePassthrough(ctx, c, host, secondDrive) })
	step("read and set the kernel parameter", func() (any, error) {
		executor, err := esx.NewExecutor(ctx, c.Client, host)
		if err != nil {
			return nil, err
		}
		if _, err := executor.Run(ctx, []string{"system", "settings", "kernel", "set", "-s", "maxIntrCookies", "-v", "8192"}); err != nil {
			return nil, err
		}
		answer, err := executor.Run(ctx, []string{"system", "settings", "kernel", "list", "-o", "maxIntrCookies"})
		if err != nil {
			return nil, err
		}
		setting := answer.Values[0]
		return []string{setting.Value("Name"), setting.Value("Configured"), setting.Value("Runtime")}, nil
	})
	step("power off, set the flags, power on", func() (any, error) { return powerCycle(ctx, c, machine) })
	step("log out", func() (any, error) {
		if err := c.sessions.Logout(ctx); err != nil {
			return nil, err
		}
		var gone mo.VirtualMachine
		if err := collector.RetrieveOne(ctx, machine.Reference(), []string{"name"}, &gone); err == nil {
			return nil, errors.New("the session still reads")
		}
		current, err := c.sessions.UserSession(ctx)
		return current == nil, err
	})
}

func findByView(ctx context.Context, c *client) (any, error) {
	kinds := []string{"VirtualMachine", "HostSystem"}
	all, err := view.NewManager(c.Client).CreateContainerView(ctx, c.ServiceContent.RootFolder, kinds, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = all.Destroy(context.Background()) }()
	var found []mo.ManagedEntity
	if err := all.Retrieve(ctx, kinds, []string{"name"}, &found); err != nil {
		return nil, err
	}
	names := []string{}
	for _, entity := range found {
		names = append(names, entity.Name)
	}
	slices.Sort(names)
	return names, nil
}

// followed watches the recent tasks as `govc tasks -f` does until it has seen this one's end.
func followed(ctx context.Context, c *client, wanted types.ManagedObjectReference) (any, error) {
	tasks, err := view.NewManager(c.Client).CreateTaskView(ctx, c.ServiceContent.TaskManager)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tasks.Destroy(context.Background()) }()
	var seen *types.TaskInfo
	err = tasks.Collect(ctx, func(infos []types.TaskInfo) {
		for _, info := range infos {
			if info.Task == wanted {
				seen = &info
			}
		}
	})
	if err != nil || seen == nil {
		return nil, fmt.Errorf("the task is not among the recent ones: %w", err)
	}
	return map[string]any{"state": seen.State, "entity": seen.EntityName, "operation": seen.DescriptionId, "name": seen.Name}, nil
}

func powerCycle(ctx context.Context, c *client, machine *object.VirtualMachine) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	do := func(running *object.Task, err error) error {
		if err != nil {
			return err
		}
		return running.Wait(ctx)
	}
	if err := do(machine.PowerOff(ctx)); err != nil {
		return nil, fmt.Errorf("power off: %w", err)
	}
	flags := types.VirtualMachineConfigSpec{
		Flags:                        &types.VirtualMachineFlagInfo{VvtdEnabled: types.NewBool(false)},
		MemoryReservationLockedToMax: types.NewBool(true),
		MotherboardLayout:            "acpiHostBridges",
		FixedPassthruHotPlugEnabled:  types.NewBool(true),
	}
	if err := do(machine.Reconfigure(ctx, flags)); err != nil {
		return nil, fmt.Errorf("set the flags: %w", err)
	}
	if err := do(machine.PowerOn(ctx)); err != nil {
		return nil, fmt.Errorf("power on: %w", err)
	}
	return machine.PowerState(ctx)
}
