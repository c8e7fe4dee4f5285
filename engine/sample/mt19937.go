package sample

// mt19937 is the 32-bit Mersenne Twister, the generator of C++'s std::mt19937.
// M. Matsumoto and T. Nishimura, ACM TOMACS 8 (1998) 3–30; seeding as in their revision of 2002.
type mt19937 struct {
	state [mtSize]uint32
	next  int // index of the word that is given out next; mtSize when all are used up
}

const (
	mtSize  = 624 // words of state
	mtShift = 397 // the recurrence joins word i, i+1 and i+397
)

func (g *mt19937) seed(seed uint32) {
	g.state[0] = seed
	for i := uint32(1); i < mtSize; i++ {
		prev := g.state[i-1]
		g.state[i] = 1812433253*(prev^prev>>30) + i
	}
	g.next = mtSize
}

func (g *mt19937) uint32() uint32 {
	if g.next == mtSize {
		g.twist()
	}
	y := g.state[g.next]
	g.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9D2C5680
	y ^= y << 15 & 0xEFC60000
	return y ^ y>>18
}

func (g *mt19937) twist() {
	for i := range g.state {
		y := g.state[i]&0x80000000 | g.state[(i+1)%mtSize]&0x7FFFFFFF
		mixed := g.state[(i+mtShift)%mtSize] ^ y>>1
		if y&1 == 1 {
			mixed ^= 0x9908B0DF
		}
		g.state[i] = mixed
	}
	g.next = 0
}

// float64 returns a number in [0, 1) made of two outputs, the low half first, as libstdc++ does.
func (g *mt19937) float64() float64 {
	low, high := g.uint32(), g.uint32()
	const bits64 = 1 << 64
	u := (float64(low) + float64(high)*(1<<32)) / bits64
	return min(u, 1-0x1p-53) // the sum rounds up to 2^64 now and then
}
