package main

import (
	"sync/atomic"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnlocal"
)

// freshProfile tells that a logout has left the node with preferences as they are for a new one, the control server among them.
// What this process was started with holds for the next login.
type freshProfile struct{ noticed atomic.Bool }

// changed takes news of the profile. It runs with the backend's lock held.
func (f *freshProfile) changed(profile ipn.LoginProfileView, _ ipn.PrefsView, sameNode bool) {
	if !sameNode && profile.ID() == "" {
		f.noticed.Store(true)
	}
}

// furnish gives a fresh profile the preferences of the start, unless somebody has given it others.
func (n *node) furnish(backend *ipnlocal.LocalBackend) {
	if !n.freshProfile.noticed.Swap(false) || n.start != startBridge {
		return
	}
	if current := backend.Prefs(); !current.LoggedOut() || current.WantRunning() || current.ControlURL() != "" {
		return
	}
	prefs := startPrefs(n.opts, nil, true)
	prefs.HostnameSet, prefs.Hostname = true, n.opts.hostname
	prefs.AdvertiseTagsSet, prefs.AdvertiseTags = true, n.opts.tags
	prefs.ControlURLSet, prefs.ControlURL = n.opts.controlURL != "", n.opts.controlURL
	if err := n.shields.keep(n, backend, prefs); err != nil {
		n.log(logError, "cannot set the preferences after a logout: %v", err)
	}
}
