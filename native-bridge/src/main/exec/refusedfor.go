package main

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// For so long a program is told at once that a target was refused.
const refusalLasts = 10 * time.Second

// refusedFor is why a target's datagrams go nowhere, and until when that holds.
type refusedFor struct {
	errno atomic.Uint32
	until atomic.Int64
}

func (r *refusedFor) refuse(errno unix.Errno) {
	r.until.Store(time.Now().Add(refusalLasts).UnixNano())
	r.errno.Store(uint32(errno))
}

func (r *refusedFor) refusal() error {
	if errno := r.errno.Load(); errno != 0 && time.Now().UnixNano() < r.until.Load() {
		return unix.Errno(errno)
	}
	return nil
}
