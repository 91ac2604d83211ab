package main

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// programState tells whether the program is there to be sent signals.
type programState struct {
	mutex sync.Mutex
	ended bool
}

// watch reaps the program and what it leaves behind, tells the front how it fares, and returns when nobody is left.
func watch(front *peer, program int, state *programState) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WUNTRACED, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return
		case pid != program:
			continue
		case status.Stopped():
			front.send(messageStopped, int32(status.StopSignal()))
		default:
			state.mutex.Lock()
			state.ended = true
			state.mutex.Unlock()
			front.send(messageExited, int32(uint32(status)))
		}
	}
}

// obey sends the program the signals that the front was sent. A front that dies before the program takes all with it.
func obey(front *peer, program int, state *programState) {
	for {
		kind, value, err := front.receive()
		state.mutex.Lock()
		ended := state.ended
		if !ended && err == nil && kind == messageSignal {
			_ = unix.Kill(program, syscall.Signal(value))
		}
		state.mutex.Unlock()
		if ended {
			return
		}
		if err != nil {
			killDescendants()
			os.Exit(exitWrapper)
		}
	}
}
