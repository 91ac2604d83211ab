package main

import (
	"slices"

	"tailscale.com/ipn"
)

// A start of tsnet begins with fresh preferences. What somebody changed while an earlier one ran (tailscale set) is in the
// state all the same, and holds for every option that the caller said gives way to it.

// savedPrefs are the preferences that the state has; nil when it has none.
func savedPrefs(store ipn.StateStore) *ipn.Prefs {
	profile, err := store.ReadState(ipn.CurrentProfileStateKey)
	if err != nil || len(profile) == 0 {
		return nil
	}
	raw, err := store.ReadState(ipn.StateKey(profile))
	if err != nil || len(raw) == 0 {
		return nil
	}
	prefs := ipn.NewPrefs()
	if ipn.PrefsFromBytes(raw, prefs) != nil {
		return nil
	}
	return prefs
}

// hasIdentity tells whether a node with these preferences need not log in.
func hasIdentity(saved *ipn.Prefs) bool {
	return saved != nil && !saved.LoggedOut && saved.Persist != nil && !saved.Persist.PrivateNodeKey.IsZero()
}

// yields tells whether an option gives way to what the state has.
func (o *options) yields(name string) bool { return slices.Contains(o.yielding, name) }

// underlay puts what the state has in place of the options that give way to it. These are the ones that the start itself
// needs; startPrefs has the others.
func (o *options) underlay(saved *ipn.Prefs) {
	if saved == nil {
		return
	}
	if o.yields("hostname") && saved.Hostname != "" {
		o.hostname = saved.Hostname
	}
	if o.yields("control-url") && saved.ControlURL != "" {
		o.controlURL = saved.ControlURL
	}
	if o.yields("tags") && len(saved.AdvertiseTags) > 0 {
		o.tags = saved.AdvertiseTags
	}
}

// startPrefs are the preferences that a start sets beside those that tsnet has a field for. Shields are up to firstShields.
func startPrefs(opts options, saved *ipn.Prefs, bridge bool) *ipn.MaskedPrefs {
	p := &ipn.MaskedPrefs{RouteAllSet: true}
	p.RouteAll = valueOr(opts.acceptRoutes, bridge)
	if !bridge {
		return p
	}
	if opts.operator != "" {
		p.OperatorUserSet, p.OperatorUser = true, opts.operator
	}
	p.CorpDNSSet, p.AdvertiseRoutesSet = true, true
	p.CorpDNS = valueOr(opts.acceptDNS, true)
	p.AdvertiseRoutes = opts.advertiseRoutes
	if saved == nil {
		return p
	}
	if opts.yields("accept-routes") {
		p.RouteAll = saved.RouteAll
	}
	if opts.yields("accept-dns") {
		p.CorpDNS = saved.CorpDNS
	}
	if opts.yields("advertise-routes") {
		p.AdvertiseRoutes = saved.AdvertiseRoutes
	}
	if opts.yields("exit-node") {
		p.ExitNodeIDSet, p.ExitNodeIPSet, p.ExitNodeAllowLANAccessSet = true, true, true
		p.ExitNodeID, p.ExitNodeIP = saved.ExitNodeID, saved.ExitNodeIP
		p.ExitNodeAllowLANAccess = saved.ExitNodeAllowLANAccess
	}
	if opts.operator == "" {
		p.OperatorUserSet, p.OperatorUser = true, saved.OperatorUser
	}
	p.ProfileNameSet, p.ProfileName = true, saved.ProfileName
	return p
}
