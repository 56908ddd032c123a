// Command govmomi-client is a client of a vCenter written with govmomi alone.
//
//	govmomi-client URL CA_FILE  does everything that hot plug asks of a vCenter; each step ends in a line of JSON,
//	                            {"step": …, "value": …} or {"step": …, "error": …, "fault": …}
//	govmomi-client rewrite      reads requests as JSON and writes each as govmomi writes it
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 && args[0] == "rewrite" {
		return rewrite()
	}
	if len(args) != 2 {
		return errors.New("usage: govmomi-client URL CA_FILE | govmomi-client rewrite")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	c, err := connect(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	tour(ctx, c)
	return nil
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
