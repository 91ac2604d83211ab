package main

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func nonblocking(t *testing.T, domain int) *socket {
	t.Helper()
	fd, err := unix.Socket(domain, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	made := &socket{fd: fd}
	t.Cleanup(made.close)
	if err := made.examine(); err != nil {
		t.Fatal(err)
	}
	return made
}

func poll(t *testing.T, s *socket, timeoutMillis int) int16 {
	t.Helper()
	ready := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN | unix.POLLOUT}}
	if _, err := unix.Poll(ready, timeoutMillis); err != nil {
		t.Fatal(err)
	}
	return ready[0].Revents
}

func TestMeetingIsLikeAConnectionThatTakesItsTime(t *testing.T) {
	for name, one := range map[string]struct {
		domain   int
		loopback netip.Addr
	}{
		"IPv4":        {unix.AF_INET, netip.AddrFrom4([4]byte{127, 0, 0, 1})},
		"IPv4 mapped": {unix.AF_INET6, netip.AddrFrom4([4]byte{127, 0, 0, 1})},
		"IPv6":        {unix.AF_INET6, netip.IPv6Loopback()},
	} {
		t.Run(name, func(t *testing.T) {
			meeting, err := openMeeting(one.loopback)
			if err != nil {
				t.Skipf("%v: %v", one.loopback, err)
			}
			defer meeting.close()
			waiting := nonblocking(t, one.domain)
			if err := meeting.wait(waiting); err != nil {
				t.Fatal(err)
			}
			if got := poll(t, waiting, 50); got != 0 {
				t.Fatalf("events %#x before the connection is made", got)
			}
			local, err := waiting.localAddress()
			if err != nil {
				t.Fatal(err)
			}
			other, err := meeting.meet(local)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = unix.Close(other) }()
			if got := poll(t, waiting, 5000); got != unix.POLLOUT {
				t.Fatalf("events %#x once it is made", got)
			}
			if _, err := unix.Write(waiting.fd, []byte("there")); err != nil {
				t.Fatal(err)
			}
			heard := make([]byte, 10)
			if n, err := unix.Read(other, heard); err != nil || string(heard[:n]) != "there" {
				t.Fatalf("heard %q, %v", heard[:n], err)
			}
		})
	}
}

func TestMeetingThatIsOffWakesWhoWaits(t *testing.T) {
	meeting, err := openMeeting(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	defer meeting.close()
	waiting := nonblocking(t, unix.AF_INET)
	if err := meeting.wait(waiting); err != nil {
		t.Fatal(err)
	}
	if err := waiting.disconnect(); err != nil {
		t.Fatal(err)
	}
	if got := poll(t, waiting, 5000); got&unix.POLLERR == 0 || got&unix.POLLOUT == 0 {
		t.Fatalf("events %#x", got)
	}
}
