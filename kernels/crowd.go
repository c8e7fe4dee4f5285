package kernels

import (
	"math"
	"sync/atomic"
	"time"
)

// crowd decides how many workers take part. Where another program wants a processor, the system takes it from a worker in
// the middle of a range, for milliseconds, and all others wait for that range. With one worker less, no processor is
// shared with that program, and nothing is lost but the one that it takes. After a while all workers are tried again.
type crowd struct {
	admitted int           // workers
	stalls   int           // since
	since    time.Duration // as the pool's clock counts, like all that follows
	retry    time.Duration // when one more is admitted
	patience time.Duration
}

const (
	// A task has stalled if one worker took stallTime, and stallRatio times as long for a range as another one that had
	// stallOthers of them.
	stallTime   = 500 * time.Microsecond
	stallRatio  = 8
	stallOthers = 4

	// So many stalls in that time are no accident: a program that is always busy makes three times as many.
	crowdStalls   = 3
	crowdWindow   = 100 * time.Millisecond
	leastPatience = 100 * time.Millisecond
	mostPatience  = 800 * time.Millisecond
)

// admit returns how many of so many workers take part in the next task.
func (c *crowd) admit(now time.Duration, threads int) int {
	if c.admitted < threads && now > c.retry {
		c.admitted++
		c.stalls, c.since, c.retry = 0, now, now+c.patience
	}
	return c.admitted
}

// stalled notes a stall.
func (c *crowd) stalled(now time.Duration) {
	if now-c.since > crowdWindow {
		c.stalls, c.since = 0, now
	}
	if c.stalls++; c.stalls < crowdStalls || c.admitted == 1 {
		return
	}
	if now-c.retry > mostPatience { // it has been quiet
		c.patience = 0
	}
	c.patience = min(max(2*c.patience, leastPatience), mostPatience)
	c.admitted, c.stalls, c.retry = c.admitted-1, 0, now+c.patience
}

// paces are the shortest and the longest time that a worker took for a range of a task, on average over those it had. Only
// workers that took long count for the longest.
type paces struct{ shortest, longest atomic.Int64 }

func (p *paces) reset() {
	p.shortest.Store(math.MaxInt64)
	p.longest.Store(0)
}

// add notes that a worker had so many ranges in that time.
func (p *paces) add(ranges int64, took time.Duration) {
	pace := int64(took) / ranges
	for old := p.longest.Load(); took > stallTime && pace > old && !p.longest.CompareAndSwap(old, pace); {
		old = p.longest.Load()
	}
	if ranges < stallOthers {
		return
	}
	for old := p.shortest.Load(); pace < old && !p.shortest.CompareAndSwap(old, pace); {
		old = p.shortest.Load()
	}
}

// isStall reports whether a worker must have been interrupted.
func (p *paces) isStall() bool {
	longest := p.longest.Load()
	return longest/stallRatio > p.shortest.Load()
}
