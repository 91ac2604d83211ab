package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	soPeerPidfd = 77 // Linux 6.5

	unixPathOffset = 2
	mostOfUnixPath = 108
)

// connectUnix connects to a server that runs under the same supervisor, or that --allow-unix names. Others would act for the
// program outside of it: Docker's daemon, a session bus, a terminal multiplexer.
//
// The connection is made on a socket of ours, which then takes the place of the program's: until it is known who answers, the
// program has nothing to write to.
func (e *enforcement) connectUnix(call *heldCall, taken *socket, raw []byte) {
	if taken.kind == unix.SOCK_DGRAM || len(raw) <= unixPathOffset || family(raw) != unix.AF_UNIX {
		name, err := e.unixName(call, raw)
		if err != nil {
			taken.close()
			call.fail(errnoOf(err))
			return
		}
		defer name.close()
		e.connectHere(call, taken, name.raw)
		return
	}
	if _, err := unix.Getpeername(taken.fd); err == nil {
		taken.close()
		call.fail(unix.EISCONN)
		return
	}
	name, err := e.unixName(call, raw)
	if err != nil {
		taken.close()
		call.fail(errnoOf(err))
		return
	}
	attempt := func() {
		defer taken.close()
		defer name.close()
		if err := e.joinServer(call, taken, name); err != nil {
			call.fail(errnoOf(err))
			return
		}
		call.succeed(0)
	}
	if taken.blocking {
		go attempt()
		return
	}
	attempt()
}

func (e *enforcement) joinServer(call *heldCall, taken *socket, name *unixName) error {
	kind := taken.kind | unix.SOCK_CLOEXEC
	if !taken.blocking {
		kind |= unix.SOCK_NONBLOCK
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	for _, option := range []int{unix.SO_PASSCRED, unix.SO_SNDBUF, unix.SO_RCVBUF} {
		if value, err := unix.GetsockoptInt(taken.fd, unix.SOL_SOCKET, option); err == nil {
			if option != unix.SO_PASSCRED {
				value /= 2 // the kernel doubles it
			}
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, value)
		}
	}
	if err := connectRaw(fd, name.raw); err != nil {
		return err
	}
	if !slices.Contains(e.allowUnix, name.shown) && !isInside(serverOf(fd)) {
		e.supervisor.tcp.complaints.refused(call.by, name.shown, &refusal{errno: unix.EACCES,
			reason: "a server outside of --enforce, which could act for the program there; --allow-unix=" + name.shown + " allows it"})
		return unix.EACCES
	}
	return call.replaceDescriptor(int(int32(call.args[0])), fd, isCloseOnExec(call.pid, int(int32(call.args[0]))))
}

// unixName is a unix socket's address as this process can use it.
type unixName struct {
	raw   []byte
	shown string
	fd    int // keeps the file, -1 without one
}

func (n *unixName) close() {
	if n.fd >= 0 {
		_ = unix.Close(n.fd)
	}
}

// unixName finds the file that a path means to the program: below its root, from its working directory.
func (e *enforcement) unixName(call *heldCall, raw []byte) (*unixName, error) {
	if len(raw) <= unixPathOffset || family(raw) != unix.AF_UNIX || raw[unixPathOffset] == 0 {
		shown := ""
		if len(raw) > unixPathOffset {
			shown = "@" + string(raw[unixPathOffset+1:])
		}
		return &unixName{raw: raw, shown: shown, fd: -1}, nil
	}
	path, _, _ := bytes.Cut(raw[unixPathOffset:], []byte{0})
	fd, err := openAsProgram(call.pid, string(path))
	if err != nil {
		return nil, err
	}
	shown := string(path)
	if link, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); err == nil {
		shown = link
	}
	usable := make([]byte, unixPathOffset, mostOfUnixPath)
	copy(usable, raw)
	usable = append(usable, fmt.Sprintf("/proc/self/fd/%d\x00", fd)...)
	return &unixName{raw: usable, shown: shown, fd: fd}, nil
}

// openAsProgram opens what a path means to another process, without its contents.
func openAsProgram(tid uint32, path string) (int, error) {
	root, err := unix.Open(fmt.Sprintf("/proc/%d/root", tid), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer func() { _ = unix.Close(root) }()
	if !strings.HasPrefix(path, "/") {
		directory, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", tid))
		if err != nil {
			return -1, unix.EACCES
		}
		path = filepath.Join(directory, path)
	}
	return unix.Openat2(root, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS})
}

// serverOf is the process that listens at the other end; 0 when it is gone, or not to be seen from here.
func serverOf(fd int) int {
	if pidfd, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, soPeerPidfd); err == nil {
		defer func() { _ = unix.Close(pidfd) }()
		info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", pidfd))
		if err != nil {
			return 0
		}
		for line := range strings.Lines(string(info)) {
			if value, ok := strings.CutPrefix(line, "Pid:"); ok {
				pid, _ := strconv.Atoi(strings.TrimSpace(value))
				return max(pid, 0) // -1: it has ended
			}
		}
		return 0
	} else if err != unix.ENOPROTOOPT {
		return 0
	}
	peer, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0
	}
	return int(peer.Pid)
}

// isInside tells whether a process descends from this one.
func isInside(pid int) bool {
	own := os.Getpid()
	for pid > 1 {
		if pid = parentOf(pid); pid == own {
			return true
		}
	}
	return false
}

func isCloseOnExec(tid uint32, fd int) bool {
	info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", tid, fd))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(info)) {
		if value, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, _ := strconv.ParseInt(strings.TrimSpace(value), 8, 64)
			return flags&unix.O_CLOEXEC != 0
		}
	}
	return false
}
