package main

import (
	"net/http"
	"os"
	"os/user"
	"strconv"

	"golang.org/x/sys/unix"
	"tailscale.com/ipn/ipnauth"
)

// permission is an enum tailnet_permission: what a caller of the LocalAPI may do.
type permission int

const (
	permitNothing permission = 0
	permitRead    permission = 1
	permitWrite   permission = 2
)

func (p permission) valid() bool { return p >= permitNothing && p <= permitWrite }

// localCaller is who is at the other end of a connection to the LocalAPI.
type localCaller struct {
	local  bool // a process of this host that connected by itself, not the one that has loaded this library
	uid    uint32
	others permission
}

// thisProcess calls by tailnet_localapi.
var thisProcess = localCaller{}

// callerAt asks the kernel who connected a unix socket.
func callerAt(fd int, others permission) (localCaller, error) {
	peer, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return localCaller{}, os.NewSyscallError("getsockopt SO_PEERCRED", err)
	}
	return localCaller{local: true, uid: peer.Uid, others: others}, nil
}

// isAdmin tells whether the caller is this process, its user, or root.
func (c localCaller) isAdmin() bool {
	return !c.local || c.uid == 0 || c.uid == uint32(os.Geteuid())
}

// permission returns what the caller may do. The operator, by name or number, may do everything, as in tailscaled.
func (c localCaller) permission(operator string) permission {
	if c.isAdmin() || c.isOperator(operator) {
		return permitWrite
	}
	return c.others
}

func (c localCaller) isOperator(operator string) bool {
	if operator == "" {
		return false
	}
	uid, err := userID(operator)
	return err == nil && uid == c.uid
}

// userID returns the number of a user. A name of digits only is a number.
func userID(name string) (uint32, error) {
	if number, err := strconv.ParseUint(name, 10, 32); err == nil {
		return uint32(number), nil
	}
	found, err := user.Lookup(name)
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseUint(found.Uid, 10, 32)
	return uint32(number), err
}

// checkOperator warns of an operator that nobody can be.
func (n *node) checkOperator(name string) {
	if _, err := userID(name); err != nil {
		n.log(logWarning, "operator %s: %v. Check the name, or give the user's number", name, err)
	}
}

// actor returns the caller as the backend wants to have it.
func (c localCaller) actor() ipnauth.Actor {
	if !c.local {
		return ipnauth.Self
	}
	return localUser{ipnauth.Self, c}
}

// localUser is a user of this host. Whether it may change anything is decided before the backend is asked. It has no client
// id: the URL of a login that it begins is for every watcher of the bus, this library among them.
type localUser struct {
	ipnauth.Actor
	caller localCaller
}

func (u localUser) Username() (string, error) {
	number := strconv.FormatUint(uint64(u.caller.uid), 10)
	if found, err := user.LookupId(number); err == nil {
		return found.Username, nil
	}
	return number, nil
}

// IsLocalAdmin tells whether the user may have files of this host served, which this process reads.
func (u localUser) IsLocalAdmin(string) bool { return u.caller.isAdmin() }

// withoutVersion leaves out the header by which the tailscale command warns of a daemon that is not its own build, to the
// commit: this one never is.
type withoutVersion struct{ http.ResponseWriter }

func (w withoutVersion) WriteHeader(status int) {
	w.Header().Del("Tailscale-Version")
	w.ResponseWriter.WriteHeader(status)
}

func (w withoutVersion) Write(p []byte) (int, error) {
	w.Header().Del("Tailscale-Version")
	return w.ResponseWriter.Write(p)
}

// Flush is asked for by whoever streams notifications.
func (w withoutVersion) Flush() {
	w.Header().Del("Tailscale-Version")
	http.NewResponseController(w.ResponseWriter).Flush()
}
