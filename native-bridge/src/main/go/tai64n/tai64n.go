// Package tai64n is the time that a WireGuard handshake carries. The build puts it in the place of wireguard-go's package of the same
// name (build-library), for one difference: here time does not go back when this machine's clock is set back. A peer drops a handshake
// that is not later than the last it saw of a node, so that a node with that clock could not connect to peers that knew it until the
// clock had caught up.
package tai64n

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// TimestampSize is the length of a timestamp in bytes.
const TimestampSize = 12

const (
	// epoch is the label of 1970-01-01 00:00:00 UTC, which TAI was ten seconds ahead of.
	epoch = 1<<62 + 10
	// step is how exact a timestamp is, in nanoseconds: no more than has to be, as it tells peers about this machine's clock.
	step = 1 << 24
)

// Timestamp is a TAI64N label: seconds and nanoseconds, big endian, so that the later one is the greater one.
type Timestamp [TimestampSize]byte

// forward hands out timestamps that do not go back.
type forward struct {
	mu   sync.Mutex
	last Timestamp
}

var clock forward

// Now returns the present time, or if that is before what it returned earlier, a little more than that.
func Now() Timestamp {
	return clock.at(time.Now())
}

func (f *forward) at(now time.Time) Timestamp {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := stamp(now)
	if f.last.After(next) {
		next = stamp(f.last.time().Add(step))
	}
	f.last = next
	return next
}

func stamp(t time.Time) Timestamp {
	var stamped Timestamp
	binary.BigEndian.PutUint64(stamped[:8], uint64(epoch+t.Unix()))
	binary.BigEndian.PutUint32(stamped[8:], uint32(t.Nanosecond()/step*step))
	return stamped
}

func (t Timestamp) time() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(t[:8]))-epoch, int64(binary.BigEndian.Uint32(t[8:])))
}

// After reports whether a timestamp is later than another.
func (t Timestamp) After(other Timestamp) bool {
	return bytes.Compare(t[:], other[:]) > 0
}

// String returns the time in words, for logs.
func (t Timestamp) String() string {
	return fmt.Sprint(t.time())
}
