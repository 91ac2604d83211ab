// Command libtailscale is the Go half of libtailscale.so: tailscale.h and tailnet_bridge.h on top of tsnet.
//
// The exported C functions are in abi.c; each calls one function of the files abi*.go, which finds the node of the handle,
// recovers from panics, and turns the error into a number and words. It is built with -buildmode=c-shared and never
// run as a program.
package main

/*
#cgo CFLAGS: -I${SRCDIR}/../include -O2 -Wall -Wextra -Werror -Wno-unused-parameter
#cgo LDFLAGS: -Wl,--no-as-needed -l:libpthread.so.0 -l:libresolv.so.2
#include <errno.h>

#include "abi.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

func main() {}

// libc runs a function of tailscale.h: 0, EBADF for a wrong handle, -1 with words.
func libc(sd C.int, f func(*node) error) (result C.int) {
	n := table.get(int32(sd))
	if n == nil {
		return C.EBADF
	}
	if err := guarded(n, f); err != nil {
		setError(sd, err)
		return -1
	}
	return 0
}

// bridge runs a function of tailnet_bridge.h: 0, or a negative errno with words.
func bridge(sd C.int, f func(*node) error) C.int {
	n := table.get(int32(sd))
	if n == nil {
		return -C.EBADF
	}
	err := guarded(n, f)
	if err == nil {
		return 0
	}
	setError(sd, err)
	return -C.int(errnoOf(err))
}

// bridgeValue is bridge for functions that return a number.
func bridgeValue[T ~int](sd C.int, f func(*node) (T, error)) C.int {
	var value T
	result := bridge(sd, func(n *node) (err error) {
		value, err = f(n)
		return err
	})
	if result < 0 {
		return result
	}
	return C.int(value)
}

// bridgeWithin is bridge for functions that start something with a time limit.
func bridgeWithin(sd, ms C.int, f func(*node, time.Duration) error) C.int {
	return bridge(sd, func(n *node) error {
		limit, err := timeout(ms)
		if err != nil {
			return err
		}
		return f(n, limit)
	})
}

func errnoOf(err error) syscall.Errno {
	var api *apiError
	var errno syscall.Errno
	switch {
	case errors.As(err, &api):
		return api.errno
	case errors.As(err, &errno):
		return errno
	default:
		return syscall.EIO
	}
}

// guarded turns a panic into an error: one that left an exported function would end the process.
func guarded(n *node, f func(*node) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			n.log(logError, "panic: %v\n%s", r, debug.Stack())
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return f(n)
}

func setError(sd C.int, err error) {
	text := []byte(err.Error())
	if len(text) == 0 {
		text = []byte("unknown error")
	}
	C.abi_set_error(sd, (*C.char)(unsafe.Pointer(unsafe.SliceData(text))), C.size_t(len(text)))
}

// text copies a C string; NULL is empty.
func text(s *C.char) string {
	if s == nil {
		return ""
	}
	return C.GoString(s)
}

// fill copies s and a NUL to a buffer of C's.
func fill(to *C.char, size C.size_t, s string) error {
	if to == nil || C.size_t(len(s)) >= size {
		return apiErrorf(syscall.ERANGE, "the buffer is too short: %d bytes are needed", len(s)+1)
	}
	out := unsafe.Slice((*byte)(unsafe.Pointer(to)), size)
	out[copy(out, s)] = 0
	return nil
}

// early copies the early data of a relay.
func early(data unsafe.Pointer, length C.size_t) []byte {
	if data == nil || length == 0 {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(data), length)...)
}

func milliseconds(ms C.int) time.Duration { return time.Duration(ms) * time.Millisecond }

func timeout(ms C.int) (time.Duration, error) {
	if ms <= 0 {
		return 0, apiErrorf(syscall.EINVAL, "a timeout of %d ms", ms)
	}
	return milliseconds(ms), nil
}

//export go_close_async
func go_close_async(sd C.int) C.int {
	n := table.remove(int32(sd))
	if n == nil {
		return -C.EBADF
	}
	n.beginClose()
	return 0
}

var version = sync.OnceValue(func() *C.char { return C.CString("tailscale.com v" + tailscaleVersion()) })

//export go_version
func go_version() *C.char { return version() }

var build = sync.OnceValue(func() *C.char { return C.CString(buildInfo()) })

//export go_build
func go_build() *C.char { return build() }

//export go_set_option
func go_set_option(sd C.int, name, value *C.char) C.int {
	return bridge(sd, func(n *node) error {
		return n.configure(func(o *options) error { return o.set(text(name), text(value)) })
	})
}

//export go_login
func go_login(sd C.int, credential *C.char) C.int {
	return bridge(sd, func(n *node) error { return n.login(text(credential)) })
}

//export go_events
func go_events(sd C.int) C.int { return bridgeValue(sd, (*node).eventStream) }

//export go_start_async
func go_start_async(sd C.int) C.int { return bridge(sd, (*node).startAsync) }

//export go_stats
func go_stats(sd C.int, out *C.struct_tailnet_stats) C.int {
	return bridge(sd, func(n *node) error {
		if out == nil {
			return apiErrorf(syscall.EINVAL, "no place for the numbers")
		}
		s := n.stats()
		*out = C.struct_tailnet_stats{
			tunnels:                C.uint64_t(s.tunnels),
			bytes_up:               C.uint64_t(s.bytesUp),
			bytes_down:             C.uint64_t(s.bytesDown),
			go_heap:                C.uint64_t(s.goHeap),
			go_sys:                 C.uint64_t(s.goSys),
			goroutines:             C.uint64_t(s.goroutines),
			datagrams_dropped_up:   C.uint64_t(s.droppedUp),
			datagrams_dropped_down: C.uint64_t(s.droppedDown),

			inbound_open:     C.uint64_t(s.inbound.open),
			inbound_accepted: C.uint64_t(s.inbound.accepted),
			inbound_refused:  C.uint64_t(s.inbound.refused),
			inbound_up:       C.uint64_t(s.inbound.up),
			inbound_down:     C.uint64_t(s.inbound.down),
		}
		return nil
	})
}
