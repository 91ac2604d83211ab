package main

import (
	"fmt"
	"sync"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnlocal"
)

// shieldsMode is the option shields-up. In the mode auto the preference ShieldsUp follows what the tailnet may reach here: while
// that is nothing, packets from the tailnet that answer none of ours are dropped before they reach netstack.
type shieldsMode string

const (
	shieldsUnsaid shieldsMode = ""
	shieldsAuto   shieldsMode = "auto"
	shieldsUp     shieldsMode = "true"
	shieldsDown   shieldsMode = "false"
)

// shieldsKey is where the state keeps a mode that somebody chose while the node ran: the preference does not tell one from auto.
const shieldsKey = ipn.StateKey("_libtailscale-shields")

// shields keeps the preference ShieldsUp in step with its mode, until somebody else sets it.
type shields struct {
	mu      sync.Mutex
	backend *ipnlocal.LocalBackend // nil until the node's start sets the preferences
	store   ipn.StateStore
	mode    shieldsMode
	last    bool // what the preference was when we last set it
}

// expose replaces what is exposed, before the start or at any time after.
func (n *node) expose(text string) error {
	table, err := parseExposures(text)
	if err != nil {
		return err
	}
	n.inbound.table.Store(table)
	// Connections are judged by the new table from here on. The preference is behind the backend's lock.
	go n.adjustShields()
	return nil
}

// wanted is what the preference should be. Advertised routes are for others to use, as what is exposed is.
func (s *shields) wanted(n *node, routes int) bool {
	switch s.mode {
	case shieldsUp:
		return true
	case shieldsDown:
		return false
	default:
		return n.inbound.table.Load().empty() && routes == 0
	}
}

// firstShields gives the preferences of the start to the backend; from then on changes of other things change this one.
func (n *node) firstShields(backend *ipnlocal.LocalBackend, prefs *ipn.MaskedPrefs, opts options) error {
	s := &n.shields
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = opts.shieldsUp
	if s.mode == shieldsUnsaid {
		s.mode = shieldsDown
		if n.start == startBridge {
			s.mode = shieldsAuto
		}
	}
	s.store = n.server.Store
	if chosen, err := s.store.ReadState(shieldsKey); err == nil && len(chosen) > 0 {
		if opts.yields("shields-up") {
			s.mode = shieldsMode(chosen)
		} else if err := s.store.WriteState(shieldsKey, nil); err != nil {
			n.log(logWarning, "cannot forget an earlier shields-up: %v", err)
		}
	}
	s.backend = backend
	return s.edit(n, backend, prefs)
}

// keep gives preferences that are all new to the backend, with shields as they are.
func (s *shields) keep(n *node, backend *ipnlocal.LocalBackend, prefs *ipn.MaskedPrefs) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edit(n, backend, prefs)
}

func (s *shields) edit(n *node, backend *ipnlocal.LocalBackend, prefs *ipn.MaskedPrefs) error {
	prefs.ShieldsUpSet = true
	prefs.ShieldsUp = s.wanted(n, len(prefs.AdvertiseRoutes))
	s.last = prefs.ShieldsUp
	_, err := backend.EditPrefs(prefs)
	return err
}

func (n *node) adjustShields() {
	s := &n.shields
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.backend == nil || n.ctx.Err() != nil {
		return
	}
	err := guarded(n, func(*node) error {
		current := s.backend.Prefs()
		if up := current.ShieldsUp(); up != s.last {
			s.choose(n, up)
			return nil
		}
		prefs := &ipn.MaskedPrefs{ShieldsUpSet: true}
		prefs.ShieldsUp = s.wanted(n, current.AdvertiseRoutes().Len())
		if prefs.ShieldsUp == s.last {
			return nil
		}
		s.last = prefs.ShieldsUp
		_, err := s.backend.EditPrefs(prefs)
		return err
	})
	if err != nil {
		n.log(logError, "%v", fmt.Errorf("cannot change the preference shields-up: %w", err))
	}
}

// choose takes over what somebody else has set, for this run and for the next.
func (s *shields) choose(n *node, up bool) {
	s.mode, s.last = shieldsDown, up
	if up {
		s.mode = shieldsUp
	}
	if err := ipn.WriteState(s.store, shieldsKey, []byte(s.mode)); err != nil {
		n.log(logWarning, "shields-up will not outlast a restart: %v", err)
	}
}
