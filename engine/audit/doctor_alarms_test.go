package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// TestDoctorJudges tells what looks odd and is right from what is wrong: each row is a file, and all that may be said of it.
func TestDoctorJudges(t *testing.T) {
	const rows, cols = 64, 512
	matrix := func(name string, typ gguf.Type, seed uint64, sigma float64, change func(x []float32)) tensor {
		x := gaussian(seed, rows*cols, sigma)
		if change != nil {
			change(x)
		}
		return encoded(t, name, typ, []int{rows, cols}, x)
	}
	vector := func(name string, change func(i int) float32) tensor {
		x := make([]float32, cols)
		for i := range x {
			x[i] = change(i)
		}
		return encoded(t, name, gguf.F32, []int{cols}, x)
	}
	zeroRows := func(from, to int) func([]float32) { return func(x []float32) { clear(x[from*cols : to*cols]) } }
	tokenTypes := func(from, to int32) map[string]gguf.Value {
		types, texts := slices.Repeat([]int32{1}, rows), make([]string, rows)
		for i := range texts {
			texts[i] = fmt.Sprint("token", i)
		}
		for i := from; i < to; i++ {
			types[i] = 5
		}
		return map[string]gguf.Value{
			"tokenizer.ggml.model": gguf.ValueOf("llama"), "tokenizer.ggml.tokens": gguf.ArrayOf(texts), "tokenizer.ggml.token_type": gguf.ArrayOf(types),
		}
	}
	sign := func(x []float32) {
		for i, v := range x {
			x[i] = float32(math.Copysign(0.05, float64(v)))
		}
	}
	ternary := func(x []float32) {
		for i, v := range x {
			x[i] = float32(math.Round(min(1, max(-1, float64(v)/0.02))) * 0.05)
		}
	}
	renamed := func(w tensor, name string) tensor { w.name = name; return w }
	q := matrix("blk.0.attn_q.weight", gguf.Q4_K, 1, 0.02, nil)
	type files struct {
		name    string
		keys    map[string]gguf.Value
		tensors []tensor
		want    []Kind
	}
	for _, test := range []files{
		{"small, large and odd norms", nil, []tensor{
			vector("blk.0.attn_norm.weight", func(i int) float32 { return 0.006 * float32(i%7) }),
			vector("blk.1.attn_norm.weight", func(i int) float32 { return 16 + float32(i%106) }),
			vector("blk.2.attn_norm.weight", func(int) float32 { return 1 }),
			vector("blk.0.attn_q.bias", func(int) float32 { return 0 }),
			vector("blk.1.attn_k.bias", func(int) float32 { return -250 }),
			vector("rope_freqs.weight", func(i int) float32 { return float32(1 + i%32) }),
		}, nil},
		{"divisors that turn a frequency off", nil, []tensor{vector("rope_freqs.weight", func(i int) float32 { return []float32{1, 1e30}[i/(cols/2)] })}, nil},
		{"a norm for each head, of ones", nil, []tensor{matrix("blk.0.attn_q_norm.weight", gguf.F32, 1, 0, func(x []float32) {
			for i := range x {
				x[i] = 1
			}
		})}, nil},
		{"growth over layers", nil, []tensor{
			matrix("blk.0.ffn_down.weight", gguf.F16, 1, 1e-4, nil), matrix("blk.1.ffn_down.weight", gguf.BF16, 2, 3, nil),
			matrix("blk.2.ffn_down.weight", gguf.F32, 3, 80, nil), matrix("blk.3.ffn_down.weight", gguf.F32, 4, 1e-8, nil),
		}, nil},
		{"outlier channels", nil, []tensor{matrix("blk.0.ffn_down.weight", gguf.Q8_0, 1, 0.02, func(x []float32) {
			for r := range rows {
				x[r*cols+9] *= 1000
			}
		})}, nil},
		{"scales of Q6_K are subnormal in sound files", nil, []tensor{matrix("w.weight", gguf.Q6_K, 1, 0.01, nil)}, nil},
		{"a quarter of the blocks nearly empty", nil, []tensor{matrix("w.weight", gguf.Q8_0, 1, 0.02, func(x []float32) {
			for i := range x {
				if i/32%4 == 0 {
					x[i] *= 1e-4
				}
			}
		})}, nil},
		{"all blocks nearly empty", nil, []tensor{matrix("w.weight", gguf.Q8_0, 1, 1e-5, nil)}, []Kind{SubnormalScale}},
		{"a padded vocabulary", nil, []tensor{matrix("token_embd.weight", gguf.Q4_0, 1, 0.02, zeroRows(57, 64))}, nil},
		{"unused tokens", tokenTypes(30, 60), []tensor{matrix("token_embd.weight", gguf.F16, 1, 0.02, zeroRows(28, 61))}, nil},
		{"used tokens", tokenTypes(30, 40), []tensor{matrix("token_embd.weight", gguf.F16, 1, 0.02, zeroRows(28, 61))}, []Kind{ZeroRun}},
		{"half of a head", nil, []tensor{matrix("output.weight", gguf.Q6_K, 1, 0.02, zeroRows(0, 32))}, []Kind{ZeroRun}},
		{"scattered rows of zeros", nil, []tensor{matrix("w.weight", gguf.F16, 1, 0.02, func(x []float32) {
			for r := 0; r < rows; r += 2 {
				zeroRows(r, r+1)(x)
			}
		})}, nil},
		{"pruned columns", nil, []tensor{matrix("w.weight", gguf.Q4_K, 1, 0.02, func(x []float32) {
			for i := range x {
				if i%cols < cols*2/3 {
					x[i] = 0
				}
			}
		})}, nil},
		{"a head tied to the embedding", nil, []tensor{renamed(q, "token_embd.weight"), renamed(q, "output.weight")}, nil},
		{"layers that are repeated", nil, []tensor{q, renamed(q, "blk.1.attn_q.weight")}, nil},
		{"K in the place of V", nil, []tensor{renamed(q, "blk.0.attn_k.weight"), renamed(q, "blk.0.attn_v.weight")}, []Kind{IdenticalTensors}},
		{"zeros twice", nil, []tensor{matrix("a.weight", gguf.F16, 1, 0, nil), matrix("b.weight", gguf.F16, 1, 0, nil)}, []Kind{AllZero, AllZero}},
		{"ternary weights", nil, []tensor{matrix("w.weight", gguf.Q8_0, 1, 0.02, ternary), matrix("v.weight", gguf.Q4_K, 2, 0.02, ternary), matrix("u.weight", gguf.TQ2_0, 3, 0.02, ternary)}, nil},
		{"two values", nil, []tensor{matrix("w.weight", gguf.Q8_0, 1, 0.02, sign), matrix("v.weight", gguf.Q5_0, 2, 0.02, sign)}, []Kind{SaturatedCodes, SaturatedCodes}},
		{"two values, in types that have few", nil, []tensor{matrix("w.weight", gguf.Q1_0, 1, 0.02, nil), matrix("v.weight", gguf.Q2_K, 2, 0.02, nil), matrix("u.weight", gguf.F16, 2, 0.02, sign)}, nil},
		{"positive weights, most of them zero", nil, []tensor{matrix("w.weight", gguf.Q4_K, 1, 0.02, func(x []float32) {
			for i, v := range x {
				x[i] = max(0, v-0.02)
			}
		})}, nil},
		{"a norm of zeros", nil, []tensor{vector("blk.0.ffn_norm.weight", func(int) float32 { return 0 })}, []Kind{AllZero}},
		{"not a weight", nil, []tensor{matrix("position_table", gguf.F32, 1, 0, nil)}, nil},
		{"of another type", nil, []tensor{vector("w.weight", func(i int) float32 { return 1e20 * float32(i+1) })}, []Kind{HugeWeights}},
		{"an adapter", map[string]gguf.Value{"general.type": gguf.ValueOf("adapter"), "general.architecture": gguf.ValueOf("llama")},
			[]tensor{matrix("blk.0.attn_q.weight.lora_a", gguf.F32, 1, 0.02, nil), matrix("blk.0.attn_q.weight.lora_b", gguf.F32, 1, 0, nil)}, nil},
		{"another family", map[string]gguf.Value{"general.architecture": gguf.ValueOf("brand-new")}, []tensor{q}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := Doctor(context.Background(), written(t, test.keys, test.tensors...), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []Kind
			for _, f := range found {
				got = append(got, f.Kind)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %v", found, test.want)
			}
		})
	}
}

