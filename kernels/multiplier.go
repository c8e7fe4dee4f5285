package kernels

import "fmt"

// Multiplier multiplies one input by matrices, by the workers of a pool. It keeps what that needs, so that a product
// allocates nothing: what it makes of the input, rounded or turned, once however many matrices follow, and the workers'
// scratch memory. It is used by one goroutine at a time.
type Multiplier struct {
	// BatchInvariant asks for the same bits of products with float weights for any number of tokens. Those with quantised
	// weights have them anyway; floats are multiplied faster by many tokens than in the order that suits one.
	BatchInvariant bool

	set     *Set
	pool    *Pool
	scratch []tileScratch

	x       []float32
	cols    int
	acts    Activations // x rounded, if it is
	rounded bool
	panels  turnedTokens // x turned, if it is
	turned  bool

	// The tasks: of quantised weights, of floats by few tokens and by many, and of what comes before.
	blocks  product
	floats  floatProduct
	many    floatPanels
	round   rounding
	turning turning
}

// NewMultiplier returns a multiplier that works by pool.
func NewMultiplier(pool *Pool) *Multiplier { return active.NewMultiplier(pool) }

// NewMultiplier returns a multiplier that works by pool, at this level.
func (s *Set) NewMultiplier(pool *Pool) *Multiplier {
	return &Multiplier{set: s, pool: pool, acts: Activations{set: s}, scratch: make([]tileScratch, pool.Threads())}
}

// SetInput takes x [tokens, cols] as the input of the products that follow. It is not copied, and must not change before
// the last of them.
func (m *Multiplier) SetInput(x []float32, cols int) {
	m.x, m.cols, m.rounded, m.turned = x, cols, false, false
}

// Product writes the input times wᵀ to dst [tokens, w.Rows].
//
// With quantised weights the input is rounded as [Activations] are, and the result has the same bits at every level of
// instructions and for any number of tokens. With others it is computed in float32 by fused multiply-adds, in an order
// that depends on the level, and on whether there are many tokens; the error of an output is at most
// max(w.Cols/8+10, w.Cols/256+258)·2^-24·Σ|w·x|.
// The error says how the shapes do not fit, or is a fault in a mapped file.
func (m *Multiplier) Product(dst []float32, w Matrix) error {
	if err := m.fits(dst, &w); err != nil || len(dst) == 0 {
		return err
	}
	if !w.blocks {
		return m.floatProduct(dst, w)
	}
	if err := m.roundInput(); err != nil {
		return err
	}
	if len(m.x) == m.cols && m.set.liesAcross(&w) {
		m.acts.across()
	}
	m.blocks = product{w, &m.acts, dst, m.scratch}
	return m.do(m.blocks.tiles(), len(m.x)*w.Rows, &m.blocks)
}

// fits checks a matrix anew, since its fields can be set, and whether the product can be taken.
func (m *Multiplier) fits(dst []float32, w *Matrix) error {
	made, err := NewMatrix(w.Type, w.Rows, w.Cols, w.Bytes)
	if err != nil {
		return err
	}
	*w = made
	if m.cols <= 0 || m.cols != w.Cols || len(m.x)%m.cols != 0 {
		return fmt.Errorf("product of %d numbers in rows of %d with a matrix [%d, %d]: rows must have as many numbers as the matrix has columns", len(m.x), m.cols, w.Rows, w.Cols)
	}
	if want := len(m.x) / m.cols * w.Rows; len(dst) != want {
		return fmt.Errorf("product of [%d, %d] with a matrix [%d, %d]: dst has %d numbers, expected %d", len(m.x)/m.cols, m.cols, w.Rows, w.Cols, len(dst), want)
	}
	return nil
}

func (m *Multiplier) floatProduct(dst []float32, w Matrix) error {
	if m.BatchInvariant || !m.set.panelled(&w, len(m.x)/m.cols) {
		m.floats = floatProduct{m.set, w, m.x, dst, m.scratch}
		return m.do(m.floats.tiles(), len(m.x)*w.Rows, &m.floats)
	}
	if err := m.turnInput(); err != nil {
		return err
	}
	m.many = floatPanels{m.set, w, &m.panels, dst, m.scratch}
	return m.do(m.many.tiles(), len(m.x)*w.Rows, &m.many)
}

func (m *Multiplier) turnInput() error {
	if m.turned {
		return nil
	}
	m.panels.resize(len(m.x)/m.cols, m.cols, m.set.registerLanes())
	m.turning = turning{m.set, &m.panels, m.x, m.scratch}
	err := m.do(m.turning.units(), len(m.x), &m.turning)
	m.turned = err == nil
	return err
}

func (m *Multiplier) roundInput() error {
	if m.rounded {
		return nil
	}
	m.acts.resize(len(m.x)/m.cols, m.cols)
	m.round = rounding{&m.acts, m.x}
	err := m.do(m.acts.tokens, 8*len(m.x), &m.round)
	m.rounded = err == nil
	return err
}

// worthSharing is the number of multiply-adds from which waking other workers pays.
const worthSharing = 1 << 17

func (m *Multiplier) do(n, cost int, task Task) error {
	if cost < worthSharing {
		return m.pool.alone(n, task)
	}
	return m.pool.Do(n, task)
}

// rounding is the task of rounding rows.
type rounding struct {
	a *Activations
	x []float32
}

// Range rounds the tokens lo ≤ t < hi.
func (r *rounding) Range(_, lo, hi int) { r.a.quantize(r.x, lo, hi) }

// Mul writes x·mᵀ to dst [tokens, m.Rows], x being [tokens, m.Cols], on the calling goroutine. It allocates: a
// [Multiplier] does not.
func (m Matrix) Mul(dst, x []float32) error { return active.Mul(m, dst, x) }

// Mul is [Matrix.Mul].
func (s *Set) Mul(m Matrix, dst, x []float32) error {
	pool := NewPool(1)
	defer pool.Close()
	p := s.NewMultiplier(pool)
	p.SetInput(x, m.Cols)
	return p.Product(dst, m)
}
