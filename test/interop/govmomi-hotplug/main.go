// Command govmomi-hotplug hot-plugs drives with govmomi alone, as a careful program does it: one device a call, each
// call verified.
//
// The job comes as JSON on standard input: {"after": {VM: [ADDRESS]}, "parallelism": N}, the vCenter in VSPHERE_SERVER,
// VSPHERE_USER, VSPHERE_PASSWORD and VSPHERE_CA_FILE.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"sync"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

type job struct {
	After       map[string][]string
	Parallelism int
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var asked job
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	client, err := connect(ctx, asked.Parallelism)
	if err != nil {
		return err
	}
	defer func() { _ = client.Logout(ctx) }()
	left := make(chan string, len(asked.After))
	for id := range asked.After {
		left <- id
	}
	close(left)
	failures := make(chan error, len(asked.After))
	var workers sync.WaitGroup
	for range asked.Parallelism {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for id := range left {
				if err := hotplug(ctx, client.Client, id, asked.After[id]); err != nil {
					failures <- fmt.Errorf("%s: %w", id, err)
				}
			}
		}()
	}
	workers.Wait()
	close(failures)
	return <-failures
}

func connect(ctx context.Context, connections int) (*govmomi.Client, error) {
	address, err := soap.ParseURL("https://" + os.Getenv("VSPHERE_SERVER"))
	if err != nil {
		return nil, err
	}
	transport := soap.NewClient(address, false)
	if err := transport.SetRootCAs(os.Getenv("VSPHERE_CA_FILE")); err != nil {
		return nil, err
	}
	// One connection for each worker, or most of them begin one for every call.
	transport.DefaultTransport().MaxIdleConnsPerHost = connections
	vim, err := vim25.NewClient(ctx, transport)
	if err != nil {
		return nil, err
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}
	return client, client.Login(ctx, url.UserPassword(os.Getenv("VSPHERE_USER"), os.Getenv("VSPHERE_PASSWORD")))
}

func hotplug(ctx context.Context, c *vim25.Client, id string, wanted []string) error {
	machine := object.NewVirtualMachine(c, types.ManagedObjectReference{Type: "VirtualMachine", Value: id})
	present, err := attached(ctx, machine)
	if err != nil {
		return err
	}
	for address, device := range present {
		if slices.Contains(wanted, address) {
			continue
		}
		if err := machine.RemoveDevice(ctx, false, device); err != nil {
			return err
		}
		if err := verify(ctx, machine, address, false); err != nil {
			return err
		}
	}
	offers, err := offered(ctx, c, machine)
	if err != nil {
		return err
	}
	for _, address := range wanted {
		if present[address] != nil {
			continue
		}
		if err := machine.AddDevice(ctx, offers[address]); err != nil {
			return err
		}
		if err := verify(ctx, machine, address, true); err != nil {
			return err
		}
	}
	return nil
}

func verify(ctx context.Context, machine *object.VirtualMachine, address string, isThere bool) error {
	present, err := attached(ctx, machine)
	if err == nil && (present[address] != nil) != isThere {
		err = fmt.Errorf("%s: the task has succeeded, and the virtual machine doesn't show it", address)
	}
	return err
}

func attached(ctx context.Context, machine *object.VirtualMachine) (map[string]types.BaseVirtualDevice, error) {
	devices, err := machine.Device(ctx)
	present := map[string]types.BaseVirtualDevice{}
	for _, device := range devices.SelectByType((*types.VirtualPCIPassthrough)(nil)) {
		if backing, ok := device.GetVirtualDevice().Backing.(*types.VirtualPCIPassthroughDeviceBackingInfo); ok {
			present[backing.Id] = device
		}
	}
	return present, err
}

func offered(ctx context.Context, c *vim25.Client, machine *object.VirtualMachine) (map[string]types.BaseVirtualDevice, error) {
	var one mo.VirtualMachine
	paths := []string{"environmentBrowser", "runtime.host"}
	if err := machine.Properties(ctx, machine.Reference(), paths, &one); err != nil {
		return nil, err
	}
	answer, err := methods.QueryConfigTarget(ctx, c, &types.QueryConfigTarget{This: one.EnvironmentBrowser, Host: one.Runtime.Host})
	if err != nil {
		return nil, err
	}
	offers := map[string]types.BaseVirtualDevice{}
	for _, info := range answer.Returnval.PciPassthrough {
		offer := info.GetVirtualMachinePciPassthroughInfo()
		device := new(types.VirtualPCIPassthrough)
		device.Backing = &types.VirtualPCIPassthroughDeviceBackingInfo{
			Id: offer.PciDevice.Id, DeviceId: fmt.Sprintf("%x", offer.PciDevice.DeviceId),
			SystemId: offer.SystemId, VendorId: offer.PciDevice.VendorId,
		}
		offers[offer.PciDevice.Id] = device
	}
	return offers, nil
}
