package quant

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// unpacked is what Unpack writes.
type unpacked struct {
	layout Layout
	codes  []uint8
	scales []float32
	mins   []float32
}

// unpackAll unpacks whole blocks of a type that has a layout.
func unpackAll(t *testing.T, typ gguf.Type, src []byte) unpacked {
	t.Helper()
	l, ok := LayoutOf(typ)
	if !ok {
		t.Fatalf("LayoutOf(%v) = %v, %t", typ, l, ok)
	}
	n := len(src) / typ.BlockBytes() * typ.BlockWeights()
	u := unpacked{layout: l}
	u.codes, u.scales, u.mins = unpackBuffers(l, n)
	if err := Unpack(typ, u.codes, u.scales, u.mins, src); err != nil {
		t.Fatal(err)
	}
	return u
}

// unpackBuffers has room for n weights.
func unpackBuffers(l Layout, n int) (codes []uint8, scales, mins []float32) {
	if l.MinGroup > 0 {
		mins = make([]float32, n/l.MinGroup)
	}
	return make([]uint8, n), make([]float32, n/l.Group), mins
}

// weight computes weight k as the layout says.
func (u unpacked) weight(k int) float32 {
	w := u.scales[k/u.layout.Group] * float32(int(u.codes[k])-u.layout.Offset)
	if u.layout.MinGroup == 0 {
		return w
	}
	return w - u.mins[k/u.layout.MinGroup]
}

// checkUnpack compares the weights of blocks with those that Decode gives: their bits, but for the sign of a zero of Q3_K,
// where Decode keeps those of two factors and a code has their product.
func checkUnpack(t *testing.T, typ gguf.Type, src []byte) {
	t.Helper()
	u := unpackAll(t, typ, src)
	decoded := make([]float32, len(u.codes))
	if err := Decode(typ, decoded, src); err != nil {
		t.Fatal(err)
	}
	for k, want := range decoded {
		got := u.weight(k)
		if typ == gguf.Q3_K && got == 0 && want == 0 || isNaN(got) && isNaN(want) {
			continue
		}
		if math.Float32bits(got) != math.Float32bits(want) {
			n := typ.BlockWeights()
			t.Fatalf("block %d, weight %d of it = %v, want %v; code %d", k/n, k%n, got, want, u.codes[k])
		}
	}
}

// eachUnpacked runs f as a subtest for every type with a layout.
func eachUnpacked(t *testing.T, f func(t *testing.T, typ gguf.Type)) {
	t.Helper()
	for typ := range gguf.Type(len(formats)) {
		if _, ok := LayoutOf(typ); ok {
			t.Run(typ.String(), func(t *testing.T) { f(t, typ) })
		}
	}
}

func TestUnpackRandomBytes(t *testing.T) {
	eachUnpacked(t, func(t *testing.T, typ gguf.Type) { checkUnpack(t, typ, randomBytes(100*typ.BlockBytes())) })
}

func TestUnpackVectors(t *testing.T) {
	eachUnpacked(t, func(t *testing.T, typ gguf.Type) {
		v := readVectors(t, typ)
		for _, pair := range decodings {
			checkUnpack(t, typ, v.tensors[pair.raw])
		}
	})
}
