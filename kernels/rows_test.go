package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// unit is half the distance from 1 to the next float32.
const unit = 1.0 / (1 << 24)

// rowOp is an op on rows of one length, with what it must give.
type rowOp struct {
	name   string
	inputs int
	one    bool // the result is one number
	run    func(s *Set, dst []float32, in [][]float32)
	want   func(in [][]float32) []float64
	bound  func(in [][]float32, want []float64, i int) float64
}

// exactly allows no error.
func exactly([][]float32, []float64, int) float64 { return 0 }

// relatively allows so many roundings of the result.
func relatively(roundings float64) func([][]float32, []float64, int) float64 {
	return func(_ [][]float32, want []float64, i int) float64 { return roundings*unit*math.Abs(want[i]) + smallest }
}

// smallest is what may be lost where numbers below 2^-126, which have fewer digits, were multiplied by others.
const smallest = 0x1p-140

const testAlpha, testEps = float32(-0.37), float32(1e-5)

var rowOps = []rowOp{
	{"dot", 2, true, func(s *Set, dst []float32, in [][]float32) { dst[0] = s.Dot(in[0], in[1]) },
		func(in [][]float32) []float64 { return []float64{dotted(in[0], in[1])} },
		func(in [][]float32, _ []float64, _ int) float64 {
			return float64(len(in[0])/8+11) * unit * dotted(magnitudes(in[0]), magnitudes(in[1]))
		}},
	{"max", 1, true, func(s *Set, dst []float32, in [][]float32) { dst[0] = s.Max(in[0]) },
		func(in [][]float32) []float64 {
			return []float64{float64(slices.Max(append([]float32{float32(math.Inf(-1))}, in[0]...)))}
		}, exactly},
	{"finite", 1, true, func(s *Set, dst []float32, in [][]float32) { dst[0] = oneIf(s.Finite(in[0])) },
		func([][]float32) []float64 { return []float64{1} }, exactly},
	{"axpy", 2, false, func(s *Set, dst []float32, in [][]float32) { s.Axpy(testAlpha, in[1], dst) },
		each2(func(y, x float32) float64 { return float64(y + float32(testAlpha*x)) }), exactly},
	{"scale", 1, false, func(s *Set, dst []float32, in [][]float32) { s.Scale(testAlpha, dst) },
		each1(func(x float32) float64 { return float64(testAlpha * x) }), exactly},
	{"add", 2, false, func(s *Set, dst []float32, in [][]float32) { s.Add(dst, in[0], in[1]) },
		each2(func(x, y float32) float64 { return float64(x + y) }), exactly},
	{"hadamard", 2, false, func(s *Set, dst []float32, in [][]float32) { s.Hadamard(dst, dst, in[1]) },
		each2(func(x, y float32) float64 { return float64(x * y) }), exactly},
	{"rms norm", 2, false, func(s *Set, dst []float32, in [][]float32) { s.RMSNorm(dst, dst, in[1], testEps) },
		func(in [][]float32) []float64 {
			scale := 1 / math.Sqrt(dotted(in[0], in[0])/float64(len(in[0]))+float64(testEps))
			return each2(func(x, w float32) float64 { return float64(x) * scale * float64(w) })(in)
		}, relatively(3.1)},
	{"layer norm", 3, false, func(s *Set, dst []float32, in [][]float32) { s.LayerNorm(dst, in[0], in[1], in[2], testEps) },
		func(in [][]float32) []float64 {
			c := centered(in[0])
			for i := range c {
				c[i] = c[i]*float64(in[1][i]) + float64(in[2][i])
			}
			return c
		},
		func(in [][]float32, want []float64, i int) float64 {
			return 3.1*unit*(math.Abs(want[i])+math.Abs(float64(in[2][i]))) + smallest
		}},
	{"layer norm alone", 1, false, func(s *Set, dst []float32, in [][]float32) { s.LayerNorm(dst, dst, nil, nil, testEps) },
		func(in [][]float32) []float64 { return centered(in[0]) }, relatively(1.1)},
	{"softmax", 1, false, func(s *Set, dst []float32, in [][]float32) { s.Softmax(dst) },
		func(in [][]float32) []float64 {
			sum, most := 0.0, float64(slices.Max(append([]float32{float32(math.Inf(-1))}, in[0]...)))
			e := each1(func(x float32) float64 { return math.Exp(float64(x) - most) })(in)
			for _, v := range e {
				sum += v
			}
			for i := range e {
				e[i] /= sum
			}
			return e
		},
		func(in [][]float32, want []float64, i int) float64 {
			return (5+float64(slices.Max(in[0])-in[0][i]))*unit*want[i] + smallest
		}},
	{"swiglu", 2, false, func(s *Set, dst []float32, in [][]float32) { s.SwiGLU(dst, dst, in[1]) },
		each2(func(g, up float32) float64 { return float64(g) / (1 + math.Exp(-float64(g))) * float64(up) }), relatively(6)},
	{"geglu", 2, false, func(s *Set, dst []float32, in [][]float32) { s.GeGLU(dst, in[0], dst) },
		func(in [][]float32) []float64 {
			return each2(func(up, g float32) float64 { return gelu64(float64(g)) * float64(up) })([][]float32{in[1], in[0]})
		}, geluBound},
	{"gelu", 1, false, func(s *Set, dst []float32, in [][]float32) { s.GELU(dst, in[0]) },
		each1(func(x float32) float64 { return gelu64(float64(x)) }), geluBound},
}

