package main

import (
	"encoding/binary"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// What the two processes tell each other: a byte that says what it is, and a number.
const (
	messageExited  = 'x' // to the front: the program ended with this wait status
	messageStopped = 's' // to the front: the program was stopped by this signal
	messageFailed  = 'f' // to the front: nothing was started; end with this exit code
	messageReady   = 'r' // to the supervisor: signals are passed on from here, the program may start
	messageSignal  = 'k' // to the supervisor: send the program this signal
)

// peer is the other process.
type peer struct {
	file *os.File
}

// newPair makes the connection of both; the second is a plain descriptor that survives an exec.
func newPair() (*peer, int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, -1, err
	}
	return peerOn(pair[0]), pair[1], nil
}

func peerOn(fd int) *peer {
	unix.CloseOnExec(fd)
	_ = unix.SetNonblock(fd, true)
	return &peer{file: os.NewFile(uintptr(fd), "pair")}
}

func (p *peer) send(kind byte, value int32) {
	message := binary.NativeEndian.AppendUint32([]byte{kind}, uint32(value))
	_, _ = p.file.Write(message) // a peer that is gone is noticed where it is read from
}

func (p *peer) receive() (byte, int32, error) {
	var message [5]byte
	if _, err := io.ReadFull(p.file, message[:]); err != nil {
		return 0, 0, err
	}
	return message[0], int32(binary.NativeEndian.Uint32(message[1:])), nil
}

// endAs is how a process ends that stands for another with that wait status; it does not return.
func endAs(status syscall.WaitStatus) {
	if status.Signaled() {
		dieOf(status.Signal())
	}
	os.Exit(status.ExitStatus())
}
