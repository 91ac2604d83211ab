package main

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
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

var allowMissingPrivileges = sync.OnceFunc(func() {
	// The sockets of the tailscale packages ask for a routing mark or a device so as not to loop through a TUN device.
	// There is none here, and without CAP_NET_ADMIN the request fails, fatally so for root.
	if !haveNetAdmin() {
		netns.SetEnabled(false)
	}
})

// haveNetAdmin tells whether CAP_NET_ADMIN is effective.
func haveNetAdmin() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	return data[0].Effective&(1<<unix.CAP_NET_ADMIN) != 0
}
