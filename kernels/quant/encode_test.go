package quant

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// encodings pairs the tensors of packed blocks with that of the importance they were made with.
var encodings = []struct{ raw, imatrix string }{{"raw", ""}, {"raw_imatrix", "imatrix"}, {"special_raw", ""}}

// TestEncodeVectors compares every row with what ggml's encoder made of it.
func TestEncodeVectors(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		v, compared := readVectors(t, typ), 0
		for _, c := range encodings {
			want := v.tensors[c.raw]
			if want == nil {
				continue
			}
			got, x := make([]byte, len(want)), v.numbers(c.raw)
			if err := Encode(typ, got, x, v.floats(c.imatrix)); err != nil {
				t.Fatalf("%s: %v", c.raw, err)
			}
			compared += v.compareRows(t, c.raw, got, want, x)
		}
		if compared == 0 {
			t.Error("no vectors")
		}
	})
}

// numbers returns what was encoded. Numbers of the plain types are there as far as float32 holds them.
func (v *vectors) numbers(raw string) []float32 {
	switch {
	case raw == "special_raw":
		return v.floats("special_x")
	case v.dtypes["x"] != "F32":
		return v.floats("decoded")
	}
	return v.floats("x")
}

// compareRows reports the first byte that differs in each row inside of the encoder's domain. It returns the number of
// bytes compared.
func (v *vectors) compareRows(t *testing.T, name string, got, want []byte, x []float32) (compared int) {
	t.Helper()
	size := len(want) / v.shapes[name][0]
	for r := range v.shapes[name][0] {
		if slices.Contains(v.outside, r) {
			continue
		}
		for i := r * size; i < (r+1)*size; i++ {
			if got[i] == want[i] {
				compared++
			} else if v.holds(i*len(x)/len(want), x) {
				t.Errorf("%s: row %d (%s), byte %d = %x, want %x", name, r, v.rowName(r), i-r*size, got[i], want[i])
				break
			}
		}
	}
	return compared
}

// holds reports whether float32 number i is what was encoded: an integer or a float64 may have been rounded before.
func (v *vectors) holds(i int, x []float32) bool {
	switch v.dtypes["x"] {
	case "F64":
		return float64At(v.tensors["x"][8*i:]) == float64(x[i])
	case "I64":
		return float64(int64At(v.tensors["x"][8*i:])) == float64(x[i]) && abs(x[i]) < 1<<24
	case "I32":
		return float64(int32At(v.tensors["x"][4*i:])) == float64(x[i])
	}
	return true
}

func (v *vectors) rowName(r int) string {
	var names []string
	if json.Unmarshal([]byte(v.meta["rows"]), &names) != nil || r >= len(names) {
		return "?"
	}
	return names[r]
}

func TestEncodeIntegers(t *testing.T) {
	tests := []struct {
		v    float32
		bits int
		want int64
	}{
		{0.5, 8, 0},
		{1.5, 8, 2},
		{-2.5, 16, -2},
		{-128.5, 8, -128},
		{127.5, 8, 127},
		{-1e9, 16, -32768},
		{2147483520, 32, 2147483520},
		{2147483648, 32, math.MaxInt32},
		{-2147483648, 32, math.MinInt32},
		{9.3e18, 64, math.MaxInt64},
		{float32(math.Inf(-1)), 64, math.MinInt64},
		{float32(math.NaN()), 64, 0},
	}
	for _, test := range tests {
		if got := integer(test.v, test.bits); got != test.want {
			t.Errorf("integer(%v, %d) = %d, want %d", test.v, test.bits, got, test.want)
		}
	}
}

// TestEncodeRows encodes rows together and one by one: an importance matrix makes some formats look at the whole row.
func TestEncodeRows(t *testing.T) {
	const rows, columns = 3, 512
	x, imatrix := gaussians(rows*columns), magnitudesOf(gaussians(columns))
	eachType(t, func(t *testing.T, typ gguf.Type) {
		size, _ := typ.RowBytes(columns)
		together, single := make([]byte, rows*size), make([]byte, rows*size)
		if err := Encode(typ, together, x, imatrix); err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			if err := Encode(typ, single[r*size:][:size], x[r*columns:][:columns], imatrix); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(together, single) {
			t.Error("rows encoded together differ from rows encoded one by one")
		}
	})
}

