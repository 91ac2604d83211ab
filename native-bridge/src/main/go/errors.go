package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// code is enum tailnet_code of tailnet_bridge.h.
type code uint8

const (
	codeOK              code = 0
	codeRefused         code = 1
	codeHostUnreachable code = 2
	codeNetUnreachable  code = 3
	codeTimeout         code = 4
	codeNoSuchName      code = 5
	codeNotOwned        code = 6
	codeNodeDown        code = 7
	codeCancelled       code = 8
	codeReset           code = 9
	codeIdle            code = 10
	codeResources       code = 11
	codeResolveFailed   code = 12
	codeDenied          code = 13
	codeInternal        code = 255
)

// failure is an error whose code is already known.
type failure struct {
	code code
	text string
}

func (f *failure) Error() string { return f.text }

func failf(c code, format string, args ...any) *failure {
	return &failure{c, fmt.Sprintf(format, args...)}
}

// Causes that cancel a context of ours.
var (
	errCancelled = &failure{codeCancelled, "cancelled"}
	errClosed    = &failure{codeCancelled, "the node was closed"}
)

// apiError is an error of a call: what the C function returns as errno, and the words for tailscale_errmsg.
type apiError struct {
	errno syscall.Errno
	text  string
}

func (e *apiError) Error() string { return e.text }

func apiErrorf(errno syscall.Errno, format string, args ...any) *apiError {
	return &apiError{errno, fmt.Sprintf(format, args...)}
}

// netstack reports its errors as plain strings; these are the same strings, taken from the types they come from.
var netstackCodes = func() map[string]code {
	codes := make(map[string]code)
	for c, errs := range map[code][]tcpip.Error{
		codeRefused:         {&tcpip.ErrConnectionRefused{}},
		codeHostUnreachable: {&tcpip.ErrHostUnreachable{}, &tcpip.ErrHostDown{}, &tcpip.ErrNoNet{}},
		codeNetUnreachable:  {&tcpip.ErrNetworkUnreachable{}},
		codeTimeout:         {&tcpip.ErrTimeout{}},
		codeReset:           {&tcpip.ErrConnectionReset{}, &tcpip.ErrConnectionAborted{}, &tcpip.ErrAborted{}, &tcpip.ErrClosedForSend{}},
		codeResources:       {&tcpip.ErrNoBufferSpace{}, &tcpip.ErrNoPortAvailable{}},
	} {
		for _, err := range errs {
			codes[err.String()] = c
		}
	}
	return codes
}()

var errnoCodes = map[syscall.Errno]code{
	syscall.ECONNREFUSED:  codeRefused,
	syscall.EHOSTUNREACH:  codeHostUnreachable,
	syscall.EHOSTDOWN:     codeHostUnreachable,
	syscall.ENETUNREACH:   codeNetUnreachable,
	syscall.ENETDOWN:      codeNetUnreachable,
	syscall.ETIMEDOUT:     codeTimeout,
	syscall.ECONNRESET:    codeReset,
	syscall.ECONNABORTED:  codeReset,
	syscall.EPIPE:         codeReset,
	syscall.EMFILE:        codeResources,
	syscall.ENFILE:        codeResources,
	syscall.ENOMEM:        codeResources,
	syscall.ENOBUFS:       codeResources,
	syscall.EADDRNOTAVAIL: codeResources,
}

// classify tells which code an error of the network is.
func classify(err error) code {
	if err == nil {
		return codeOK
	}
	var known *failure
	if errors.As(err, &known) {
		return known.code
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if c, ok := errnoCodes[errno]; ok {
			return c
		}
		return codeInternal
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		if c, ok := netstackCodes[op.Err.Error()]; ok {
			return c
		}
	}
	if c, ok := netstackCodes[err.Error()]; ok {
		return c
	}
	// A bind of netstack reports only text: "ep.Bind({...}) = no ports are available".
	if strings.HasSuffix(err.Error(), (&tcpip.ErrNoPortAvailable{}).String()) {
		return codeResources
	}
	switch {
	case errors.Is(err, context.Canceled):
		return codeCancelled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return codeTimeout
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return codeTimeout
	}
	return codeInternal
}

// classifyDial is classify for a connection not yet established: a reset then is a refusal.
func classifyDial(err error) code {
	if c := classify(err); c != codeReset {
		return c
	}
	return codeRefused
}

// contextError prefers the cause a context was cancelled for over the error that the cancelled call returned.
func contextError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	var known *failure
	if errors.As(cause, &known) {
		return known
	}
	return err
}
