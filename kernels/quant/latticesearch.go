package quant

import "math/bits"

// latticeSearch is how the sub-blocks of IQ2 and IQ3 are encoded: scales around the one that takes the largest
// magnitude to the highest level are tried, groups that miss the lattice moved to a point near by, and the best try
// is fitted by least squares.
type latticeSearch struct {
	lattice *lattice
	size    int     // numbers in a sub-block
	steps   int     // scales tried on either side
	step    float32 // between them, in levels
	epsilon float32 // a sub-block without a magnitude of so much is zero
	even    bool    // of eight signs seven are stored; an even number of them is negative
	fitted  bool    // start from a fit of plain codes, not from the largest magnitude
	redo    redo
}

// redo says what is placed again under the scale of the best try.
type redo int

const (
	redoOff      redo = iota // groups that were off the lattice
	redoAllIfOff             // all groups, if one was off
	redoAll
)

// odd has what the levels stand for.
var odd = [8]float32{1, 3, 5, 7, 9, 11, 13, 15}

// latticeCodes is an encoded sub-block.
type latticeCodes struct {
	points [8]int
	signs  [4]byte
	scale  float32
	empty  bool // nothing to encode; all else is zero
}

// latticeTry is the state of a search: magnitudes, their weights, and the levels found so far.
type latticeTry struct {
	*latticeSearch
	x, w, root []float32 // root: square roots of w
	levels     [32]byte
	onGrid     [8]bool
}

func (s *latticeSearch) encode(x, w []float32) (c latticeCodes) {
	var magnitudes, roots [32]float32
	t := latticeTry{latticeSearch: s, x: magnitudes[:s.size], w: w, root: roots[:s.size]}
	for i, v := range w {
		roots[i] = sqrt(v)
	}
	c.signs = s.split(t.x, x, w)
	var ok bool
	if c.scale, ok = t.best(); !ok {
		return latticeCodes{empty: true}
	}
	if c.scale > 0 {
		c.scale = t.again(c.scale)
	}
	if c.scale < 0 {
		c.scale = -c.scale
		for i := range c.signs {
			c.signs[i] = ^c.signs[i]
		}
	}
	for g := range s.size / s.lattice.group {
		c.points[g] = max(0, int(s.lattice.index[s.lattice.pack(t.group(g))]))
	}
	return c
}

// split writes the magnitudes of x and returns the signs of every eight. Where they must be even and are not, the
// number that matters least changes its sign.
func (s *latticeSearch) split(magnitudes, x, w []float32) (signs [4]byte) {
	for g := 0; g < len(x); g += 8 {
		var negative byte
		least := g
		for i := g; i < g+8; i++ {
			if magnitudes[i] = x[i]; !(x[i] >= 0) {
				magnitudes[i] = -x[i]
				negative |= 1 << (i - g)
			}
			if w[i]*x[i]*x[i] < w[least]*x[least]*x[least] {
				least = i
			}
		}
		if s.even && bits.OnesCount8(negative)%2 == 1 {
			magnitudes[least] = -magnitudes[least]
			negative ^= 1 << (least - g)
		}
		signs[g/8] = negative
	}
	return signs
}

// best tries all scales and returns the best one, which may be negative; false where there is nothing to encode.
func (t *latticeTry) best() (scale float32, ok bool) {
	top := odd[t.lattice.levels-1]
	peak := t.x[0]
	for _, v := range t.x {
		peak = greater(v, peak)
	}
	if peak < t.epsilon || peak == 0 {
		return 0, false
	}
	scale = peak / top
	if t.fitted {
		scale = positive(t.levels[:t.size], 4, t.x, t.w)
		if peak = scale * 3; peak <= 0 {
			return 0, false
		}
	}
	for g := range t.onGrid {
		t.onGrid[g] = t.redo == redoOff
	}
	try, best := *t, float32(0)
	for k := -t.steps; k <= t.steps; k++ {
		r := (top + float32(float32(k)*t.step)) / peak
		for g := range t.size / t.lattice.group {
			try.place(g, r, 1/r)
		}
		if a, b := try.sums(); b > 0 && a*a > best*b {
			scale = a / b
			best = scale * a
			t.levels, t.onGrid = try.levels, try.onGrid
		}
	}
	return scale, true
}

// again places groups again under scale, as redo says, and returns the scale that fits then.
func (t *latticeTry) again(scale float32) float32 {
	groups, off := t.size/t.lattice.group, false
	for _, on := range t.onGrid[:groups] {
		off = off || !on
	}
	if !off && t.redo != redoAll {
		return scale
	}
	r := 1 / scale
	for g := range groups {
		if t.redo != redoOff || !t.onGrid[g] {
			t.place(g, r, scale)
		}
	}
	if a, b := t.sums(); b > 0 {
		return a / b
	}
	return scale
}

// group returns the levels of group g.
func (t *latticeTry) group(g int) []byte { return t.levels[g*t.lattice.group:][:t.lattice.group] }

// place rounds group g under the inverse scale r and moves it to a point of the lattice.
func (t *latticeTry) place(g int, r, scale float32) {
	levels, i := t.group(g), g*t.lattice.group
	x := t.x[i:][:len(levels)]
	for j, v := range x {
		levels[j] = byte(clampNear(0.5*(float32(r*v)-1), 0, int32(t.lattice.levels)-1))
	}
	_, t.onGrid[g] = t.lattice.place(levels, x, t.root[i:], scale, &odd)
}

// sums returns Σ w·x·q and Σ w·q·q.
func (t *latticeTry) sums() (a, b float32) {
	for i, v := range t.x {
		q := odd[t.levels[i]]
		a += float32(t.w[i] * v * q)
		b += float32(t.w[i] * q * q)
	}
	return a, b
}

// block encodes the sub-blocks of a block; peak is the largest of their scales.
func (s *latticeSearch) block(x, w []float32) (subs []latticeCodes, peak float32) {
	subs = make([]latticeCodes, len(x)/s.size)
	for i := range subs {
		subs[i] = s.encode(x[i*s.size:][:s.size], w[i*s.size:][:s.size])
		peak = greater(subs[i].scale, peak)
	}
	return subs, peak
}

// halfStep rounds a scale to a code that stands for (code + 1/2)·2/r, 0 … highest.
func halfStep(r, scale float32, highest int32) byte {
	return byte(clampNear(0.5*(float32(r*scale)-1), 0, highest))
}