// TestEncodeAgain encodes decoded blocks: the formats with a direct rule find them again.
func TestEncodeAgain(t *testing.T) {
	direct := []gguf.Type{gguf.F32, gguf.F16, gguf.BF16, gguf.F64, gguf.Q4_0, gguf.Q4_1, gguf.Q5_0, gguf.Q5_1, gguf.Q8_0,
		gguf.Q1_0, gguf.Q2_0, gguf.TQ1_0, gguf.TQ2_0, gguf.MXFP4}
	x := gaussians(1 << 14)
	for _, typ := range direct {
		t.Run(typ.String(), func(t *testing.T) {
			size, _ := typ.RowBytes(len(x))
			first, second, y := make([]byte, size), make([]byte, size), make([]float32, len(x))
			if err := Encode(typ, first, x, nil); err != nil {
				t.Fatal(err)
			}
			if err := Decode(typ, y, first); err != nil {
				t.Fatal(err)
			}
			if err := Encode(typ, second, y, nil); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first, second) {
				t.Error("decoded numbers are encoded to other blocks")
			}
		})
	}
}

// TestEncodeStrangeNumbers finds panics; what becomes of such numbers nobody promises.
func TestEncodeStrangeNumbers(t *testing.T) {
	strange := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32,
		-math.MaxFloat32, 1e-45, -1e-45, 1e-39, 1e30, float32(math.Copysign(0, -1))}
	eachType(t, func(t *testing.T, typ gguf.Type) {
		ordinary, buffer := gaussians(256), make([]byte, 256/typ.BlockWeights()*typ.BlockBytes())
		for _, v := range strange {
			all := slices.Repeat([]float32{v}, 256)
			one := slices.Clone(ordinary)
			one[77] = v
			mixed := slices.Clone(ordinary)
			for i := 0; i < 256; i += 3 {
				mixed[i] = strange[i%len(strange)]
			}
			for _, x := range [][]float32{all, one, mixed} {
				for _, imatrix := range [][]float32{nil, ones(256), all, one, make([]float32, 256)} {
					if imatrix == nil && mustOf(t, typ).Importance == Required {
						continue
					}
					if err := Encode(typ, buffer, x, imatrix); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// TestEncodeInParallel starts with no lattice made.
func TestEncodeInParallel(t *testing.T) {
	x := gaussians(256)
	var blocks [4][]byte
	var group sync.WaitGroup
	for i := range blocks {
		blocks[i] = make([]byte, gguf.IQ3_S.BlockBytes())
		group.Go(func() {
			if err := Encode(gguf.IQ3_S, blocks[i], x, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, b := range blocks[1:] {
		if !bytes.Equal(b, blocks[0]) {
			t.Error("blocks encoded at the same time differ")
		}
	}
}

// TestCorrected compares the errors of both encoders of IQ3_S on a block with sub-blocks of zeros.
func TestCorrected(t *testing.T) {
	x := gaussians(256)
	clear(x[32:64])
	clear(x[160:192])
	f, ok := Corrected(gguf.IQ3_S)
	if !ok {
		t.Fatal("no corrected encoder")
	}
	ggml, ours := roundTripError(t, mustOf(t, gguf.IQ3_S), x), roundTripError(t, f, x)
	if ggml < 0.5 || ours > 0.2 {
		t.Errorf("relative rms error = %.2f as ggml does it, %.2f corrected; want much, little", ggml, ours)
	}
	if _, ok := Corrected(gguf.Q4_K); ok {
		t.Error("Q4_K has a corrected encoder")
	}
}

// roundTripError returns the relative rms error of encoding x.
func roundTripError(t *testing.T, f *Format, x []float32) float64 {
	t.Helper()
	b, y := make([]byte, f.Type.BlockBytes()), make([]float32, len(x))
	if err := f.Encode(b, x, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Decode(y, b); err != nil {
		t.Fatal(err)
	}
	var e, s float64
	for i, v := range x {
		e += math.Pow(float64(y[i]-v), 2)
		s += math.Pow(float64(v), 2)
	}
	return math.Sqrt(e / s)
}

func magnitudesOf(x []float32) []float32 {
	for i, v := range x {
		x[i] = abs(v)
	}
	return x
}
