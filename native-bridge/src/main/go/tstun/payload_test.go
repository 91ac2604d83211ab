package tstun

import (
	"bytes"
	"testing"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// packetOf has a payload of several views behind a transport header, as a segment of TCP has.
func packetOf(t *testing.T, views ...[]byte) *stack.PacketBuffer {
	t.Helper()
	var payload buffer.Buffer
	for _, v := range views {
		payload.Append(buffer.NewViewWithData(v))
	}
	packet := stack.NewPacketBuffer(stack.PacketBufferOptions{ReserveHeaderBytes: header.TCPMinimumSize, Payload: payload})
	packet.TransportHeader().Push(header.TCPMinimumSize)
	t.Cleanup(packet.DecRef)
	return packet
}

func TestPayloadOfSeveralViewsIsCopiedWhole(t *testing.T) {
	first, second := bytes.Repeat([]byte{1}, 40_000), bytes.Repeat([]byte{2}, 25_000)
	packet := packetOf(t, first, second)
	for range 2 { // copying leaves the packet as it is
		dst := make([]byte, 1<<16)
		count := copyPayload(dst, packet)
		if want := append(bytes.Clone(first), second...); !bytes.Equal(dst[:count], want) {
			t.Fatalf("%d bytes came out, other than the %d that went in", count, len(want))
		}
	}
}

func TestPayloadThatDoesNotFitIsCutOff(t *testing.T) {
	dst := make([]byte, 3)
	if count := copyPayload(dst, packetOf(t, []byte{1, 2}, []byte{3, 4})); count != 3 || !bytes.Equal(dst, []byte{1, 2, 3}) {
		t.Fatalf("%d bytes: %v", count, dst)
	}
}

func TestNoPayload(t *testing.T) {
	if count := copyPayload(nil, packetOf(t)); count != 0 {
		t.Fatalf("%d bytes of none", count)
	}
}
