package convert

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

const ropeFreqs = "rope_freqs.weight"

// source makes random rows. Each row has a generator of its own, so that it is the same whoever makes it and when.
type source struct {
	seed   uint64
	spread float64 // root of the mean square of all rows
}

// rowSpread is the spread of the logarithm of a row's size, so that the scales of blocks differ as in a trained model.
const rowSpread = 0.3

func (s source) row(dst []float32, i int) {
	r := rand.New(rand.NewPCG(s.seed, uint64(i)))
	size := s.spread * math.Exp(rowSpread*(r.NormFloat64()-rowSpread))
	for j := range dst {
		dst[j] = float32(size * r.NormFloat64())
	}
}

// norm makes weights of a norm: around 1, all positive.
func (s source) norm(dst []float32) {
	r := rand.New(rand.NewPCG(s.seed, 0))
	for j := range dst {
		dst[j] = float32(math.Exp(0.2 * r.NormFloat64()))
	}
}

// maker returns what makes pieces of the tensor c.
func (s *synthesis) maker(c choice) func(first, rows int) *piece {
	src := source{s.opt.Seed ^ hash(c.Name), s.spread(c)}
	fill := s.encoded(c, src)
	if searches(c.to) && c.Elements() > poolBlocks*c.to.BlockWeights() {
		fill = s.drawn(c, src)
	}
	return func(first, rows int) *piece {
		return &piece{weights: rows * c.RowLen(), make: func(b *scratch) error { return fill(b, first, rows) }}
	}
}

func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// spread returns how large the weights of c are, root mean square. What is added to the residual stream is smaller, so
// that the stream does not grow with the number of layers (as in GPT-2).
func (s *synthesis) spread(c choice) float64 {
	switch categoryOf(c.Name) {
	case embedding:
		return 0.02
	case attnOutput, ffnDown:
		return 1 / math.Sqrt(float64(c.RowLen())*2*float64(s.shape.layers))
	}
	return 1 / math.Sqrt(float64(c.RowLen()))
}

// encoded makes rows and encodes them.
func (s *synthesis) encoded(c choice, src source) func(b *scratch, first, rows int) error {
	columns := c.RowLen()
	importance := uniform(c.to, columns)
	return func(b *scratch, first, rows int) error {
		x := floats(&b.x, rows*columns)
		for i := range rows {
			s.numbers(c.Name, src, x[i*columns:][:columns], first+i)
		}
		size, _ := c.to.RowBytes(len(x)) // the type was chosen to fit
		return quant.Encode(c.to, b.bytes(size), x, importance)
	}
}

// uniform counts all columns the same, for types that cannot do without an importance matrix.
func uniform(t gguf.Type, columns int) []float32 {
	if f, err := quant.Of(t); err != nil || f.Importance != quant.Required {
		return nil
	}
	return ones(columns)
}

func (s *synthesis) numbers(name string, src source, dst []float32, row int) {
	switch {
	case name == ropeFreqs:
		s.shape.ropeDivisors(dst)
	case strings.HasSuffix(name, "_norm.weight"):
		src.norm(dst)
	default:
		src.row(dst, row)
	}
}

// ropeDivisors fills dst with what Llama 3.1 divides the frequencies of RoPE by: those that turn less than once in the
// old context of 8192 by the whole factor, those that turn more than four times by 1.
func (s *shape) ropeDivisors(dst []float32) {
	const oldContext, low, high = 8192, 1, 4
	for i := range dst {
		turns := oldContext / (2 * math.Pi) * math.Pow(float64(s.ropeBase), -2*float64(i)/float64(s.headDim()))
		smooth := min(1, max(0, (turns-low)/(high-low)))
		dst[i] = float32(1 / ((1-smooth)/float64(s.ropeFactor) + smooth))
	}
}

// searches reports whether encoding t takes long: its encoder looks for the best of many scales, codes or points of a
// lattice.
func searches(t gguf.Type) bool {
	switch t {
	case gguf.Q2_K, gguf.Q3_K, gguf.Q4_K, gguf.Q5_K, gguf.Q6_K, gguf.IQ1_S, gguf.IQ1_M, gguf.IQ2_XXS, gguf.IQ2_XS,
		gguf.IQ2_S, gguf.IQ3_XXS, gguf.IQ3_S, gguf.IQ4_NL, gguf.IQ4_XS, gguf.MXFP4, gguf.NVFP4:
		return true
	}
	return false
}

// poolBlocks is how many blocks there are to draw from. The slowest encoder makes them in half a second.
const poolBlocks = 1024

// poolKey is a type and the spread of the weights that its blocks are made from.
type poolKey struct {
	gguf.Type
	spread float64
}

// pool returns what gives the blocks of a type.
func (s *synthesis) pool(key poolKey) func() ([]byte, error) {
	if s.pools[key] == nil {
		src := source{s.opt.Seed ^ hash(key.Type.String()), key.spread}
		s.pools[key] = sync.OnceValues(func() ([]byte, error) { return makePool(key.Type, src) })
	}
	return s.pools[key]
}

func makePool(t gguf.Type, src source) ([]byte, error) {
	n := t.BlockWeights()
	x, blocks := make([]float32, poolBlocks*n), make([]byte, poolBlocks*t.BlockBytes())
	for i := range poolBlocks {
		src.row(x[i*n:][:n], i)
	}
	return blocks, quant.Encode(t, blocks, x, uniform(t, n))
}

// drawn makes rows of blocks out of the pool.
func (s *synthesis) drawn(c choice, src source) func(b *scratch, first, rows int) error {
	pool := s.pool(poolKey{c.to, src.spread})
	inRow, size := c.RowLen()/c.to.BlockWeights(), c.to.BlockBytes()
	return func(b *scratch, first, rows int) error {
		blocks, err := pool()
		if err != nil {
			return err
		}
		out := b.bytes(rows * inRow * size)
		for i := range rows {
			r := rand.New(rand.NewPCG(src.seed, uint64(first+i)))
			for range inRow {
				copy(out, blocks[r.IntN(poolBlocks)*size:][:size])
				out = out[size:]
			}
		}
		return nil
	}
}
