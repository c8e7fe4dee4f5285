package quant

import (
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
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

// layoutTable returns the rows of the table in Layout's documentation, by type.
func layoutTable(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile("unpack.go")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		if row, ok := strings.CutPrefix(line, "//\t"); ok {
			cells := regexp.MustCompile(` {2,}`).Split(strings.TrimSpace(row), -1)
			rows[cells[0]] = cells
		}
	}
	return rows
}

// TestLayoutTable compares the table with the layouts and with the codes of random blocks, which have all there are.
func TestLayoutTable(t *testing.T) {
	rows := layoutTable(t)
	eachUnpacked(t, func(t *testing.T, typ gguf.Type) {
		u := unpackAll(t, typ, randomBytes(1<<12*typ.BlockBytes()))
		l := u.layout
		want := fmt.Sprintf("%d, %d, %d, %d … %d", l.Group, l.MinGroup, l.Offset, slices.Min(u.codes), slices.Max(u.codes))
		if got := strings.Join(rows[typ.String()][1:5], ", "); got != want {
			t.Errorf("table has %s, want %s", got, want)
		}
	})
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

// TestLayoutOf finds block formats without a layout.
func TestLayoutOf(t *testing.T) {
	for typ := range gguf.Type(1 << 8) {
		if _, got := LayoutOf(typ); got != (typ.BlockWeights() > 1) {
			t.Errorf("LayoutOf(%v) = %t", typ, got)
		}
	}
}

func TestUnpackErrors(t *testing.T) {
	codes, floats, bytes := make([]uint8, 512), make([]float32, 32), make([]byte, 288)
	tests := []struct {
		name string
		got  error
		kind error
		says string
	}{
		{"too few bytes", Unpack(gguf.Q4_K, codes, floats[:16], floats[:16], bytes[1:]), ErrSize, "144 bytes for every 256"},
		{"half a block", Unpack(gguf.Q4_K, codes[:384], floats[:12], floats[:12], bytes[:216]), ErrSize, "384 codes"},
		{"too many scales", Unpack(gguf.Q4_K, codes, floats[:17], floats[:16], bytes), ErrSize, "17 scales, 16 minima"},
		{"no minima", Unpack(gguf.Q4_K, codes, floats[:16], nil, bytes), ErrSize, "a minimum for every 32"},
		{"too few minima", Unpack(gguf.Q2_K, codes, floats[:16], floats[:16], bytes[:168]), ErrSize, "a minimum for every 16"},
		{"too few scales", Unpack(gguf.Q6_K, codes[:256], floats[:8], nil, bytes[:210]), ErrSize, "a scale for every 16"},
		{"no blocks", Unpack(gguf.F16, codes[:144], floats, nil, bytes), ErrNoCodes, "F16"},
		{"removed type", Unpack(5, codes, floats, nil, bytes), gguf.ErrRemovedType, "Q4_3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var e *Error
			if !errors.As(test.got, &e) || !errors.Is(e, test.kind) || !strings.Contains(e.Error(), test.says) {
				t.Errorf("error = %v, want %v about %q", test.got, test.kind, test.says)
			}
		})
	}
}

func TestUnpackNothing(t *testing.T) {
	eachUnpacked(t, func(t *testing.T, typ gguf.Type) {
		if err := Unpack(typ, nil, nil, nil, nil); err != nil {
			t.Error(err)
		}
	})
}

// TestUnpackLeavesMinsAlone has a buffer for minima where there are none.
func TestUnpackLeavesMinsAlone(t *testing.T) {
	mins := []float32{3}
	if err := Unpack(gguf.Q8_0, make([]uint8, 32), make([]float32, 1), mins, randomBytes(34)); err != nil {
		t.Fatal(err)
	}
	if mins[0] != 3 {
		t.Errorf("mins = %v, want 3", mins)
	}
}

func TestUnpackAllocatesNothing(t *testing.T) {
	eachUnpacked(t, func(t *testing.T, typ gguf.Type) {
		l, _ := LayoutOf(typ)
		src := randomBytes(256 / typ.BlockWeights() * typ.BlockBytes())
		codes, scales, mins := unpackBuffers(l, 256)
		if n := testing.AllocsPerRun(10, func() { _ = Unpack(typ, codes, scales, mins, src) }); n > 0 {
			t.Errorf("allocations = %v, want 0", n)
		}
	})
}
