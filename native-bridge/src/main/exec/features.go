package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// features are what of the kernel --enforce stands on.
type features struct {
	AddDescriptor bool
	Landlock      int // its ABI; 0 without
	Root          bool
	Killed        bool // who asks for Landlock, by a filter around this process
}

func lookAround() features {
	return features{AddDescriptor: hasAddDescriptor(), Landlock: landlockABI(), Root: os.Geteuid() == 0}
}

// hasAddDescriptor asks by the version: a call needs a listener.
func hasAddDescriptor() bool {
	var name unix.Utsname
	var major, minor int
	if unix.Uname(&name) != nil {
		return false
	}
	if _, err := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 5 || major == 5 && minor >= 14
}
