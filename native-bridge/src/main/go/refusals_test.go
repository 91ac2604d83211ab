package main

import (
	"net/netip"
	"testing"

	"tailscale.com/net/packet"
	"tailscale.com/types/ipproto"
)

func TestRefusals(t *testing.T) {
	flow := dialedFlow{netip.MustParseAddrPort("100.64.0.1:16001"), netip.MustParseAddrPort("100.64.0.2:80")}
	other := dialedFlow{flow.from, netip.MustParseAddrPort("100.64.0.2:81")}
	denied := packet.TailscaleRejectedHeader{
		IPSrc: flow.to.Addr(), IPDst: flow.from.Addr(), Src: flow.from, Dst: flow.to,
		Proto: ipproto.TCP, Reason: packet.RejectedDueToACLs,
	}
	maybe, udp := denied, denied
	maybe.MaybeBroken = true
	udp.Proto = ipproto.UDP
	for _, test := range []struct {
		name   string
		flow   dialedFlow
		header packet.TailscaleRejectedHeader
		want   code
	}{
		{"its own", flow, denied, codeDenied},
		{"another's", other, denied, codeOK},
		{"not certain", flow, maybe, codeOK},
		{"of a datagram", flow, udp, codeOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r refusals
			ctx, forget := r.watch(t.Context(), test.flow)
			r.heard(parsedAgain(t, test.header))
			if got := classify(contextError(ctx, ctx.Err())); got != test.want {
				t.Errorf("code %d, want %d", got, test.want)
			}
			forget()
			if len(r.pending) > 0 {
				t.Error("the flow is still pending after the dial")
			}
		})
	}
}

// parsedAgain is the header as it comes off the wire.
func parsedAgain(t *testing.T, header packet.TailscaleRejectedHeader) packet.TailscaleRejectedHeader {
	t.Helper()
	var p packet.Parsed
	p.Decode(packet.Generate(header, nil))
	got, ok := p.AsTailscaleRejectedHeader()
	if !ok {
		t.Fatal("not a refusal any more")
	}
	return got
}
