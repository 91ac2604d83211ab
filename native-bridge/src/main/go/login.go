package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"syscall"
	"time"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnlocal"
)

// Attempts to have an auth key made are this far apart at first and at most, give or take a half: many nodes may have begun to
// wait at the same moment.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// login takes what the node logs in with: before the start for it, later at once.
func (n *node) login(text string) error {
	c, err := parseCredential(text)
	if err != nil {
		return err
	}
	n.hide(c.secrets())
	if err := n.configure(func(o *options) error { o.credential = c; return nil }); err == nil {
		return nil
	}
	backend, err := n.ready()
	if err != nil {
		return apiErrorf(syscall.EAGAIN, "%v", err)
	}
	ctx := n.nextLogin()
	go func() {
		err := guarded(n, func(*node) error { return n.loginAgain(ctx, backend, c) })
		if err != nil && ctx.Err() == nil {
			n.log(logError, "cannot log in: %v", err)
		}
	}()
	return nil
}

// firstKey gets the auth key that a start logs in with, if it has to. A node whose credential is refused starts without, and
// waits for another or for a person.
func (n *node) firstKey(opts options, saved *ipn.Prefs) (string, error) {
	c := opts.credential
	if c.empty() && opts.authKey != "" {
		var err error
		if c, err = parseCredential("auth-key " + opts.authKey); err != nil {
			return "", err
		}
	}
	n.hide(c.secrets())
	if !c.needsExchange() {
		return c.authKey, nil
	}
	if hasIdentity(saved) {
		return "", nil
	}
	key, err := n.keyFor(n.ctx, &exchange{c, opts.controlURL, opts.tags, opts.ephemeral})
	if isRefusal(err) && n.start == startBridge {
		return "", nil
	}
	return key, err
}

// nextLogin ends the attempt that an earlier call began, and returns the context of the next.
func (n *node) nextLogin() context.Context {
	ctx, stop := context.WithCancel(n.ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopLogin != nil {
		n.stopLogin()
	}
	n.stopLogin = stop
	return ctx
}

func (n *node) loginAgain(ctx context.Context, backend *ipnlocal.LocalBackend, c credential) error {
	if c.empty() {
		return backend.StartLoginInteractive(ctx)
	}
	prefs := backend.Prefs()
	key, err := n.keyFor(ctx, &exchange{
		credential: c,
		controlURL: prefs.ControlURL(),
		tags:       prefs.AdvertiseTags().AsSlice(),
		ephemeral:  n.opts.ephemeral,
	})
	if err != nil {
		return nil // it has been told
	}
	// With a node key, a start logs in by itself: first as the node it was, then with a new key if the server asks for one.
	// Doing both would spend a key that is good for one login.
	knownNode := !backend.NodeKey().IsZero() && !prefs.LoggedOut()
	if err := backend.Start(ipn.Options{AuthKey: key}); err != nil {
		return err
	}
	if knownNode {
		return nil
	}
	return backend.StartLoginInteractive(ctx)
}

// keyFor gets the auth key for a credential, however long that takes, and tells what keeps it from being had. The error is a
// refusal, or the end of the context.
func (n *node) keyFor(ctx context.Context, e *exchange) (string, error) {
	told := ""
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		key, err := e.authKey(ctx)
		switch {
		case err == nil:
			if told != "" {
				n.tellCredential("", false)
			}
			n.hide([]string{key})
			return key, nil
		case ctx.Err() != nil:
			return "", ctx.Err()
		case isRefusal(err):
			n.tellCredential(err.Error(), true)
			return "", err
		case err.Error() != told:
			told = err.Error()
			n.tellCredential(told, false)
		}
		select {
		case <-time.After(jittered(pause)):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// jittered is pause, give or take a half.
func jittered(pause time.Duration) time.Duration {
	return time.Duration(float64(pause) * (0.5 + rand.Float64()))
}

// tellCredential reports why there is no auth key for a credential; no words mean that there is one now.
func (n *node) tellCredential(words string, refused bool) {
	stream := n.stream.Load()
	if stream == nil {
		return
	}
	text, _ := json.Marshal(struct {
		CredentialTrouble string
		CredentialRefused bool
	}{n.redact(words), refused})
	stream.notify(text)
}
