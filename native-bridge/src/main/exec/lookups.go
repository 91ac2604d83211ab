package main

import (
	"net/netip"
	"sync"
	"time"
)

const (
	mostRemembered = 1 << 16

	// Programs keep addresses for longer than they may.
	leastRemembered = time.Minute
)

// lookups remembers under which name a program found an address, so that the agent is asked for the name.
type lookups struct {
	now   func() time.Time
	mutex sync.Mutex
	names map[netip.Addr]lookup
}

type lookup struct {
	name  string
	until time.Time
}

func newLookups() *lookups {
	return &lookups{now: time.Now, names: make(map[netip.Addr]lookup)}
}

// learn takes an answer; the latest name of an address counts.
func (l *lookups) learn(response dnsMessage) {
	found, ttl := response.addresses()
	until := l.now().Add(max(ttl, leastRemembered))
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, address := range found {
		if len(l.names) >= mostRemembered {
			l.makeRoom()
		}
		l.names[address.Unmap()] = lookup{name: response.name, until: until}
	}
}

// makeRoom drops what is old, or, where nothing is, half of all.
func (l *lookups) makeRoom() {
	now, before := l.now(), len(l.names)
	for address, one := range l.names {
		if now.After(one.until) {
			delete(l.names, address)
		}
	}
	for address := range l.names {
		if len(l.names) < before && len(l.names) <= mostRemembered/2 {
			return
		}
		delete(l.names, address)
	}
}

// nameOf returns the name that an address was found under, or nothing.
func (l *lookups) nameOf(address netip.Addr) string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if one, ok := l.names[address]; ok && l.now().Before(one.until) {
		return one.name
	}
	return ""
}