// oneIf makes a number of what an op says, NaN of false.
func oneIf(yes bool) float32 {
	if yes {
		return 1
	}
	return float32(math.NaN())
}

// gelu64 is GELU as it is written in the paper where that loses nothing, else as it may be written.
func gelu64(x float64) float64 {
	if u := geluArgument(x); u < -1 {
		return x * math.Exp(2*u) / (1 + math.Exp(2*u))
	}
	return x / 2 * (1 + math.Tanh(geluArgument(x)))
}

func geluArgument(x float64) float64 { return math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x) }

func geluBound(in [][]float32, want []float64, i int) float64 {
	return (7+8*math.Abs(min(0, geluArgument(float64(in[0][i])))))*unit*math.Abs(want[i]) + smallest
}

func dotted(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func magnitudes(x []float32) []float32 {
	y := slices.Clone(x)
	for i, v := range y {
		y[i] = abs(v)
	}
	return y
}

// centered is layer normalisation without weights.
func centered(x []float32) []float64 {
	mean, squares := sumGeneric(x)/float64(len(x)), 0.0
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v) - mean
		squares += y[i] * y[i]
	}
	for i := range y {
		y[i] /= math.Sqrt(squares/float64(len(x)) + float64(testEps))
	}
	return y
}

func each1(f func(x float32) float64) func(in [][]float32) []float64 {
	return func(in [][]float32) []float64 {
		y := make([]float64, len(in[0]))
		for i, v := range in[0] {
			y[i] = f(v)
		}
		return y
	}
}

func each2(f func(x, y float32) float64) func(in [][]float32) []float64 {
	return func(in [][]float32) []float64 {
		y := make([]float64, len(in[0]))
		for i, v := range in[0] {
			y[i] = f(v, in[1][i])
		}
		return y
	}
}

// TestRowOps compares every op at every level with float64: rows of all lengths, so spread that some of their elements
// are large and some small, at every alignment, and with nothing written beside the result.
func TestRowOps(t *testing.T) {
	for _, op := range rowOps {
		t.Run(op.name, func(t *testing.T) {
			for n := range lengths() {
				for _, spread := range []float64{0.02, 1, 8} {
					in := randomInputs(op.inputs, n, spread)
					want := op.want(in)
					atLevels(func(set *Set) {
						for _, shift := range shifts(n, spread) {
							op.compare(t, set, op.shifted(t, set, in, len(want), shift), want, in)
						}
					})
				}
			}
		})
	}
}

// shifts are the alignments that rows of n numbers are tested at: all of them once.
func shifts(n int, spread float64) []int {
	if spread != 1 || n > 70 {
		return []int{n % 16}
	}
	return []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
}

func randomInputs(inputs, n int, spread float64) [][]float32 {
	rnd := rand.New(rand.NewPCG(uint64(n), 5))
	in := make([][]float32, inputs)
	for i := range in {
		in[i] = make([]float32, n)
		for j := range in[i] {
			in[i][j] = float32(rnd.NormFloat64() * spread)
		}
	}
	return in
}

// lengths are 0 … 4 vectors and some more, and some long ones.
func lengths() func(yield func(n int) bool) {
	return func(yield func(n int) bool) {
		for n := range 71 {
			if !yield(n) {
				return
			}
		}
		for _, n := range []int{127, 256, 1000, 2048} {
			if !yield(n) {
				return
			}
		}
	}
}

