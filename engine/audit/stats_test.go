package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// TestStatsOfModels compares with the plainest computation there is: all weights at once, sorted, in two passes.
func TestStatsOfModels(t *testing.T) {
	for _, path := range fixtures.Glob(t, "models/*.gguf") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := gguf.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := Stats(context.Background(), f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(f.Tensors()) {
				t.Fatalf("%d tensors, want %d", len(got), len(f.Tensors()))
			}
			for i, tensor := range f.Tensors() {
				values := make([]float32, tensor.Elements())
				if err := quant.Decode(tensor.Type, values, tensor.Bytes()); err != nil {
					t.Fatal(err)
				}
				want := plainly(tensor.Name, tensor.Type.String(), tensor.Shape, values)
				compareStats(t, got[i], want)
			}
		})
	}
}

// TestStatsOfTypes does so for every type, with large and small numbers, NaN and infinities.
func TestStatsOfTypes(t *testing.T) {
	const rows, cols = 70, 512
	values := gaussian(3, rows*cols, 1)
	for i := range values {
		values[i] *= float32(math.Exp2(float64(i%40 - 30)))
	}
	values[5], values[1000] = 0, float32(math.Copysign(0, -1))
	for typ := range gguf.Type(64) {
		if !typ.Valid() {
			continue
		}
		t.Run(typ.String(), func(t *testing.T) {
			w := encoded(t, "w.weight", typ, []int{rows, cols}, values)
			switch typ {
			case gguf.F32:
				copy(w.data[4*7:], "\x00\x00\xc0\x7f\x00\x00\x80\x7f\x00\x00\x80\xff") // NaN, +Inf, -Inf
			case gguf.F16:
				copy(w.data[2*7:], "\x00\x7e\x00\x7c\x00\xfc")
			case gguf.Q8_0:
				copy(w.data[34*9:], "\x00\x7e")
			}
			f := written(t, nil, w)
			got, err := Stats(context.Background(), f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			decoded := make([]float32, rows*cols)
			if err := quant.Decode(typ, decoded, w.data); err != nil {
				t.Fatal(err)
			}
			compareStats(t, got[0], plainly("w.weight", typ.String(), []int{rows, cols}, decoded))
			if blocks := typ.BlockWeights() > 1; blocks != (got[0].Scales != nil) {
				t.Errorf("scales: got %v, want some: %v", got[0].Scales, blocks)
			}
			checkScales(t, typ, got[0].Scales, w.data)
		})
	}
}

// checkScales compares with what quant.Fields says of each block.
func checkScales(t *testing.T, typ gguf.Type, got map[string]ScaleStats, data []byte) {
	t.Helper()
	format, _ := quant.Of(typ)
	all := map[string][]float32{}
	for b := range slices.Chunk(data, typ.BlockBytes()) {
		fields, err := format.Fields(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			for _, v := range f.Values {
				all[f.Name] = append(all[f.Name], float32(v))
			}
		}
	}
	for name, s := range got {
		want := plainly(name, "", nil, all[name])
		if s.Count != want.Count || s.Min != want.Min || s.Max != want.Max || !near(s.Mean, want.Mean, want.RMS) || s.Zeros != want.Zeros || s.NaN != want.NaN {
			t.Errorf("scale %s: got %+v, want %+v", name, s, want)
		}
	}
}

// plainly computes statistics without any of the package's means.
func plainly(name, typ string, shape []int, values []float32) TensorStats {
	s := TensorStats{Name: name, Type: typ, Shape: shape, Count: int64(len(values)), Quantiles: map[string]Number{}}
	var finite []float64
	var sum, squares, spread float64
	for _, v := range values {
		switch v := float64(v); {
		case math.IsNaN(v):
			s.NaN++
		case math.IsInf(v, 0):
			s.Inf++
		default:
			finite = append(finite, v)
			sum += v
			squares += v * v
			if v == 0 {
				s.Zeros++
			}
		}
	}
	n := float64(len(finite))
	mean := sum / n
	for _, v := range finite {
		spread += (v - mean) * (v - mean)
	}
	slices.Sort(finite)
	if len(finite) == 0 {
		finite = []float64{math.NaN()}
	}
	s.Min, s.Max, s.Mean = Number(finite[0]), Number(finite[len(finite)-1]), Number(mean)
	s.Std, s.RMS = Number(math.Sqrt(spread/n)), Number(math.Sqrt(squares/n))
	for _, q := range []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99} {
		at := q * float64(len(finite)-1)
		low, high := finite[int(math.Floor(at))], finite[int(math.Ceil(at))]
		s.Quantiles[fmt.Sprint(q)] = Number(low + (at-math.Floor(at))*(high-low))
	}
	return s
}

