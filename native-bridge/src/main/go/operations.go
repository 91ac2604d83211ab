package main

import (
	"context"
	"sync"
	"syscall"
)

// operation is what runs under an id of the caller's: a lookup, a dial, a dialed connection that waits, or a tunnel.
type operation struct {
	cancel context.CancelCauseFunc // of a lookup, a dial or a tunnel
	parked leg                     // a dialed connection
	tunnel *tunnel
}

// operations is the table of what runs in a node.
type operations struct {
	mu     sync.Mutex
	byID   map[uint64]*operation
	ended  bool
	active sync.WaitGroup

	// What the tunnels that are no more have moved.
	pastUp, pastDown uint64
}

// begin reserves id for an operation that cancel ends. done must be called when it has ended.
func (o *operations) begin(id uint64, op *operation) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return apiErrorf(syscall.EBADF, "the node is closed")
	}
	if _, taken := o.byID[id]; taken {
		return apiErrorf(syscall.EEXIST, "operation %d is in use", id)
	}
	if o.byID == nil {
		o.byID = make(map[uint64]*operation)
	}
	o.byID[id] = op
	o.active.Add(1)
	return nil
}

// beginWithin is begin for an operation that ends with a context, which is below outer.
func (o *operations) beginWithin(outer context.Context, id uint64) (context.Context, context.CancelCauseFunc, error) {
	ctx, cancel := context.WithCancelCause(outer)
	if err := o.begin(id, &operation{cancel: cancel}); err != nil {
		cancel(nil)
		return nil, nil, err
	}
	return ctx, cancel, nil
}

// done removes an operation that has ended and then reports it: a caller that reads the report may use the id again, and
// the node is not gone before the report is out.
func (o *operations) done(id uint64, report func()) {
	o.mu.Lock()
	if op := o.byID[id]; op != nil && op.tunnel != nil {
		o.pastUp += op.tunnel.up.Load()
		o.pastDown += op.tunnel.down.Load()
	}
	delete(o.byID, id)
	o.mu.Unlock()
	report()
	o.active.Done()
}

// park keeps a dialed connection under its id, unless the operation was cancelled meanwhile.
func (o *operations) park(ctx context.Context, id uint64, conn leg) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	op := o.byID[id]
	if ctx.Err() != nil || op == nil {
		return false
	}
	op.parked = conn
	return true
}

// unpark turns the dialed connection under id into the tunnel that joins it.
func (o *operations) unpark(id uint64, join func(leg) *tunnel) (*tunnel, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	op := o.byID[id]
	if op == nil || op.parked == nil {
		return nil, apiErrorf(syscall.ENOENT, "operation %d is no dialed connection", id)
	}
	op.tunnel = join(op.parked)
	op.parked = nil
	return op.tunnel, nil
}

// cancelOne ends what runs under id, if anything does.
func (o *operations) cancelOne(id uint64, cause *failure) {
	o.mu.Lock()
	op := o.byID[id]
	if op == nil {
		o.mu.Unlock()
		return
	}
	parked, running := op.parked, op.tunnel
	op.parked = nil
	if op.cancel != nil {
		op.cancel(cause)
	}
	o.mu.Unlock()
	switch {
	case parked != nil:
		parked.abort()
		parked.close()
		o.done(id, func() {})
	case running != nil:
		running.fail(cause)
	}
}

// end ends all that runs and waits for it.
func (o *operations) end() {
	o.mu.Lock()
	o.ended = true
	ids := make([]uint64, 0, len(o.byID))
	for id := range o.byID {
		ids = append(ids, id)
	}
	o.mu.Unlock()
	for _, id := range ids {
		o.cancelOne(id, errClosed)
	}
	o.active.Wait()
}

// totals counts the tunnels that are open and the bytes of all that ever were.
func (o *operations) totals() (tunnels int, up, down uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	up, down = o.pastUp, o.pastDown
	for _, op := range o.byID {
		if op.tunnel != nil {
			tunnels++
			up += op.tunnel.up.Load()
			down += op.tunnel.down.Load()
		}
	}
	return tunnels, up, down
}
