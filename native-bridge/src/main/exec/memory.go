package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// readMemory copies from another process; what lies across an unmapped page fails as it would in the kernel.
func readMemory(pid uint32, address uint64, into []byte) error {
	return transfer(pid, address, into, unix.ProcessVMReadv)
}

func writeMemory(pid uint32, address uint64, from []byte) error {
	return transfer(pid, address, from, unix.ProcessVMWritev)
}

type vectorCall func(pid int, local []unix.Iovec, remote []unix.RemoteIovec, flags uint) (int, error)

func transfer(pid uint32, address uint64, bytes []byte, call vectorCall) error {
	if len(bytes) == 0 {
		return nil
	}
	local := []unix.Iovec{{Base: unsafe.SliceData(bytes), Len: uint64(len(bytes))}}
	remote := []unix.RemoteIovec{{Base: uintptr(address), Len: len(bytes)}}
	n, err := call(int(pid), local, remote, 0)
	if err != nil {
		return err
	}
	if n < len(bytes) {
		return unix.EFAULT
	}
	return nil
}
