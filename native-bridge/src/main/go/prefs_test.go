package main

import (
	"net/netip"
	"slices"
	"testing"

	"tailscale.com/ipn"
	"tailscale.com/ipn/store/mem"
	"tailscale.com/types/key"
	"tailscale.com/types/persist"
)

func TestPreferencesOfTheState(t *testing.T) {
	store := new(mem.Store)
	if savedPrefs(store) != nil {
		t.Error("an empty store has preferences")
	}
	prefs := ipn.NewPrefs()
	prefs.Hostname = "renamed"
	store.WriteState(ipn.CurrentProfileStateKey, []byte("profile-1"))
	if savedPrefs(store) != nil {
		t.Error("a profile without preferences has some")
	}
	store.WriteState("profile-1", prefs.ToBytes())
	saved := savedPrefs(store)
	if saved == nil || saved.Hostname != "renamed" || hasIdentity(saved) {
		t.Errorf("%v", saved)
	}
	prefs.Persist = &persist.Persist{PrivateNodeKey: key.NewNode()}
	if !hasIdentity(prefs) {
		t.Error("no identity")
	}
	prefs.LoggedOut = true
	if hasIdentity(prefs) {
		t.Error("an identity that was logged out")
	}
}

func TestWhatWasSaidWinsOverTheState(t *testing.T) {
	saved := ipn.NewPrefs()
	saved.Hostname, saved.ControlURL, saved.AdvertiseTags = "renamed", "http://saved", []string{"tag:saved"}
	saved.RouteAll, saved.CorpDNS = false, false
	saved.AdvertiseRoutes = []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	saved.ExitNodeID, saved.OperatorUser = "n1", "alice"
	said := options{hostname: "said", controlURL: "http://said", tags: []string{"tag:said"}}

	given := said
	given.underlay(saved)
	p := startPrefs(given, saved, true)
	if given.hostname != "said" || given.controlURL != "http://said" || !slices.Equal(given.tags, said.tags) {
		t.Errorf("%+v", given)
	}
	if !p.RouteAll || !p.CorpDNS || len(p.AdvertiseRoutes) != 0 || p.ExitNodeIDSet || p.OperatorUser != "alice" {
		t.Errorf("%v", p.Pretty())
	}

	yielding := said
	yielding.yielding = []string{"hostname", "control-url", "tags", "accept-routes", "accept-dns", "advertise-routes", "exit-node"}
	yielding.underlay(saved)
	p = startPrefs(yielding, saved, true)
	if yielding.hostname != "renamed" || yielding.controlURL != "http://saved" || !slices.Equal(yielding.tags, saved.AdvertiseTags) {
		t.Errorf("%+v", yielding)
	}
	if p.RouteAll || p.CorpDNS || len(p.AdvertiseRoutes) != 1 || p.ExitNodeID != "n1" {
		t.Errorf("%v", p.Pretty())
	}

	first := yielding
	first.underlay(nil)
	if p := startPrefs(first, nil, true); !p.RouteAll || !p.CorpDNS || first.hostname != "renamed" {
		t.Errorf("%v", p.Pretty())
	}
}
