// Command govmomi-client is a client of a vCenter written with govmomi alone. Each step of its tour ends in a line of
// JSON on standard output: {"step": …, "value": …} or {"step": …, "error": …}.
//
//	govmomi-client URL CA_FILE tour   everything that hot plug asks of a vCenter
//	govmomi-client URL CA_FILE calls  single calls, each with the arguments that our own client gives
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: govmomi-client URL CA_FILE tour|calls")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	steps := map[string]func(context.Context, *client){"tour": tour, "calls": calls}
	c, err := connect(ctx, os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	steps[os.Args[3]](ctx, c)
}

// client is a connection that isn't logged in yet, and who would log in.
type client struct {
	*vim25.Client
	sessions *session.Manager
	user     *url.Userinfo
}

// connect negotiates the version as govc does: the server's own, from vimServiceVersions.xml.
func connect(ctx context.Context, address, caFile string) (*client, error) {
	parsed, err := soap.ParseURL(address)
	if err != nil {
		return nil, err
	}
	user := parsed.User
	parsed.User = nil
	transport := soap.NewClient(parsed, false)
	if err := transport.SetRootCAs(caFile); err != nil {
		return nil, err
	}
	if err := transport.UseServiceVersion(); err != nil {
		return nil, err
	}
	vim, err := vim25.NewClient(ctx, transport)
	if err != nil {
		return nil, err
	}
	return &client{Client: vim, sessions: session.NewManager(vim), user: user}, nil
}

// step carries one step out and prints how it ended.
func step(name string, act func() (any, error)) {
	line := map[string]any{"step": name}
	value, err := act()
	if err != nil {
		line["error"] = err.Error()
		if soap.IsSoapFault(err) {
			line["fault"] = fmt.Sprintf("%T", soap.ToSoapFault(err).VimFault())
		}
	} else {
		line["value"] = value
	}
	_ = json.NewEncoder(os.Stdout).Encode(line)
}
