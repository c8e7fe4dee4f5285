package kernels

import "math"

// Moments sums up numbers as they stream by: counts, extremes, mean and spread. The zero value is ready to use.
// NaN and infinities are counted and otherwise left out.
//
// Sums are taken in float64, and squares about the mean of each piece (Chan, Golub and LeVeque 1979), so that a mean far
// from zero costs no digits. Their last bits depend on how the numbers were cut into pieces and on the order of merging;
// all else does not. Moments is not safe for concurrent use: give each goroutine one, and Merge them.
type Moments struct {
	finite, zeros, nan uint64
	inf                [2]uint64 // +Inf, -Inf
	min, max           float32
	mean               float64
	squares            float64 // Σ(x − mean)²
}

// momentsPiece is how many numbers are taken together, and some looked at twice: as many as stay in the nearest cache.
const momentsPiece = 4096

// Add counts values.
func (m *Moments) Add(values []float32) { m.addAt(active, values) }

func (m *Moments) addAt(s *Set, values []float32) {
	for len(values) > 0 {
		n := min(len(values), momentsPiece)
		m.addPiece(s, values[:n])
		values = values[n:]
	}
}

func (m *Moments) addPiece(s *Set, values []float32) {
	p, sum, squares := s.rows.spread(values)
	if math.IsNaN(sum) || math.IsInf(sum, 0) { // float32 numbers cannot overflow a sum in float64
		p = Moments{}
		p.addFew(values)
	} else {
		p.finite = uint64(len(values))
		p.mean = sum / float64(len(values))
		p.squares = squares - sum*p.mean
		if p.squares < squares/2 { // digits would be lost
			p.squares = s.rows.squaresAbout(values, p.mean)
		}
	}
	m.Merge(&p)
}

// spreadGeneric notes the extremes and zeros of at least one number, and returns the sum, and that of the squares. Two
// partial sums are twice as fast as one.
func spreadGeneric(values []float32) (m Moments, sum, squares float64) {
	var even, odd, evenSquares, oddSquares float64
	lo, hi := values[0], values[0]
	for ; len(values) >= 2; values = values[2:] {
		v, w := values[0], values[1]
		even += float64(v)
		odd += float64(w)
		evenSquares += float64(v) * float64(v)
		oddSquares += float64(w) * float64(w)
		lo, hi = lesser(w, lesser(v, lo)), greater(w, greater(v, hi))
		m.zeros += isZero(v) + isZero(w)
	}
	for _, v := range values {
		even += float64(v)
		evenSquares += float64(v) * float64(v)
		lo, hi = lesser(v, lo), greater(v, hi)
		m.zeros += isZero(v)
	}
	m.min, m.max = lo, hi
	return m, even + odd, evenSquares + oddSquares
}

// lesser is min, but faster: it need not care for NaN or the sign of zeros.
func lesser(v, w float32) float32 {
	if v < w {
		return v
	}
	return w
}

// greater is max as [lesser] is min.
func greater(v, w float32) float32 {
	if v > w {
		return v
	}
	return w
}

// isZero is 1 for zeros of either sign, without a branch.
func isZero(v float32) uint64 {
	var n uint64
	if math.Float32bits(v)<<1 == 0 {
		n = 1
	}
	return n
}

// addFew adds values one by one, some of which are not finite.
func (m *Moments) addFew(values []float32) {
	for _, v := range values {
		switch {
		case v != v:
			m.nan++
		case v > math.MaxFloat32:
			m.inf[0]++
		case v < -math.MaxFloat32:
			m.inf[1]++
		default:
			m.Merge(&Moments{finite: 1, zeros: isZero(v), min: v, max: v, mean: float64(v)})
		}
	}
}

// Merge adds what o counted.
func (m *Moments) Merge(o *Moments) {
	m.nan += o.nan
	m.inf[0] += o.inf[0]
	m.inf[1] += o.inf[1]
	if o.finite == 0 {
		return
	}
	if m.finite == 0 {
		m.min, m.max = o.min, o.max
	}
	m.min, m.max = min(m.min, o.min), max(m.max, o.max)
	n := float64(m.finite + o.finite)
	delta := o.mean - m.mean
	share := float64(o.finite) / n
	m.mean += float64(delta * share)
	m.squares += o.squares + float64(delta*delta)*(float64(m.finite)*share)
	m.finite += o.finite
	m.zeros += o.zeros
}

// Count returns how many numbers were added, NaN and infinities included.
func (m *Moments) Count() uint64 { return m.finite + m.NonFinite() }

// Finite returns how many are finite.
func (m *Moments) Finite() uint64 { return m.finite }

// NonFinite returns how many are NaN or infinite.
func (m *Moments) NonFinite() uint64 { return m.nan + m.Inf() }

// NaN returns how many are NaN.
func (m *Moments) NaN() uint64 { return m.nan }

// Inf returns how many are infinite, of either sign.
func (m *Moments) Inf() uint64 { return m.inf[0] + m.inf[1] }

// Zeros returns how many are zero, of either sign.
func (m *Moments) Zeros() uint64 { return m.zeros }

// Min is the least finite number, 0 where there are none.
func (m *Moments) Min() float64 { return float64(m.min) }

// Max is the greatest finite number, 0 where there are none.
func (m *Moments) Max() float64 { return float64(m.max) }

// Mean is the mean of the finite numbers, NaN where there are none.
func (m *Moments) Mean() float64 { return m.orNaN(m.mean) }

// Std is the standard deviation of the finite numbers, all of them being the population; NaN where there are none.
func (m *Moments) Std() float64 { return m.orNaN(math.Sqrt(m.squares / float64(m.finite))) }

// RMS is the root of the mean square of the finite numbers, NaN where there are none.
func (m *Moments) RMS() float64 {
	return m.orNaN(math.Sqrt(float64(m.mean*m.mean) + m.squares/float64(m.finite)))
}

func (m *Moments) orNaN(v float64) float64 {
	if m.finite == 0 {
		return math.NaN()
	}
	return v
}
