package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Ceilings are what the machine can do at most, with so many threads, at the level that kernels run at.
type Ceilings struct {
	ReadGBps  float64 `json:"read_gbps"`  // reading memory that is in no cache
	Int8GMACs float64 `json:"int8_gmacs"` // multiplying bytes in registers, and adding up
	F32GFLOPs float64 `json:"f32_gflops"` // fused multiply-adds in registers, each being two operations

	Read   Pattern `json:"read"`             // that was the fastest
	Clock  float64 `json:"clock_ghz"`        // under that load; 0 where it is not known how to count cycles
	Theory *Theory `json:"theory,omitempty"` // where the processor's model is known
}

// Pattern is a way to go through memory.
type Pattern struct {
	Streams   int  `json:"streams"`    // side by side, of each thread
	Ahead     bool `json:"prefetch"`   // asking for what comes next
	HugePages bool `json:"huge_pages"` // asked for; the system may have given none
}

// arithmetic returns the ceiling in GMAC/s for products with weights of that type: floats are multiplied as floats.
func (c Ceilings) arithmetic(floats bool) float64 {
	if floats {
		return c.F32GFLOPs / 2
	}
	return c.Int8GMACs
}

// effort is how much is done for a ceiling. More of it gives the same with less noise.
type effort struct {
	memory int           // bytes that are read: many times the caches
	sample time.Duration // of one measurement
	repeat int           // measurements, of which the best counts
}

// The efforts that there are.
var (
	full  = effort{memory: 256 << 20, sample: 20 * time.Millisecond, repeat: 5}
	quick = effort{memory: 128 << 20, sample: 3 * time.Millisecond, repeat: 1}
)

// ceilings measures what so many threads can do at most, at a level.
func (e effort) ceilings(ctx context.Context, level cpu.Level, threads int) (c Ceilings, err error) {
	pool := kernels.NewPool(min(threads, runtime.GOMAXPROCS(0))) // more cannot do more
	defer pool.Close()
	m := &meter{ctx: ctx, effort: e, pool: pool, peak: kernels.NewPeak(level)}
	c.Int8GMACs = m.best(m.peak.Bytes)
	c.F32GFLOPs = 2 * m.best(m.peak.Floats)
	c.Clock = m.clock()
	for _, huge := range []bool{false, true} {
		if err := m.read(&c, huge); err != nil {
			return c, err
		}
	}
	c.Theory = theoryOf(level, c.Clock*float64(pool.Threads()))
	return c, m.failed()
}

// meter runs loops on all threads of a pool.
type meter struct {
	ctx context.Context
	effort
	pool *kernels.Pool
	peak kernels.Peak
	err  error
}

func (m *meter) failed() error {
	if m.err != nil {
		return fmt.Errorf("measure the ceilings of the machine: %w", m.err)
	}
	return nil
}

// rounds are few enough for a call to end soon.
const rounds = 10_000

// best returns the highest rate of a loop, in 10^9 a second over all threads.
func (m *meter) best(loop func(rounds int) int64) float64 {
	return m.bestOf(func(int) int64 { return loop(rounds) })
}

// bestOf returns the highest rate of what a thread does again and again.
func (m *meter) bestOf(step func(thread int) int64) (best float64) {
	for range m.repeat {
		if m.err == nil {
			m.err = m.ctx.Err()
		}
		if m.err != nil {
			return 0
		}
		s := &sample{step: step, counts: make([]int64, m.pool.Threads())}
		best = max(best, s.rate(m))
	}
	return best
}

// clock returns the mean of the threads' clocks in GHz. Other programs take time away, but not from every short stretch of
// it, so that the fastest one tells.
func (m *meter) clock() (mean float64) {
	fastest := make([]float64, m.pool.Threads())
	m.bestOf(func(i int) int64 {
		start := time.Now()
		n := m.peak.Cycles(rounds / 10)
		fastest[i] = max(fastest[i], ratio(float64(n), float64(time.Since(start).Nanoseconds())))
		return n
	})
	for _, ghz := range fastest {
		mean += ghz / float64(len(fastest))
	}
	return mean
}

// sample is the task of doing steps until the time is over.
type sample struct {
	step   func(thread int) int64
	until  time.Time
	counts []int64
}

func (s *sample) rate(m *meter) float64 {
	start := time.Now()
	s.until = start.Add(m.sample)
	m.err = m.pool.Do(len(s.counts), s)
	took := time.Since(start)
	var sum int64
	for _, n := range s.counts {
		sum += n
	}
	return float64(sum) / float64(took.Nanoseconds())
}

// Range does the steps of the threads lo ≤ i < hi.
func (s *sample) Range(_, lo, hi int) {
	for i := lo; i < hi; i++ {
		var n int64
		for ok := true; ok; ok = time.Now().Before(s.until) {
			n += s.step(i)
		}
		s.counts[i] = n
	}
}

// readPiece is what a thread reads between two looks at the clock. Its streams are not a power of two apart, which would
// have them compete for the same lines of the caches.
const readPiece = 8 * (1<<20 - 17*256)

// read measures all patterns on memory with pages of one size, and notes the fastest so far.
func (m *meter) read(c *Ceilings, huge bool) error {
	b, free, err := pages(m.memory, huge)
	if err != nil {
		return fmt.Errorf("take %d bytes of memory to read: %w", m.memory, err)
	}
	defer free()
	threads := m.pool.Threads()
	share := len(b) / threads
	if m.err = m.pool.Do(threads, &filling{b, share}); m.err != nil {
		return m.failed()
	}
	for _, p := range patterns(huge) {
		at := make([]int, threads)
		rate := m.bestOf(func(i int) int64 {
			if at[i]+readPiece > share {
				at[i] = 0
			}
			piece := b[i*share+at[i]:][:min(readPiece, share)]
			at[i] += len(piece)
			return m.peak.Read(piece, p.Streams, p.Ahead)
		})
		if rate > c.ReadGBps {
			c.ReadGBps, c.Read = rate, p
		}
	}
	return m.failed()
}

func patterns(huge bool) (list []Pattern) {
	for _, streams := range []int{1, 2, 4, 8} {
		list = append(list, Pattern{streams, false, huge}, Pattern{streams, true, huge})
	}
	return list
}

// filling is the task of writing numbers to memory: mostly by the thread that reads them, and no zeros, since pages that
// were never written to are one and the same.
type filling struct {
	b     []byte
	share int
}

// Range fills the shares lo ≤ i < hi.
func (f *filling) Range(_, lo, hi int) {
	for i := lo * f.share; i < hi*f.share; i += 64 {
		f.b[i] = byte(i>>6) | 1
	}
}
