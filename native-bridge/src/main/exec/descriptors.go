package main

import (
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// inheritedDescriptors lists those above standard error that the caller has left open for the program.
func inheritedDescriptors(own ...int) []int {
	entries, _ := os.ReadDir("/proc/self/fd")
	var found []int
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd <= 2 || slices.Contains(own, fd) {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			found = append(found, fd)
		}
	}
	return found
}

// leaveDescriptors gives up what belongs to the program, so that nobody waits for this process to close it: what was
// inherited is closed, standard descriptors lead nowhere.
func leaveDescriptors(inherited []int, standard ...int) {
	for _, fd := range inherited {
		_ = unix.Close(fd)
	}
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	for _, fd := range standard {
		_ = unix.Dup3(null, fd, 0)
	}
	_ = unix.Close(null)
}