// shifted runs the op with its rows at other alignments, and fails where anything but the result was changed.
func (op *rowOp) shifted(t *testing.T, set *Set, in [][]float32, results, shift int) []float32 {
	const margin = 32
	copies := make([][]float32, len(in))
	for i, row := range in {
		copies[i] = append(make([]float32, (shift*(i+3)+i)%16, len(row)+16), row...)[(shift*(i+3)+i)%16:]
	}
	around := slices.Repeat([]float32{-77}, results+2*margin+16)
	dst := around[margin+shift:][:results]
	op.begin(dst, in)
	op.run(set, dst, copies)
	got := slices.Clone(dst)
	for i := range dst {
		dst[i] = -77
	}
	if at := slices.IndexFunc(around, func(v float32) bool { return v != -77 }); at >= 0 {
		t.Errorf("%s, %d numbers: element %d was written, too", set.Level(), len(in[0]), at-margin-shift)
	}
	for i := range in {
		if !slices.EqualFunc(copies[i], in[i], sameBits) {
			t.Errorf("%s, %d numbers: input %d was changed", set.Level(), len(in[0]), i)
		}
	}
	return got
}

// begin puts the row into dst that ops find there which work in place.
func (op *rowOp) begin(dst []float32, in [][]float32) {
	switch {
	case op.one:
	case op.name == "geglu":
		copy(dst, in[1])
	default:
		copy(dst, in[0])
	}
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

func (op *rowOp) compare(t *testing.T, set *Set, got []float32, want []float64, in [][]float32) {
	t.Helper()
	for i := range want {
		if err := math.Abs(float64(got[i]) - want[i]); !(err <= op.bound(in, want, i)) && float64(got[i]) != want[i] {
			t.Fatalf("%s, %d numbers: element %d is %g, want %g within %g", set.Level(), len(in[0]), i, got[i], want[i], op.bound(in, want, i))
		}
	}
}

// TestRowOpsOfOddNumbers wants NaN and infinities where plain Go has them, wherever they come in.
func TestRowOpsOfOddNumbers(t *testing.T) {
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32, -math.MaxFloat32, 200, -200, 0x1p-140, math.Copysign(0, -1)}
	for _, op := range rowOps {
		for _, v := range odd {
			for at := range 101 {
				in := randomInputs(op.inputs, 101, 1)
				in[at%len(in)][at] = float32(v)
				results := len(in[0])
				if op.one {
					results = 1
				}
				want := op.shifted(t, &sets[generic], in, results, 0)
				atLevels(func(set *Set) {
					got := op.shifted(t, set, in, results, 0)
					for i := range got {
						if class(got[i]) != class(want[i]) {
							t.Errorf("%s at %s of %g at %d: element %d is %g, in plain Go %g", op.name, set.Level(), v, at, i, got[i], want[i])
						}
					}
				})
			}
		}
	}
}

// class tells NaN, the two infinities and all else apart.
func class(x float32) string {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	return "finite"
}

// TestFinite looks for a number at every place of rows of all lengths.
func TestFinite(t *testing.T) {
	largest := math.Nextafter32(float32(math.Inf(1)), 0)
	for _, c := range []struct {
		number float32
		want   bool
	}{
		{float32(math.NaN()), false}, {float32(math.Inf(1)), false}, {float32(math.Inf(-1)), false},
		{largest, true}, {-largest, true}, {math.SmallestNonzeroFloat32, true},
	} {
		for n := range lengths() {
			x := randomInputs(1, n, 1)[0]
			for at, old := range x {
				x[at] = c.number
				atLevels(func(set *Set) {
					if got := set.Finite(x); got != c.want {
						t.Fatalf("%s: %g at %d of %d: got %v, want %v", set.Level(), c.number, at, n, got, c.want)
					}
				})
				x[at] = old
			}
		}
	}
}

func BenchmarkRowOps(b *testing.B) {
	const n = 2048
	for _, op := range rowOps {
		in, dst := randomInputs(op.inputs, n, 1), make([]float32, n)
		b.Run(op.name, func(b *testing.B) {
			eachLevel(b, func(b *testing.B, set *Set) {
				perUnit(b, n, "number", func() {
					op.begin(dst, in) // results that are made of results would overflow
					op.run(set, dst, in)
				})
			})
		})
	}
}
