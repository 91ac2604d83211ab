package main

import (
	"encoding/binary"
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

func TestReportSaysWhatHolds(t *testing.T) {
	bare := reportOf(nil, 1, features{AddDescriptor: true}).text()
	for _, word := range []string{"ok   exec ", "note second wall", "without Landlock", "ABI 4", "ABI 6", "exec works here"} {
		if !strings.Contains(bare, word) {
			t.Errorf("no %q in:\n%s", word, bare)
		}
	}
	if old := reportOf(nil, 1, features{}).text(); !strings.Contains(old, "note --enforce") || strings.Contains(old, "TCP") {
		t.Errorf("says:\n%s", old)
	}
}

func TestReportOfWhatIsMissing(t *testing.T) {
	missing := reportOf(&unavailable{"no seccomp", "another kernel"}, 1, features{})
	want := "FAIL exec           no seccomp  [1.0 ms]\n     fix            another kernel\nexec fails: exec-unavailable (exit code 52)\n"
	if got := missing.text(); got != want {
		t.Errorf("says:\n%s", got)
	}
	const wantJSON = `{"target":null,"ok":false,"cause":"exec-unavailable","exitCode":52,"message":"no seccomp","fix":"another kernel",` +
		`"directEgress":"untested","steps":[{"step":"exec","outcome":"failed","milliseconds":1,"details":"no seccomp"}]}` + "\n"
	if got := missing.json(); got != wantJSON {
		t.Errorf("says %s", got)
	}
}
