package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"syscall"
	"testing"

	"tailscale.com/ipn/ipnauth"
)

const (
	somebody = 4_200_000_001 // a uid that is neither root's nor, in any sane place, ours
	another  = 4_200_000_002
)

func TestPermission(t *testing.T) {
	own := uint32(os.Geteuid())
	for name, test := range map[string]struct {
		caller   localCaller
		operator string
		want     permission
	}{
		"this process":              {localCaller{}, "", permitWrite},
		"root":                      {localCaller{local: true, uid: 0, others: permitNothing}, "", permitWrite},
		"our user":                  {localCaller{local: true, uid: own, others: permitNothing}, "", permitWrite},
		"others read":               {localCaller{local: true, uid: somebody, others: permitRead}, "", permitRead},
		"others nothing":            {localCaller{local: true, uid: somebody, others: permitNothing}, "", permitNothing},
		"operator by number":        {localCaller{local: true, uid: somebody, others: permitNothing}, strconv.Itoa(somebody), permitWrite},
		"operator by name":          {localCaller{local: true, uid: 0, others: permitNothing}, "root", permitWrite},
		"another operator":          {localCaller{local: true, uid: somebody, others: permitRead}, strconv.Itoa(another), permitRead},
		"operator that is nobody":   {localCaller{local: true, uid: somebody, others: permitRead}, "no such user", permitRead},
		"operator's number wrapped": {localCaller{local: true, uid: 1, others: permitRead}, strconv.Itoa(1<<32 + 1), permitRead},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.caller.permission(test.operator); got != test.want {
				t.Errorf("permission = %d, want %d", got, test.want)
			}
		})
	}
}

func TestTheKernelSaysWhoConnected(t *testing.T) {
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer syscall.Close(fd)
	got, err := callerAt(fd, permitRead)
	if err != nil {
		t.Fatal(err)
	}
	if want := (localCaller{local: true, uid: uint32(os.Getuid()), others: permitRead}); got != want {
		t.Errorf("caller = %+v, want %+v", got, want)
	}
}

func TestOnlyAUnixSocketSaysWhoConnected(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := callerAt(int(file.Fd()), permitRead); err == nil {
		t.Error("a device has a peer")
	}
}

func TestActors(t *testing.T) {
	if (localCaller{}).actor() != ipnauth.Self {
		t.Error("this process is not the backend itself")
	}
	user, ok := localCaller{local: true, uid: somebody}.actor().(localUser)
	if !ok || ipnauth.IsTailscaled(user) || user.caller.isAdmin() {
		t.Error("a user of the host has the rights of the backend")
	}
	if name, err := user.Username(); err != nil || name != strconv.Itoa(somebody) {
		t.Errorf("the name of a user that has none is %q, %v", name, err)
	}
	if root := (localUser{caller: localCaller{local: true}}); !root.caller.isAdmin() {
		t.Error("root is no administrator")
	}
}

func TestTheVersionIsNotToldToTheCommand(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"status":  func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"body":    func(w http.ResponseWriter) { w.Write([]byte("{}")) },
		"flushed": func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			w := withoutVersion{recorder}
			w.Header().Set("Tailscale-Version", "1.2.3")
			w.Header().Set("Tailscale-Cap", "99")
			answer(w)
			got := recorder.Result().Header
			if got.Get("Tailscale-Version") != "" || got.Get("Tailscale-Cap") != "99" {
				t.Errorf("headers %v", got)
			}
		})
	}
}

func TestAClientBeforeTheStartWaitsForIt(t *testing.T) {
	n := newNode()
	defer n.beginClose()
	client, answer := askLocalAPI(t, n, permitRead)
	defer client.Close()
	n.startErr = apiErrorf(syscall.EIO, "no luck")
	close(n.startDone)
	n.start = startBridge
	if got := <-answer; got != http.StatusServiceUnavailable {
		t.Errorf("answered %d, want 503", got)
	}
}

func TestAPermissionThatIsNone(t *testing.T) {
	for _, others := range []permission{-1, permitWrite + 1} {
		conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := newNode().serveLocalAPI(fd, others); err == nil {
			t.Errorf("permission %d is one", others)
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("the client was not let go")
		}
		conn.Close()
	}
}

// askLocalAPI sends a request to a node as a client of this host. The status of the answer arrives on the channel.
func askLocalAPI(t *testing.T, n *node, others permission) (net.Conn, <-chan int) {
	t.Helper()
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.serveLocalAPI(fd, others); err != nil {
		t.Fatal(err)
	}
	status := make(chan int, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{Dial: func(string, string) (net.Conn, error) { return conn, nil }}}
		response, err := client.Get("http://local-tailscaled.sock/localapi/v0/status")
		if err != nil {
			status <- -1
			return
		}
		response.Body.Close()
		status <- response.StatusCode
	}()
	return conn, status
}
