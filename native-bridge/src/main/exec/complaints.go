package main

import (
	"errors"
	"sync"

	"golang.org/x/sys/unix"
)

const mostComplaints = 1000

// complaints tells people why a connection was denied: once for each target, on the standard error of the program that
// asked, as long as that is the one that the caller gave.
type complaints struct {
	device, inode uint64
	mutex         sync.Mutex
	told          map[string]bool
}

// newComplaints is to be called while descriptor 2 is the caller's still.
func newComplaints() *complaints {
	var stat unix.Stat_t
	if unix.Fstat(2, &stat) != nil {
		stat = unix.Stat_t{}
	}
	return &complaints{device: stat.Dev, inode: stat.Ino, told: make(map[string]bool)}
}

// refused tells of what the policy denies and of an agent that is gone: no errno says either.
func (c *complaints) refused(by program, target string, err error) {
	var said *refusal
	if !errors.As(err, &said) || (said.errno != unix.EACCES && said.errno != unix.ENETUNREACH) {
		return
	}
	line := "tailnet-agent: " + target + ": " + said.reason + "\n"
	c.mutex.Lock()
	known := c.told[line] || len(c.told) >= mostComplaints
	c.told[line] = true
	c.mutex.Unlock()
	if !known {
		c.write(by, line)
	}
}

func (c *complaints) write(by program, line string) {
	pidfd, err := openThread(by.tid)
	if err != nil {
		return
	}
	fd, err := unix.PidfdGetfd(pidfd, 2, 0)
	_ = unix.Close(pidfd)
	if err != nil {
		return
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || stat.Dev != c.device || stat.Ino != c.inode || stat.Mode&unix.S_IFMT == unix.S_IFSOCK {
		return
	}
	ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	if n, err := unix.Poll(ready, 0); err == nil && n == 1 {
		_, _ = unix.Write(fd, []byte(line))
	}
}
