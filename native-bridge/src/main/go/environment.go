package main

import (
	"os"
	"sync"

	"tailscale.com/net/netns"
)

// credentialVariables are read by tsnet on its own, in an order of its own. Here the caller decides.
var credentialVariables = []string{
	"TS_AUTHKEY", "TS_AUTH_KEY", "TS_CLIENT_ID", "TS_CLIENT_SECRET", "TS_ID_TOKEN", "TS_AUDIENCE", "TS_CONTROL_URL",
}

var environment struct {
	sync.Mutex
	authKey string
}

// authKeyFromEnvironment is the key that a program using the C interface gave the way tsnet documents it. The variables
// may be gone from the environment since an earlier node started, so the key is remembered.
func authKeyFromEnvironment() string {
	environment.Lock()
	defer environment.Unlock()
	rememberAuthKeyLocked()
	return environment.authKey
}

func rememberAuthKeyLocked() {
	for _, name := range []string{"TS_AUTHKEY", "TS_AUTH_KEY"} {
		if key := os.Getenv(name); key != "" {
			environment.authKey = key
			return
		}
	}
}

// neutraliseEnvironment removes the credentials from the environment that tsnet and child processes see.
func neutraliseEnvironment() {
	environment.Lock()
	defer environment.Unlock()
	rememberAuthKeyLocked()
	for _, name := range credentialVariables {
		if _, set := os.LookupEnv(name); set {
			os.Unsetenv(name)
		}
	}
}

// keepLogsIn answers tailscale's search for a directory for logs, of which this build writes none. Left alone it takes
// /var/lib/tailscale where it may, and panics where neither that nor a home directory can be written.
func keepLogsIn(dir string) {
	environment.Lock()
	defer environment.Unlock()
	os.Setenv("TS_LOGS_DIR", dir)
}

// keepHostRoutes stops the sockets of the tailscale packages from asking for a routing mark or a device, which is how they
// avoid looping through a TUN device. There is none here, and without CAP_NET_ADMIN the request fails, fatally so for
// root. It also stops them from using a SOCKS proxy of ALL_PROXY, which in a sandbox is the one that depends on this node.
var keepHostRoutes = sync.OnceFunc(func() { netns.SetEnabled(false) })
