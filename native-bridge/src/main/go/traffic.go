package main

// traffic is what an open connection has moved so far: up is from the client, or from the peer of one that came in.
type traffic struct {
	id, up, down uint64
}

func (t *tunnel) traffic(id uint64) traffic {
	return traffic{id: id, up: t.up.Load(), down: t.down.Load()}
}

// traffic has put take the tunnels that are open, and returns how many there are.
func (o *operations) traffic(put func(traffic)) (tunnels int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, op := range o.byID {
		if op.tunnel != nil {
			tunnels++
			put(op.tunnel.traffic(id))
		}
	}
	return tunnels
}

// traffic has put take the connections from the tailnet that are open, and returns how many there are.
func (i *inbound) traffic(put func(traffic)) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id, t := range i.open {
		put(t.traffic(id))
	}
	return len(i.open)
}
