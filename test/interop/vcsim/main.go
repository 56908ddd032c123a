// Command vcsim runs govmomi's own simulator, unchanged, on loopback with TLS.
//
//	vcsim         its inventory as it comes
//	vcsim seeded  the same, and what hot plug looks for is set in it: NVMe drives, readiness of hosts and machines
//
// It prints one line of JSON, {"server", "ca", "user", "password"}, and obeys lines on standard input, each answered by
// "done": "expire" ends every session, "restart" starts anew on the same port. It ends when standard input does.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"net/url"
	"os"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
)

var credentials = url.UserPassword("administrator@vsphere.local", "vcsim")

func main() {
	log.SetOutput(os.Stderr)
	seeded := len(os.Args) == 2 && os.Args[1] == "seeded"
	running := start("127.0.0.1:0", seeded)
	password, _ := credentials.Password()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: running.server.TLS.Certificates[0].Certificate[0]})
	_ = json.NewEncoder(os.Stdout).Encode(map[string]string{
		"server": running.server.URL.Host, "ca": string(certificate), "user": credentials.Username(), "password": password,
	})
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		switch commands.Text() {
		case "expire":
			if err := running.expire(); err != nil {
				log.Fatal(err)
			}
		case "restart":
			host := running.server.URL.Host
			running.stop()
			running = start(host, seeded)
		}
		fmt.Println("done")
	}
	running.stop()
}

type instance struct {
	model  *simulator.Model
	server *simulator.Server
}

func start(listen string, seeded bool) instance {
	model := simulator.VPX()
	if seeded {
		model.ServiceContent.About.Version = "8.0.1"
		model.ServiceContent.About.ApiVersion = "8.0.1.0"
	}
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	if seeded {
		seed(model.Map())
	}
	model.Service.TLS = new(tls.Config)
	model.Service.Listen = &url.URL{Host: listen, User: credentials}
	return instance{model, model.Service.NewServer()}
}

func (i instance) stop() {
	i.server.CloseClientConnections()
	i.server.Close()
	i.model.Remove()
}

// expire ends every session but its own, and then its own.
func (i instance) expire() error {
	ctx := context.Background()
	client, err := govmomi.NewClient(ctx, i.server.URL, true)
	if err != nil {
		return err
	}
	defer func() { _ = client.Logout(ctx) }()
	var manager mo.SessionManager
	if err := client.RetrieveOne(ctx, *client.ServiceContent.SessionManager, []string{"sessionList", "currentSession"}, &manager); err != nil {
		return err
	}
	others := []string{}
	for _, one := range manager.SessionList {
		if one.Key != manager.CurrentSession.Key {
			others = append(others, one.Key)
		}
	}
	return session.NewManager(client.Client).TerminateSession(ctx, others)
}
