package main

import (
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	mostOfRoute   = 64 << 10
	routePatience = 5 * time.Second
	routeLasts    = 30 * time.Second
	mostRoutes    = 1 << 12
)

// routes tells which addresses outside of the tailnet's ranges lead into it: the subnets behind its nodes.
type routes struct {
	agent controlAgent
	mutex sync.Mutex
	known map[netip.Addr]route
}

type route struct {
	isAgents bool
	until    time.Time
}

func newRoutes(agent controlAgent) *routes {
	return &routes{agent: agent, known: make(map[netip.Addr]route)}
}

// isAgents tells of an address whether it is the agent's, if that is known.
func (r *routes) isAgents(address netip.Addr) (is, known bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	found, known := r.known[address]
	return found.isAgents, known && time.Now().Before(found.until)
}

// ask asks the agent. What cannot be found out is none of its.
func (r *routes) ask(address netip.Addr) {
	is := r.agent.leadsIntoTailnet(address)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.known) >= mostRoutes {
		clear(r.known)
	}
	r.known[address] = route{is, time.Now().Add(routeLasts)}
}

func (a controlAgent) leadsIntoTailnet(address netip.Addr) bool {
	ctx, cancel := context.WithTimeout(context.Background(), routePatience)
	defer cancel()
	opened, err := a.ask(ctx, "GET /resolve?name="+address.String()+" HTTP/1.0\r\nHost: localhost\r\n\r\n", 200)
	if err != nil {
		return false
	}
	defer func() { _ = opened.conn.Close() }()
	_ = opened.conn.SetReadDeadline(time.Now().Add(routePatience))
	rest, err := io.ReadAll(io.LimitReader(opened.conn, mostOfRoute))
	if err != nil {
		return false
	}
	var told struct {
		Addresses []struct{ Route string }
	}
	if json.Unmarshal(append(slices.Clone(opened.rest), rest...), &told) != nil {
		return false
	}
	return len(told.Addresses) == 1 && (told.Addresses[0].Route == "subnet" || told.Addresses[0].Route == "tailnet")
}