func compareStats(t *testing.T, got, want TensorStats) {
	t.Helper()
	exact := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %s is %v, want %v", got, what, got, want)
		}
	}
	exact("name", got.Name, want.Name)
	exact("type", got.Type, want.Type)
	exact("shape", got.Shape, want.Shape)
	exact("counts", []int64{got.Count, got.Zeros, got.NaN, got.Inf}, []int64{want.Count, want.Zeros, want.NaN, want.Inf})
	exact("extremes", []Number{got.Min, got.Max}, []Number{want.Min, want.Max})
	for what, pair := range map[string][2]Number{"mean": {got.Mean, want.Mean}, "std": {got.Std, want.Std}, "rms": {got.RMS, want.RMS}} {
		if !near(pair[0], pair[1], want.RMS) {
			t.Errorf("%s: %s is %v, want %v", got.Name, what, pair[0], pair[1])
		}
	}
	for q, v := range want.Quantiles {
		if !near(got.Quantiles[q], v, want.RMS) {
			t.Errorf("%s: quantile %s is %v, want %v", got.Name, q, got.Quantiles[q], v)
		}
	}
	exact("number of quantiles", len(got.Quantiles), len(want.Quantiles))
}

// near allows for sums in another order.
func near(a, b, scale Number) bool {
	if a != a || b != b {
		return a != a && b != b
	}
	return math.Abs(float64(a-b)) <= 1e-10*float64(scale)
}

// TestStatsOfAnyThreads wants the same bits, whoever computed them.
func TestStatsOfAnyThreads(t *testing.T) {
	f := written(t, nil, encoded(t, "w.weight", gguf.Q4_K, []int{1500, 1024}, gaussian(5, 1500*1024, 0.02)),
		encoded(t, "b.bias", gguf.F32, []int{1000}, gaussian(6, 1000, 3)))
	var first string
	for _, threads := range []int{1, 2, 3, 7} {
		stats, err := Stats(context.Background(), f, Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(stats)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(b)
		}
		if string(b) != first {
			t.Errorf("%d threads: got %s, want %s", threads, b, first)
		}
	}
}

