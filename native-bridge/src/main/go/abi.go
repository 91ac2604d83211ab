// Command libtailscale is the Go half of libtailscale.so: tailscale.h and tailnet_bridge.h on top of tsnet.
//
// The exported C functions are in abi.c; each calls one function of this file, which finds the node of the handle,
// recovers from panics, and turns the error into a number and words. It is built with -buildmode=c-shared and never
// run as a program.
package main

/*
#cgo CFLAGS: -I${SRCDIR}/../include -O2 -Wall -Wextra -Werror -Wno-unused-parameter
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

//export go_new
func go_new() C.int {
	n := newNode()
	n.handle = table.add(n)
	if n.handle == 0 {
		return -1
	}
	return C.int(n.handle)
}

//export go_is_open
func go_is_open(sd C.int) C.int {
	if table.get(int32(sd)) == nil {
		return 0
	}
	return 1
}

//export go_start
func go_start(sd C.int) C.int { return libc(sd, (*node).startSync) }

//export go_up
func go_up(sd C.int) C.int { return libc(sd, (*node).up) }

//export go_close
func go_close(sd C.int) C.int {
	n := table.remove(int32(sd))
	if n == nil {
		return C.EBADF
	}
	n.beginClose()
	select {
	case <-n.closed:
		return 0
	case <-time.After(closeTimeout):
		return -1
	}
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

//export go_set_dir
func go_set_dir(sd C.int, dir *C.char) C.int {
	return libc(sd, func(n *node) error {
		return n.configure(func(o *options) error { o.dir = text(dir); return nil })
	})
}

//export go_set_hostname
func go_set_hostname(sd C.int, hostname *C.char) C.int {
	return libc(sd, func(n *node) error {
		return n.configure(func(o *options) error { o.hostname = text(hostname); return nil })
	})
}

//export go_set_authkey
func go_set_authkey(sd C.int, key *C.char) C.int {
	return libc(sd, func(n *node) error {
		return n.configure(func(o *options) error { o.authKey = text(key); return nil })
	})
}

//export go_set_control_url
func go_set_control_url(sd C.int, url *C.char) C.int {
	return libc(sd, func(n *node) error {
		return n.configure(func(o *options) error { o.controlURL = text(url); return nil })
	})
}

//export go_set_ephemeral
func go_set_ephemeral(sd C.int, ephemeral C.int) C.int {
	return libc(sd, func(n *node) error {
		return n.configure(func(o *options) error { o.ephemeral = ephemeral != 0; return nil })
	})
}

//export go_set_logfd
func go_set_logfd(sd C.int, fd C.int) C.int {
	return libc(sd, func(n *node) error { return n.setLogFD(int(fd)) })
}

//export go_getips
func go_getips(sd C.int, buf *C.char, size C.size_t) C.int {
	return libc(sd, func(n *node) error { return fill(buf, size, n.addresses()) })
}

//export go_dial
func go_dial(sd C.int, network, addr *C.char, out *C.int) C.int {
	return libc(sd, func(n *node) error {
		fd, err := n.connect(text(network), text(addr))
		if err == nil {
			*out = C.int(fd)
		}
		return err
	})
}

//export go_listen
func go_listen(sd C.int, network, addr *C.char, out *C.int) C.int {
	return libc(sd, func(n *node) error {
		fd, err := n.listen(text(network), text(addr))
		if err == nil {
			*out = C.int(fd)
		}
		return err
	})
}

//export go_listener_node
func go_listener_node(fd C.int) C.int {
	id, err := inode(int(fd))
	if err != nil {
		return 0
	}
	return C.int(accepted.handle(id))
}

//export go_getremoteaddr
func go_getremoteaddr(listener, conn C.int, buf *C.char, size C.size_t) C.int {
	listenerID, err := inode(int(listener))
	if err != nil {
		return C.EBADF
	}
	connID, err := inode(int(conn))
	if err != nil {
		return C.EBADF
	}
	remote, ok := accepted.remote(listenerID, connID)
	if !ok {
		return C.EBADF
	}
	if fill(buf, size, remote) != nil {
		return C.ERANGE
	}
	return 0
}

//export go_loopback
func go_loopback(sd C.int, addr *C.char, size C.size_t, proxyCred, localAPICred *C.char) C.int {
	return libc(sd, func(n *node) error {
		where, proxy, local, err := n.loopback()
		if err == nil {
			err = errors.Join(fill(addr, size, where), fill(proxyCred, 33, proxy), fill(localAPICred, 33, local))
		}
		return err
	})
}

//export go_funnel
func go_funnel(sd C.int, port C.int) C.int {
	return libc(sd, func(n *node) error { return n.funnel(int(port)) })
}

var version = sync.OnceValue(func() *C.char { return C.CString("tailscale.com v" + tailscaleVersion()) })

//export go_version
func go_version() *C.char { return version() }

//export go_set_option
func go_set_option(sd C.int, name, value *C.char) C.int {
	return bridge(sd, func(n *node) error {
		return n.configure(func(o *options) error { return o.set(text(name), text(value)) })
	})
}

//export go_events
func go_events(sd C.int) C.int { return bridgeValue(sd, (*node).eventStream) }

//export go_start_async
func go_start_async(sd C.int) C.int { return bridge(sd, (*node).startAsync) }

//export go_route
func go_route(sd C.int, ip *C.char) C.int {
	return bridgeValue(sd, func(n *node) (route, error) { return n.routeOf(text(ip)) })
}

//export go_resolve
func go_resolve(sd C.int, id C.uint64_t, name *C.char, ms C.int) C.int {
	return bridge(sd, func(n *node) error {
		limit, err := timeout(ms)
		if err != nil {
			return err
		}
		return n.resolve(uint64(id), text(name), limit)
	})
}

//export go_dial_async
func go_dial_async(sd C.int, id C.uint64_t, via C.int, ip *C.char, port, ms C.int) C.int {
	return bridge(sd, func(n *node) error {
		limit, err := timeout(ms)
		if err != nil {
			return err
		}
		return n.dial(uint64(id), int(via), text(ip), int(port), limit)
	})
}

//export go_relay
func go_relay(sd C.int, id C.uint64_t, client C.int, data unsafe.Pointer, length C.size_t, idleMS C.int) C.int {
	result := C.int(-C.EBADF)
	if table.get(int32(sd)) == nil {
		syscall.Close(int(client))
		return result
	}
	return bridge(sd, func(n *node) error {
		return n.relay(uint64(id), int(client), early(data, length), milliseconds(idleMS))
	})
}

//export go_relay_fds
func go_relay_fds(sd C.int, id C.uint64_t, client, target C.int, data unsafe.Pointer, length C.size_t, answer unsafe.Pointer, answerLength C.size_t, idleMS C.int) C.int {
	if table.get(int32(sd)) == nil {
		syscall.Close(int(client))
		syscall.Close(int(target))
		return -C.EBADF
	}
	return bridge(sd, func(n *node) error {
		return n.relayFDs(uint64(id), int(client), int(target), early(data, length), early(answer, answerLength), milliseconds(idleMS))
	})
}

//export go_cancel
func go_cancel(sd C.int, id C.uint64_t) C.int {
	return bridge(sd, func(n *node) error {
		n.operations.cancelOne(uint64(id), errCancelled)
		return nil
	})
}

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

//export go_scrub
func go_scrub(secret *C.char) (result C.int) {
	defer func() {
		if recover() != nil {
			result = -C.EIO
		}
	}()
	count, err := scrub(text(secret))
	if err != nil {
		return -C.int(errnoOf(err))
	}
	return C.int(count)
}

// overwrite replaces a secret in memory that the kernel shows to others.
func overwrite(r region, secret string) int {
	raw := []byte(secret)
	return int(C.abi_overwrite(C.uintptr_t(r.start), C.uintptr_t(r.end),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(raw))), C.size_t(len(raw))))
}
