package audit

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// TestShowIsInTheFile looks every shown block up in the file itself.
func TestShowIsInTheFile(t *testing.T) {
	path := fixtures.Path(t, "models/llama-q4_k_m.gguf")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, "models/llama-q4_k_m.gguf")
	for _, w := range f.Tensors() {
		s, err := Show(context.Background(), f, w.Name, ShowOptions{Blocks: Range{0, -1}})
		if err != nil {
			t.Fatal(err)
		}
		all := make([]float32, w.Elements())
		if err := quant.Decode(w.Type, all, w.Bytes()); err != nil {
			t.Fatal(err)
		}
		for i, b := range s.Blocks {
			if want := hex.EncodeToString(file[b.Offset:][:b.Bytes]); b.Raw != want {
				t.Fatalf("%s, block %d: got %s, the file has %s", w.Name, i, b.Raw, want)
			}
			for j, got := range b.Weights {
				if want := all[b.Row*w.RowLen()+b.Cols[0]+j]; float64(got) != float64(want) {
					t.Fatalf("%s, block %d, weight %d: got %v, want %v", w.Name, i, j, got, want)
				}
			}
		}
		if got := len(s.Blocks) * w.Type.BlockBytes(); int64(got) != s.Bytes || len(s.Values) != 0 {
			t.Errorf("%s: blocks of %d bytes and %d rows of values, want %d bytes and none", w.Name, got, len(s.Values), s.Bytes)
		}
	}
}

func TestShowRanges(t *testing.T) {
	const rows, cols = 20, 96
	x := gaussian(1, rows*cols, 0.02)
	f := written(t, nil, encoded(t, "w.weight", gguf.Q8_0, []int{rows, cols}, x), encoded(t, "b.bias", gguf.F32, []int{5}, x[:5]))
	for _, test := range []struct {
		name             string
		tensor           string
		opt              ShowOptions
		rows, cols       Range
		blocks           Range
		values, perValue int
		err              string
	}{
		{"default", "w.weight", ShowOptions{}, Range{0, 8}, Range{0, 8}, Range{0, 1}, 8, 8, ""},
		{"default of a vector", "b.bias", ShowOptions{}, Range{0, 1}, Range{0, 5}, Range{0, 5}, 1, 5, ""},
		{"a corner", "w.weight", ShowOptions{Rows: Range{18, 20}, Cols: Range{30, 65}}, Range{18, 20}, Range{30, 65}, Range{54, 57}, 2, 35, ""},
		{"to the end", "w.weight", ShowOptions{Rows: Range{19, -1}}, Range{19, 20}, Range{0, 8}, Range{57, 58}, 1, 8, ""},
		{"blocks alone", "w.weight", ShowOptions{Blocks: Range{2, 5}}, Range{}, Range{}, Range{2, 5}, 0, 0, ""},
		{"both", "w.weight", ShowOptions{Cols: Range{1, 2}, Blocks: Range{59, 60}}, Range{0, 8}, Range{1, 2}, Range{59, 60}, 8, 1, ""},
		{"too many rows", "w.weight", ShowOptions{Rows: Range{18, 21}}, Range{}, Range{}, Range{}, 0, 0, `tensor "w.weight": rows 18:21: want a range within 0:20`},
		{"negative", "w.weight", ShowOptions{Cols: Range{-3, 1}}, Range{}, Range{}, Range{}, 0, 0, "columns -3:1"},
		{"empty", "w.weight", ShowOptions{Blocks: Range{4, 4}}, Range{}, Range{}, Range{}, 0, 0, "blocks 4:4: want a range within 0:60"},
		{"no such tensor", "weight", ShowOptions{}, Range{}, Range{}, Range{}, 0, 0, `tensor "weight": missing tensor: there are "w.weight"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Show(context.Background(), f, test.tensor, test.opt)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			first, last := s.Blocks[0].Index, s.Blocks[len(s.Blocks)-1].Index+1
			if s.Rows != test.rows || s.Cols != test.cols || (Range{first, last}) != test.blocks {
				t.Errorf("got rows %v, columns %v, blocks %d:%d, want %v, %v, %v", s.Rows, s.Cols, first, last, test.rows, test.cols, test.blocks)
			}
			if len(s.Values) != test.values || len(s.Values) > 0 && len(s.Values[0]) != test.perValue {
				t.Errorf("got %v, want %d rows of %d values", s.Values, test.values, test.perValue)
			}
		})
	}
	if _, err := Show(context.Background(), f, "weight", ShowOptions{}); !errors.Is(err, arch.ErrMissingTensor) {
		t.Errorf("got %v, want %v", err, arch.ErrMissingTensor)
	}
}

// TestShowFields reads the fields of a block by hand, from the bytes at the offsets that are shown.
func TestShowFields(t *testing.T) {
	path := writtenPath(t, nil, encoded(t, "w.weight", gguf.Q8_0, []int{4, 64}, gaussian(2, 256, 0.02)))
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := Show(context.Background(), f, "w.weight", ShowOptions{Rows: Range{2, 3}, Cols: Range{40, 44}})
	if err != nil {
		t.Fatal(err)
	}
	b := s.Blocks[0]
	d, codes := b.Fields[0], b.Fields[1]
	scale := float64(quant.F16ToF32(binary.LittleEndian.Uint16(file[d.Offset:])))
	for j, got := range s.Values[0] {
		code := float64(int8(file[codes.Offset+int64(40-b.Cols[0]+j)]))
		if want := float64(float32(scale * code)); math.Abs(float64(got)-want) > 0 || float64(codes.Values[40-b.Cols[0]+j]) != code {
			t.Errorf("column %d: got %v of code %v, want %v of %v", 40+j, got, codes.Values[40-b.Cols[0]+j], want, code)
		}
	}
	if b.Row != 2 || float64(d.Values[0]) != scale || d.Name != "d" || codes.Name != "codes" {
		t.Errorf("got %+v, want row 2 with d %v", b, scale)
	}
}
