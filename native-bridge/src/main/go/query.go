package main

import (
	"context"
	"errors"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// reply is the answer to a raw query.
type reply struct {
	source  uint8
	servers string
	raw     []byte
}

// query answers a DNS message under id; the event stream has the response.
func (n *node) query(id uint64, message []byte, timeout time.Duration) error {
	question, err := questionOf(message)
	if err != nil || message[2]&0x80 != 0 {
		return apiErrorf(syscall.EINVAL, "this is no DNS query")
	}
	ctx, cancel, err := n.operations.beginWithin(n.ctx, id)
	if err != nil {
		return err
	}
	go func() {
		defer cancel(nil)
		answered, err := n.answerWithin(ctx, question, message, timeout)
		n.operations.done(id, func() { n.stream.Load().answered(id, answered, err) })
	}()
	return nil
}

func (n *node) answerWithin(ctx context.Context, question dnsmessage.Question, message []byte, timeout time.Duration) (answered reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = failf(codeInternal, "panic: %v", r)
		}
	}()
	limited, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	answered, err = n.answer(limited, question, message)
	if err = contextError(limited, err); err != nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = failf(codeTimeout, "no answer for %s within %s", question.Name, timeout)
	}
	return answered, err
}

// answer passes a query to whom it concerns, by the same order as a lookup of the name.
func (n *node) answer(ctx context.Context, question dnsmessage.Question, message []byte) (reply, error) {
	name := canonical(question.Name.String())
	if tailnet := n.tailnetResolver(); tailnet != nil {
		source := tailnet.config.source(name)
		if source == 0 && question.Type == dnsmessage.TypePTR && isTailnetReverse(name) {
			source = sourceMagicDNS
		}
		switch {
		case source == sourceSplitDNS:
			raw, err := tailnet.queryRaw(ctx, message)
			return reply{source: source, servers: tailnet.servers(name), raw: raw}, err
		case source != 0:
			raw, err := tailnet.queryRaw(ctx, message)
			return reply{source: source, raw: raw}, err
		case tailnet.global:
			if raw, err := tailnet.queryRaw(ctx, message); err == nil && len(raw) >= dnsHeader && !tellsNothing(raw) {
				return reply{source: sourceGlobalDNS, servers: tailnet.servers(name), raw: raw}, nil
			}
		}
	}
	raw, server, err := n.host.exchange(ctx, message)
	return reply{source: sourceSystem, servers: server, raw: raw}, err
}
