package quant

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// vectors is one file of fixtures/quants: the bytes of its tensors by name.
type vectors struct {
	meta    map[string]string
	shapes  map[string][]int
	dtypes  map[string]string
	tensors map[string][]byte
	outside []int // rows where ggml's encoder does what C leaves undefined
}

func readVectors(tb testing.TB, t gguf.Type) *vectors {
	tb.Helper()
	data, err := os.ReadFile(fixtures.Path(tb, "quants/"+strings.ToLower(t.String())+".safetensors"))
	if err != nil {
		tb.Fatal(err)
	}
	n := binary.LittleEndian.Uint64(data)
	header, body := data[8:8+n], data[8+n:]
	var entries map[string]json.RawMessage
	v := &vectors{shapes: map[string][]int{}, dtypes: map[string]string{}, tensors: map[string][]byte{}}
	if err := json.Unmarshal(header, &entries); err != nil {
		tb.Fatal(err)
	}
	for name, raw := range entries {
		if name == "__metadata__" {
			err = json.Unmarshal(raw, &v.meta)
		} else {
			var e struct {
				DType   string
				Shape   []int
				Offsets [2]int `json:"data_offsets"`
			}
			err = json.Unmarshal(raw, &e)
			v.dtypes[name], v.shapes[name], v.tensors[name] = e.DType, e.Shape, body[e.Offsets[0]:e.Offsets[1]]
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if rows := v.meta["rows_out_of_domain"]; rows != "" {
		if err := json.Unmarshal([]byte(rows), &v.outside); err != nil {
			tb.Fatal(err)
		}
	}
	return v
}

// floats returns a tensor of float32 numbers, nil where the file has none of that name.
func (v *vectors) floats(name string) []float32 {
	b := v.tensors[name]
	if b == nil {
		return nil
	}
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f
}

// decodings pairs the tensors of packed blocks with those of their numbers.
var decodings = []struct{ raw, decoded string }{
	{"raw", "decoded"}, {"raw_imatrix", "decoded_imatrix"}, {"arb_raw", "arb_decoded"},
}

func TestDecodeVectors(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		v, compared := readVectors(t, typ), 0
		for _, pair := range decodings {
			want := v.floats(pair.decoded)
			got := make([]float32, len(want))
			if err := Decode(typ, got, v.tensors[pair.raw]); err != nil {
				t.Fatalf("%s: %v", pair.raw, err)
			}
			if i := firstDifference(got, want); i >= 0 {
				t.Errorf("%s: block %d, weight %d of it = %x, want %x", pair.raw, i/typ.BlockWeights(),
					i%typ.BlockWeights(), math.Float32bits(got[i]), math.Float32bits(want[i]))
			}
			compared += len(want)
		}
		if compared == 0 {
			t.Error("no vectors")
		}
	})
}

// firstDifference returns the index of the first number whose bits differ, -1 without.
func firstDifference(got, want []float32) int {
	return slices.IndexFunc(indices(len(want)), func(i int) bool {
		return math.Float32bits(got[i]) != math.Float32bits(want[i])
	})
}

func indices(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}
