package tai64n

import (
	"encoding/hex"
	"testing"
	"time"
)

func TestLabelsAreThoseOfWireGuard(t *testing.T) {
	label := stamp(time.Unix(1, 2*step+5))
	if got := hex.EncodeToString(label[:]); got != "400000000000000b02000000" {
		t.Errorf("label %s", got)
	}
}

func TestTimeDoesNotGoBack(t *testing.T) {
	var clock forward
	start := time.Unix(1_800_000_000, 990_000_000)
	last := clock.at(start)
	for range 200 {
		next := clock.at(start.Add(-time.Hour))
		if !next.After(last) {
			t.Fatalf("%v after %v", next, last)
		}
		last = next
	}
	if drift := last.time().Sub(start); drift > 10*time.Second {
		t.Errorf("200 handshakes went ahead by %v", drift)
	}
	if later := start.Add(time.Minute); clock.at(later) != stamp(later) {
		t.Error("the clock has caught up, and is not followed")
	}
}

func TestTimeIsAsExactAsHasToBe(t *testing.T) {
	var clock forward
	base := time.Unix(1_800_000_000, 0)
	if clock.at(base) != clock.at(base.Add(step-1)) {
		t.Error("a step is told in parts")
	}
	if !clock.at(base.Add(step)).After(stamp(base)) {
		t.Error("a step is not told")
	}
}

func TestReadsBackWhatItWrites(t *testing.T) {
	when := time.Unix(1_800_000_000, 3*step)
	if got := stamp(when).time(); !got.Equal(when) {
		t.Errorf("%v instead of %v", got, when)
	}
}
