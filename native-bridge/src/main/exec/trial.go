package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// trialFlag has this program try in a process of its own what exec stands on: a filter may kill it.
	trialFlag = "--trial"

	// trialCallFlag has this program be the one that is watched over.
	trialCallFlag = "--trial-call"

	trialPassed = "passed"

	trialMilliseconds = 5_000
)

// trialTarget is where nothing listens, should nobody hold up the call.
var trialTarget = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 1)

// tryOut returns an *unavailable if exec cannot work here, else what --enforce finds.
func tryOut() (features, error) {
	output, err := exec.Command("/proc/self/exe", trialFlag).Output()
	first, rest, complete := strings.Cut(string(output), "\n")
	var exit *exec.ExitError
	killed := false
	if errors.As(err, &exit) {
		status, ok := exit.Sys().(syscall.WaitStatus)
		killed = ok && status.Signaled() && status.Signal() == unix.SIGSYS
	}
	switch {
	case first == trialPassed && killed:
		return features{Killed: true}, nil
	case first == trialPassed:
		var found features
		return found, json.Unmarshal([]byte(rest), &found)
	case killed:
		return features{}, killedByFilter
	case complete:
		return features{}, &unavailable{first, strings.TrimSpace(rest)}
	default:
		return features{}, &unavailable{fmt.Sprintf("the trial broke off: %v", err), instead}
	}
}

// trialMain prints trialPassed and then the features that --enforce asks for, or reason and fix, a line each.
func trialMain() int {
	err := try()
	if err == nil {
		fmt.Println(trialPassed)
		_ = json.NewEncoder(os.Stdout).Encode(lookAround())
		return 0
	}
	said := &unavailable{reason: err.Error(), fix: instead}
	_ = errors.As(err, &said)
	fmt.Printf("%s\n%s\n", said.reason, said.fix)
	return exitWrapper
}

// try has a process with the filter make a call, and answers it.
func try() error {
	if err := checkYama(); err != nil {
		return err
	}
	if err := checkCalls(); err != nil {
		return err
	}
	if _, err := newTCP(controlAgent{}, nil, nil); err != nil {
		return loopbackFailure(err)
	}
	pid, fd, _, err := start("/proc/self/exe", options{command: []string{"tailnet-exec", trialCallFlag}})
	if err != nil {
		return err
	}
	if err = answerTrial(listener(fd)); err != nil {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	var status unix.WaitStatus
	if _, errWait := unix.Wait4(pid, &status, 0, nil); err == nil && (errWait != nil || status.ExitStatus() != 0) {
		err = errors.New("a call that the supervisor answered did not end so")
	}
	return err
}

func answerTrial(held listener) error {
	ready := []unix.PollFd{{Fd: int32(held), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(ready, trialMilliseconds)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 || ready[0].Revents&unix.POLLIN == 0 {
			return errors.New("a call of a program was not held up")
		}
		break
	}
	call := &heldCall{notification: new(notification), listener: held}
	if err := held.receive(call.notification); err != nil {
		return fmt.Errorf("a call of a program was not told: %w", err)
	}
	if target, ok := call.address(call.args[1], call.args[2]); !ok || target != trialTarget {
		return &unavailable{"the memory of a program cannot be read (process_vm_readv)", allowCalls}
	}
	taken, err := takeSocket(call.pid, int32(call.args[0]))
	if err != nil {
		return &unavailable{fmt.Sprintf("a program's socket cannot be taken (pidfd_getfd): %v", err), allowCalls}
	}
	taken.close()
	call.succeed(0)
	return nil
}

func trialCallMain() int {
	fd, err := streamSocket(trialTarget.Addr())
	if err != nil || connectRaw(fd, bytes.Clone(formatAddress(unix.AF_INET, trialTarget))) != nil {
		return 1
	}
	return 0
}