// TestDoctorFindsSwappedBytes turns the numbers of several types round, and leaves others as they are.
func TestDoctorFindsSwappedBytes(t *testing.T) {
	const rows, cols = 32, 256
	x := gaussian(2, rows*cols, 0.02)
	rounded := slices.Clone(x)
	for i, v := range x {
		rounded[i] = math.Float32frombits(math.Float32bits(v) &^ 0xffff) // was BF16 once
	}
	ones := slices.Repeat([]float32{1}, cols)
	for _, test := range []struct {
		name       string
		w          tensor
		size, step int // of the number to turn round, and from one to the next
	}{
		{"F32", encoded(t, "w.weight", gguf.F32, []int{rows, cols}, x), 4, 4},
		{"F32 from BF16", encoded(t, "w.weight", gguf.F32, []int{rows, cols}, rounded), 4, 4},
		{"a norm of ones", encoded(t, "attn_norm.weight", gguf.F32, []int{cols}, ones), 4, 4},
		{"F16", encoded(t, "w.weight", gguf.F16, []int{rows, cols}, x), 2, 2},
		{"BF16", encoded(t, "w.weight", gguf.BF16, []int{rows, cols}, x), 2, 2},
		{"scales of Q8_0", encoded(t, "w.weight", gguf.Q8_0, []int{rows, cols}, x), 2, 34},
		{"scales of Q4_K", encoded(t, "w.weight", gguf.Q4_K, []int{rows, cols}, x), 2, 144},
	} {
		t.Run(test.name, func(t *testing.T) {
			right, err := Doctor(context.Background(), written(t, nil, test.w), Options{})
			if err != nil || len(right) != 0 {
				t.Errorf("as it should be: got %+v, %v, want nothing", right, err)
			}
			for at := 0; at < len(test.w.data); at += test.step {
				slices.Reverse(test.w.data[at:][:test.size])
			}
			found, err := Doctor(context.Background(), written(t, nil, test.w), Options{})
			if err != nil || len(found) != 1 || found[0].Kind != ByteSwapped {
				t.Errorf("turned round: got %+v, %v, want %v", found, err, ByteSwapped)
			}
		})
	}
}

