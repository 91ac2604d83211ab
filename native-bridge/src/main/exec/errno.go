package main

import (
	"errors"

	"golang.org/x/sys/unix"
)

// tcpClosed is TCP_CLOSE of the kernel's states.
const tcpClosed = 7

// errnoOf is what a system call ends with for a failure of ours.
func errnoOf(err error) unix.Errno {
	var said *refusal
	if errors.As(err, &said) {
		return said.errno
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return unix.EIO
}
