package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
)

func TestClassify(t *testing.T) {
	netstackDial := func(err tcpip.Error) error {
		return &net.OpError{Op: "connect", Net: "tcp", Err: errors.New(err.String())}
	}
	hostDial := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	for _, test := range []struct {
		name string
		err  error
		want code
	}{
		{"nothing", nil, codeOK},
		{"netstack refused", netstackDial(&tcpip.ErrConnectionRefused{}), codeRefused},
		{"netstack host", netstackDial(&tcpip.ErrHostUnreachable{}), codeHostUnreachable},
		{"netstack net", netstackDial(&tcpip.ErrNetworkUnreachable{}), codeNetUnreachable},
		{"netstack timeout", netstackDial(&tcpip.ErrTimeout{}), codeTimeout},
		{"netstack bind", fmt.Errorf("ep.Bind(x) = %s", &tcpip.ErrNoPortAvailable{}), codeResources},
		{"endpoint reset", netstackError{&tcpip.ErrConnectionReset{}}, codeReset},
		{"endpoint aborted", netstackError{&tcpip.ErrAborted{}}, codeReset},
		{"host refused", hostDial(syscall.ECONNREFUSED), codeRefused},
		{"host unreachable", hostDial(syscall.EHOSTUNREACH), codeHostUnreachable},
		{"net unreachable", hostDial(syscall.ENETUNREACH), codeNetUnreachable},
		{"host timeout", hostDial(syscall.ETIMEDOUT), codeTimeout},
		{"descriptors", hostDial(syscall.EMFILE), codeResources},
		{"pipe", hostDial(syscall.EPIPE), codeReset},
		{"other errno", hostDial(syscall.EPERM), codeInternal},
		{"deadline", context.DeadlineExceeded, codeTimeout},
		{"socket deadline", os.ErrDeadlineExceeded, codeTimeout},
		{"cancelled", context.Canceled, codeCancelled},
		{"known", fmt.Errorf("wrapped: %w", failf(codeNotOwned, "x")), codeNotOwned},
		{"unknown", errors.New("x"), codeInternal},
	} {
		if got := classify(test.err); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestResetOfADialIsARefusal(t *testing.T) {
	err := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNRESET)}
	if got := classifyDial(err); got != codeRefused {
		t.Errorf("%d, want %d", got, codeRefused)
	}
}

func TestCauseOfACancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errClosed)
	if got := contextError(ctx, errors.New("x")); got != errClosed {
		t.Errorf("%v", got)
	}
	if got := contextError(context.Background(), syscall.EPIPE); got != syscall.EPIPE {
		t.Errorf("%v", got)
	}
}
