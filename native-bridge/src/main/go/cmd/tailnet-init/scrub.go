package main

import (
	"os"
	"strings"
	"unsafe"
)

// scrub removes what is secret from where the system shows this process's arguments and environment: a command of the same user
// may read both.
func (n notice) scrub() {
	for i, arg := range os.Args {
		name, value, has := strings.Cut(arg, "=")
		if !contains(n.SecretFlags, name) {
			continue
		}
		if has {
			mask(bytesOf(arg)[len(arg)-len(value):])
		} else if i+1 < len(os.Args) {
			mask(bytesOf(os.Args[i+1]))
		}
	}
	for _, variable := range shownEnvironment() {
		name, value, _ := strings.Cut(string(variable), "=")
		if contains(n.SecretVariables, name) {
			mask(variable[len(variable)-len(value):])
		}
	}
}

// shownEnvironment returns the variables in the place where the kernel laid them, right behind the arguments.
func shownEnvironment() [][]byte {
	last := os.Args[len(os.Args)-1]
	at := unsafe.Add(unsafe.Pointer(unsafe.StringData(last)), len(last)+1)
	var found [][]byte
	for range os.Environ() {
		size := 0
		for *(*byte)(unsafe.Add(at, size)) != 0 {
			size++
		}
		found = append(found, unsafe.Slice((*byte)(at), size))
		at = unsafe.Add(at, size+1)
	}
	return found
}

// bytesOf is for arguments only: their memory is the kernel's to show and ours to write.
func bytesOf(arg string) []byte {
	return unsafe.Slice(unsafe.StringData(arg), len(arg))
}

func mask(b []byte) {
	for i := range b {
		b[i] = '*'
	}
}
