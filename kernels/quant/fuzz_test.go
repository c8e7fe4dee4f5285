package quant

import (
	"math"
	"math/big"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// FuzzDecode takes arbitrary bytes as blocks of any type: they are decoded to what the fields say, unpacked to the same,
// and encoding that again goes well.
func FuzzDecode(f *testing.F) {
	for typ := range gguf.Type(len(formats)) {
		if typ.Valid() {
			f.Add(uint32(typ), randomBytes(3*typ.BlockBytes()))
		}
	}
	f.Fuzz(func(t *testing.T, id uint32, data []byte) {
		typ := gguf.Type(id)
		if !typ.Valid() {
			if err := Decode(typ, nil, nil); err == nil {
				t.Errorf("type %d was decoded", id)
			}
			return
		}
		blocks := min(len(data)/typ.BlockBytes(), 8) // the search of a lattice is slow
		checkBlocks(t, mustOf(t, typ), data[:blocks*typ.BlockBytes()])
	})
}

func checkBlocks(t *testing.T, f *Format, src []byte) {
	t.Helper()
	y := checkDecode(t, f, src)
	if f.unpack != nil {
		checkUnpack(t, f.Type, src)
	}
	for _, imatrix := range [][]float32{nil, ones(len(y))} {
		if imatrix == nil && f.Importance == Required || len(y) == 0 {
			continue
		}
		if err := f.Encode(make([]byte, len(src)), y, imatrix); err != nil {
			t.Fatal(err)
		}
	}
}

// checkDecode decodes blocks and computes every weight from the fields, too.
func checkDecode(t *testing.T, f *Format, src []byte) []float32 {
	t.Helper()
	n, size := f.Type.BlockWeights(), f.Type.BlockBytes()
	y := make([]float32, len(src)/size*n)
	if err := f.Decode(y, src); err != nil {
		t.Fatal(err)
	}
	formula := formulaOf(f.Type)
	for i := range len(src) / size {
		fields, err := f.Fields(src[i*size:][:size])
		if err != nil {
			t.Fatal(err)
		}
		for j, got := range y[i*n:][:n] {
			want := float32(formula(fields, j))
			if f.Type == gguf.I64 { // a field is a float64, which would round it once more
				want, _ = new(big.Float).SetInt64(int64At(src[i*size:])).Float32()
			}
			if got != want && !(isNaN(got) && isNaN(want)) {
				t.Fatalf("block %d, weight %d = %v, want %v, of %v", i, j, got, want, fields)
			}
		}
	}
	return y
}

// TestDecodeRandomBytes has scales of every kind: of 32 one is an infinity or a NaN, and one is subnormal.
func TestDecodeRandomBytes(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		checkDecode(t, mustOf(t, typ), randomBytes(100*typ.BlockBytes()))
	})
}

func isNaN(v float32) bool { return math.IsNaN(float64(v)) }