func TestStatsOptions(t *testing.T) {
	f := written(t, nil, encoded(t, "a.weight", gguf.F32, []int{64, 32}, gaussian(1, 2048, 1)),
		encoded(t, "b.weight", gguf.F16, []int{64, 32}, gaussian(2, 2048, 1)))
	var last, total int64
	stats, err := Stats(context.Background(), f, Options{
		Only:     func(name string) bool { return strings.HasPrefix(name, "b") },
		Progress: func(done, all int64) { last, total = done, all },
	})
	if err != nil || len(stats) != 1 || stats[0].Name != "b.weight" {
		t.Errorf("got %v, %v, want b.weight alone", stats, err)
	}
	if last != 2048 || total != 2048 {
		t.Errorf("progress ends at %d of %d, want 2048 of 2048", last, total)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Stats(ctx, f, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
}

func TestOutlierChannels(t *testing.T) {
	const rows, cols = 50, 96
	values := gaussian(4, rows*cols, 0.02)
	for r := range rows {
		values[r*cols+17] *= 30
		values[r*cols+80] *= 10
		values[r*cols+3] *= 4
	}
	f := written(t, nil, encoded(t, "w.weight", gguf.F16, []int{rows, cols}, values))
	stats, err := Stats(context.Background(), f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := stats[0].Channels
	if c.Outliers != 2 || c.Largest[0].Column != 17 || c.Largest[1].Column != 80 {
		t.Errorf("got %+v, want columns 17 and 80", c)
	}
	if r := c.Largest[0].Ratio; r < 20 || r > 40 {
		t.Errorf("column 17 is %v times the median, want about 30", r)
	}
}

// TestStatsOfHeader wants an error where there is nothing to read.
func TestStatsOfHeader(t *testing.T) {
	path := fixtures.Path(t, "malformed/C33-cut-data0.gguf")
	f, err := gguf.ExamineHeader(path)
	if f == nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Stats(context.Background(), f, Options{}); !errors.Is(err, gguf.ErrTruncated) {
		t.Errorf("got %v, want %v", err, gguf.ErrTruncated)
	}
}

// TestStatsOfSamples has matrices so large that a sample tells where quantiles lie, or misleads: their rows differ much,
// or most weights are equal.
func TestStatsOfSamples(t *testing.T) {
	const rows, cols = 1024, 512
	for _, test := range []struct {
		name   string
		typ    gguf.Type
		change func(row, col int, v float32) float32
	}{
		{"ordinary", gguf.Q8_0, func(_, _ int, v float32) float32 { return v }},
		{"ordinary, 16 bits", gguf.F16, func(_, _ int, v float32) float32 { return v }},
		{"rows of many magnitudes", gguf.F32, func(row, _ int, v float32) float32 { return v * float32(math.Exp2(float64(row%40-20))) }},
		{"one column that is large", gguf.Q4_K, func(_, col int, v float32) float32 {
			if col == 0 {
				return v + 7
			}
			return v
		}},
		{"few values", gguf.F32, func(_, _ int, v float32) float32 { return float32(math.Round(float64(v))) }},
		{"a row of NaN", gguf.F32, func(row, _ int, v float32) float32 {
			if row == 77 {
				return float32(math.NaN())
			}
			return v
		}},
		{"growing", gguf.F32, func(row, col int, _ float32) float32 { return float32(row*cols + col) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			values := gaussian(9, rows*cols, 1)
			for i, v := range values {
				values[i] = test.change(i/cols, i%cols, v)
			}
			w := encoded(t, "w.weight", test.typ, []int{rows, cols}, values)
			got, err := Stats(context.Background(), written(t, nil, w), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := quant.Decode(test.typ, values, w.data); err != nil {
				t.Fatal(err)
			}
			compareStats(t, got[0], plainly("w.weight", test.typ.String(), []int{rows, cols}, values))
		})
	}
}

// TestRanksAfterABadSample wants the right weights where a sample has nothing in common with the tensor.
func TestRanksAfterABadSample(t *testing.T) {
	values := gaussian(10, 300*1024, 1)
	f := written(t, nil, encoded(t, "w.weight", gguf.F32, []int{300, 1024}, values))
	var last, total int64
	s := newStream(context.Background(), Options{Progress: func(done, all int64) { last, total = done, all }}, int64(len(values)))
	defer s.close()
	parts, err := cut(f.Tensors()[0])
	if err != nil {
		t.Fatal(err)
	}
	var sample kernels.Distribution
	for _, v := range values[:100000] {
		sample.Add([]float32{50 * v})
	}
	r, ok := s.sifting(parts, &sample)
	if !ok {
		t.Fatal("does not sift")
	}
	sum, err := s.sum(parts, nil, r.add)
	if err != nil {
		t.Fatal(err)
	}
	ranks := quantileRanks(uint64(len(values)))
	got, err := r.values(ranks, &sum.moments)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(values)
	for i, rank := range ranks {
		if want := float64(values[rank]); got[i] != want {
			t.Errorf("rank %d: got %v, want %v", rank, got[i], want)
		}
	}
	if want := 3 * int64(len(values)); last != want || total != want { // one pass and two more
		t.Errorf("progress ends at %d of %d, want %d", last, total, want)
	}
}

// TestAppendF16 takes blocks of an odd size, behind numbers that are there.
func TestAppendF16(t *testing.T) {
	const n, size, at = 300, 7, 3
	blocks := make([]byte, n*size)
	want := []float32{9}
	for i := range n {
		blocks[i*size+at+1] = byte(i % 0x7c) // the upper byte of a finite number
		want = append(want, quant.F16ToF32(uint16(i%0x7c)<<8))
	}
	got := scaleScratch{values: []float32{9}}
	if got.appendF16(blocks, at, size); !slices.Equal(got.values, want) {
		t.Errorf("got %v, want %v", got.values, want)
	}
}
