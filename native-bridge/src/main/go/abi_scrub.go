package main

/*
#include <errno.h>

#include "abi.h"
*/
import "C"

import "unsafe"

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
