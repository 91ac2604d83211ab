package main

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func controlMessage(level, kind uint32, data []byte) []byte {
	raw := make([]byte, unix.CmsgSpace(len(data)))
	binary.NativeEndian.PutUint64(raw, uint64(unix.CmsgLen(len(data))))
	binary.NativeEndian.PutUint32(raw[8:], level)
	binary.NativeEndian.PutUint32(raw[12:], kind)
	copy(raw[unix.CmsgLen(0):], data)
	return raw
}

// IP_PKTINFO overrides the device that a socket is bound to.
func TestControlDataThatChoosesAWayIsLeftOut(t *testing.T) {
	segment := controlMessage(unix.SOL_UDP, unix.UDP_SEGMENT, []byte{0, 4})
	info := controlMessage(unix.IPPROTO_IP, unix.IP_PKTINFO, make([]byte, unix.SizeofInet4Pktinfo))
	kept := harmlessControl(append(append([]byte(nil), info...), segment...))
	if string(kept) != string(segment) {
		t.Errorf("kept %x, wanted %x", kept, segment)
	}
	if kept := harmlessControl([]byte{255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); kept != nil {
		t.Errorf("kept %x of a message longer than its data", kept)
	}
}

func TestInsideIsWhatDescendsFromHere(t *testing.T) {
	for pid, want := range map[int]bool{0: false, 1: false, os.Getpid(): false, os.Getppid(): false} {
		if isInside(pid) != want {
			t.Errorf("process %d: inside is %v", pid, !want)
		}
	}
}

func TestWaysOutAmongDescriptors(t *testing.T) {
	network, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(network) }()
	local, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(local) }()
	file, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for fd, want := range map[int]string{network: "a network socket", local: unixSocket, int(file.Fd()): ""} {
		if got := wayOut(fd); got != want {
			t.Errorf("descriptor %d is %q, wanted %q", fd, got, want)
		}
	}
}

func TestExplainsWhatIsMissing(t *testing.T) {
	bare := explain(features{AddDescriptor: true}, false)
	for _, word := range []string{"without Landlock", "ABI 4", "ABI 6"} {
		if !strings.Contains(bare, word) {
			t.Errorf("no %q in:\n%s", word, bare)
		}
	}
	if text := explain(features{Problem: "no seccomp"}, false); !strings.Contains(text, "cannot work here: no seccomp") {
		t.Errorf("says:\n%s", text)
	}
}

func TestProgramsAreToldTheSameAsPeople(t *testing.T) {
	var told struct {
		OK, Enforce bool
		Problem     *string
		Statements  []struct {
			Subject string
			Holds   bool
		}
	}
	if err := json.Unmarshal([]byte(explain(features{AddDescriptor: true, Landlock: 7}, true)), &told); err != nil {
		t.Fatal(err)
	}
	if !told.OK || !told.Enforce || told.Problem != nil || len(told.Statements) < 10 {
		t.Errorf("%+v", told)
	}
	if err := json.Unmarshal([]byte(explain(features{Problem: "no seccomp"}, true)), &told); err != nil {
		t.Fatal(err)
	}
	if told.OK || told.Enforce || told.Problem == nil || len(told.Statements) != 0 {
		t.Errorf("%+v", told)
	}
}
