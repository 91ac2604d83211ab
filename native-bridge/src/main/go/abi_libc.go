package main

/*
#include <errno.h>

#include "abi.h"
*/
import "C"

import (
	"errors"
	"time"
)

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