// TestDoctorFindsHole has pages of zeros in the middle of a large tensor: too few rows to be suspicious for their number.
func TestDoctorFindsHole(t *testing.T) {
	const rows, cols = 1000, 700 // rows of 1400 bytes
	w := encoded(t, "w.weight", gguf.F16, []int{rows, cols}, gaussian(3, rows*cols, 0.02))
	offset := written(t, nil, w).Tensors()[0].Offset
	for _, test := range []struct {
		name     string
		from, to int64 // bytes of the file
		want     int   // rows; 0 for nothing
	}{
		{"pages", 40960, 40960 + 3*4096, 8},
		{"as many bytes elsewhere", 40960 + 100, 40960 + 3*4096 + 100, 0},
		{"whole rows", offset + 1400*30, offset + 1400*38, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			holed := w
			holed.data = slices.Clone(w.data)
			clear(holed.data[test.from-offset : test.to-offset])
			found, err := Doctor(context.Background(), written(t, nil, holed), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if test.want == 0 && len(found) > 0 || test.want > 0 && (len(found) != 1 || found[0].Kind != ZeroRun || found[0].Rows < test.want-2) {
				t.Errorf("got %+v, want a run of about %d rows", found, test.want)
			}
		})
	}
}

// TestDoctorOfAnyThreads wants the same findings, whoever found them.
func TestDoctorOfAnyThreads(t *testing.T) {
	w := encoded(t, "w.weight", gguf.F32, []int{3000, 200}, gaussian(1, 600000, 0.02))
	for _, at := range []int{599999, 300001, 150000} {
		binary.LittleEndian.PutUint32(w.data[4*at:], 0x7fc00000)
	}
	f := written(t, nil, w)
	for _, threads := range []int{1, 2, 5} {
		found, err := Doctor(context.Background(), f, Options{Threads: threads})
		if err != nil || len(found) != 1 || found[0].Count != 3 || !slices.Equal(found[0].First, []int{750, 0}) {
			t.Errorf("%d threads: got %+v, %v, want 3 NaN, the first in row 750", threads, found, err)
		}
	}
}
