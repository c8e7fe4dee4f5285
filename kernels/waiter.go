package kernels

import (
	"runtime"
	"sync/atomic"
	"time"
)

// waiter lets one goroutine wait for a number that others change. It spins at first, which costs a processor but no time,
// and then sleeps, which costs some ten microseconds but no processor.
type waiter struct {
	spins  bool
	asleep atomic.Bool
	bell   chan struct{}
}

const (
	spinTime   = 60 * time.Microsecond
	spinLooks  = 16 // between two looks at the clock, which give way to other goroutines
	spinPauses = 4  // between two looks at the number
)

func newWaiter(spins bool) waiter { return waiter{spins: spins, bell: make(chan struct{}, 1)} }

// wait returns when x is zero, or, if zero is false, when it is not.
func (w *waiter) wait(x *atomic.Int64, zero bool) {
	for !w.spin(x, zero) {
		w.asleep.Store(true)
		if (x.Load() == 0) == zero && w.asleep.CompareAndSwap(true, false) {
			return
		}
		<-w.bell // somebody has found it asleep, or will
	}
}

// wake makes a goroutine that sleeps look again. Who changes the number calls it afterwards.
func (w *waiter) wake() {
	if w.asleep.CompareAndSwap(true, false) {
		w.bell <- struct{}{}
	}
}

// spin looks at x for a while, and reports whether it became what it should.
func (w *waiter) spin(x *atomic.Int64, zero bool) bool {
	if (x.Load() == 0) == zero {
		return true
	}
	if !w.spins {
		return false
	}
	for start := time.Now(); time.Since(start) < spinTime; {
		for range spinLooks {
			if (x.Load() == 0) == zero {
				return true
			}
			pause(spinPauses)
		}
		runtime.Gosched()
	}
	return false
}
