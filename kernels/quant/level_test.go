package quant

import (
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// TestDecodersHaveTheSameBits decodes random bytes, which make NaN and infinities, too, at every level: rows of up to five
// blocks, and of any length for types without blocks.
func TestDecodersHaveTheSameBits(t *testing.T) {
	for _, level := range cpu.All() {
		if cpu.Check(level) != nil {
			continue
		}
		decoders := decodersAt(level)
		for typ := range gguf.Type(len(decoders)) {
			if decoders[typ].decode == nil {
				continue
			}
			f := mustOf(t, typ)
			for n := 0; n <= max(70, 5*typ.BlockWeights()); n += typ.BlockWeights() {
				size, _ := typ.RowBytes(n)
				src := randomBytes(size + 1)[1:]
				before := slices.Clone(src)
				got, want := make([]float32, n), make([]float32, n)
				f.decodeBy(decoders, got, src)
				f.decode(want, src)
				if i := firstOther(got, want); i >= 0 {
					t.Errorf("%s: %v: number %d of %d is %v, want %v", level, typ, i, n, got[i], want[i])
				}
				if !slices.Equal(src, before) {
					t.Errorf("%s: %v: the blocks were changed", level, typ)
				}
			}
		}
	}
}

// firstOther returns the first number whose bits differ, -1 without one. All NaN are the same.
func firstOther(got, want []float32) int {
	for i, v := range want {
		if math.Float32bits(v) != math.Float32bits(got[i]) && (v == v || got[i] == got[i]) {
			return i
		}
	}
	return -1
}

// TestAllHalves has every F16 and BF16 number, of which even the bits of NaN must be the same.
func TestAllHalves(t *testing.T) {
	const n = 1 << 16
	src := make([]byte, 2*n)
	for i := range n {
		src[2*i], src[2*i+1] = byte(i), byte(i>>8)
	}
	for _, level := range cpu.All() {
		for _, typ := range []gguf.Type{gguf.F16, gguf.BF16} {
			if cpu.Check(level) != nil {
				continue
			}
			f, got, want := mustOf(t, typ), make([]float32, n), make([]float32, n)
			f.decodeBy(decodersAt(level), got, src)
			f.decode(want, src)
			for i := range want {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
					t.Fatalf("%s: %v %#04x is %#08x, want %#08x", level, typ, i, math.Float32bits(got[i]), math.Float32bits(want[i]))
				}
			}
		}
	}
}
