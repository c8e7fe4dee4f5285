package kernels

import (
	"testing"
	"time"
)

func TestCrowdSendsAWorkerAwayAndTriesAgain(t *testing.T) {
	const threads = 3
	c := crowd{admitted: threads}
	now := time.Duration(0)
	want := func(workers int) {
		t.Helper()
		if got := c.admit(now, threads); got != workers {
			t.Fatalf("after %v: %d workers, want %d", now, got, workers)
		}
	}
	stalls := func(n int, apart time.Duration) {
		for range n {
			now += apart
			c.stalled(now)
		}
	}
	want(3)
	stalls(20, time.Second) // accidents
	want(3)
	stalls(crowdStalls, time.Millisecond)
	want(2)
	stalls(crowdStalls, time.Millisecond)
	want(1)
	stalls(100, time.Millisecond)
	for range 2 { // nobody interrupts them any more
		now += mostPatience + time.Millisecond
		c.admit(now, threads)
	}
	want(3)
}

// TestCrowdLosesPatience has a program that never goes: the tries become rare.
func TestCrowdLosesPatience(t *testing.T) {
	c := crowd{admitted: 2}
	tries, full := 0, time.Duration(0)
	for now := time.Duration(0); now < 10*time.Second; now += 4 * time.Millisecond {
		if c.admit(now, 2) == 2 {
			full += 4 * time.Millisecond
			if c.stalled(now); c.admitted == 1 {
				tries++
			}
		}
	}
	if tries < 10 || tries > 20 || full > 300*time.Millisecond {
		t.Errorf("%d tries, %v with all workers in 10 s, want 10 to 20 and less than 0.3 s", tries, full)
	}
}

func TestPaces(t *testing.T) {
	type share struct {
		ranges int64
		took   time.Duration
	}
	for _, test := range []struct {
		name   string
		shares []share
		want   bool
	}{
		{"equal", []share{{8, time.Second}, {8, time.Second}}, false},
		{"interrupted", []share{{3, 4 * time.Millisecond}, {13, 50 * time.Microsecond}}, true},
		{"interrupted early", []share{{12, 60 * time.Microsecond}, {0, 0}, {4, 3 * time.Millisecond}}, true},
		{"short", []share{{3, 400 * time.Microsecond}, {13, 50 * time.Microsecond}}, false},
		{"long ranges", []share{{7, 14 * time.Millisecond}, {9, 10 * time.Millisecond}}, false},
		{"few ranges", []share{{1, 4 * time.Millisecond}, {1, 50 * time.Microsecond}}, false},
		{"alone", []share{{16, 4 * time.Millisecond}}, false},
	} {
		var p paces
		p.reset()
		for _, s := range test.shares {
			if s.ranges > 0 {
				p.add(s.ranges, s.took)
			}
		}
		if got := p.isStall(); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
