package kernels_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// TestProductsRefuseShapesThatDoNotFit wants errors of products whose input or output has another shape, not a word behind
// the output, and nothing of none.
func TestProductsRefuseShapesThatDoNotFit(t *testing.T) {
	pool := kernels.NewPool(1)
	defer pool.Close()
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0, gguf.Q4_K} {
		size, _ := typ.RowBytes(256)
		w, err := kernels.NewMatrix(typ, 3, 256, make([]byte, 3*size))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			numbers, cols, dst int
			want               string // in the error, "" for none
		}{
			{0, 256, 0, ""}, {256, 256, 3, ""}, {40 * 256, 256, 120, ""},
			{40 * 128, 128, 120, "as many numbers"}, {512, 512, 3, "as many numbers"}, {256, 0, 3, "as many numbers"},
			{255, 256, 3, "as many numbers"}, {257, 256, 3, "as many numbers"}, {256, -256, 3, "as many numbers"},
			{256, 256, 2, "expected 3"}, {40 * 256, 256, 119, "expected 120"}, {256, 256, 4, "expected 3"}, {0, 256, 3, "expected 0"},
		} {
			m := kernels.NewMultiplier(pool)
			m.SetInput(make([]float32, test.numbers), test.cols)
			dst := make([]float32, test.dst, test.dst+200)
			behind := dst[len(dst):cap(dst)]
			for i := range behind {
				behind[i] = 7
			}
			err := m.Product(dst, w)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %+v: got error %v", typ, test, err)
			}
			for i, v := range behind {
				if v != 7 {
					t.Errorf("%v, %+v: word %d behind the output is %v", typ, test, i, v)
					break
				}
			}
		}
		if err := kernels.NewMultiplier(pool).Product(make([]float32, 3), w); err == nil {
			t.Errorf("%v: a product without an input is no error", typ)
		}
	}
}

func TestActivationsRefuseShapesThatDoNotFit(t *testing.T) {
	for _, test := range []struct {
		numbers, cols int
		fine          bool
	}{{64, 32, true}, {0, 32, true}, {64, 0, false}, {33, 33, false}, {65, 32, false}, {64, -32, false}} {
		var a kernels.Activations
		if err := a.Set(make([]float32, test.numbers), test.cols); (err == nil) != test.fine {
			t.Errorf("%+v: got error %v", test, err)
		} else if got := len(a.Decode()); err == nil && got != test.numbers {
			t.Errorf("%+v: decodes to %d numbers", test, got)
		}
	}
}

func TestAttentionRefusesShapesThatDoNotFit(t *testing.T) {
	pool := kernels.NewPool(1)
	defer pool.Close()
	q8, err := kernels.NewCells(gguf.Q8_0, 64, make([]byte, 4*2*68))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kernels.NewCells(gguf.Q8_0, 64, make([]byte, 67)); err == nil {
		t.Error("half a head is no error")
	}
	floats := kernels.FloatCells(make([]float32, 4*2*64)) // 4 cells of 2 heads of 64
	for _, test := range []struct {
		cells  kernels.Cells
		shape  kernels.HeadShape
		q, dst int
		pos    []int32
		want   string // in the error, "" for none
	}{
		{floats, kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{3}, ""},
		{q8, kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{3}, ""},
		{floats, kernels.HeadShape{4, 2, 64, 1}, 0, 0, nil, ""},
		{floats, kernels.HeadShape{5, 2, 64, 1}, 320, 320, []int32{3}, "groups"},
		{floats, kernels.HeadShape{4, 0, 64, 1}, 256, 256, []int32{3}, "groups"},
		{floats, kernels.HeadShape{4, 2, 0, 1}, 0, 0, []int32{3}, "groups"},
		{floats, kernels.HeadShape{4, 2, 64, 1}, 255, 256, []int32{3}, "expected 256"},
		{floats, kernels.HeadShape{4, 2, 64, 1}, 256, 255, []int32{3}, "expected 256"},
		{floats, kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{-1}, "cell -1"},
		{floats, kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{4}, "have 4"},
		{q8, kernels.HeadShape{4, 2, 32, 1}, 128, 128, []int32{3}, "heads of 64"},
		{kernels.FloatCells(make([]float32, 4*2*64+1)), kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{3}, "whole cells of 128"},
		{kernels.Cells{}, kernels.HeadShape{4, 2, 64, 1}, 256, 256, []int32{0}, "have 0"},
	} {
		err := kernels.NewAttender(pool).Attend(make([]float32, test.dst), make([]float32, test.q), test.cells, test.cells, test.pos, test.shape)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v of %d and %d numbers at %v: got error %v", test.shape, test.q, test.dst, test.pos, err)
		}
	}
}

// TestRowsDoNotReachIntoCapacity wants a panic where a row is too short, even if there is memory behind it.
func TestRowsDoNotReachIntoCapacity(t *testing.T) {
	long, short := make([]float32, 8), make([]float32, 4, 8)
	for name, f := range map[string]func(){
		"Dot":        func() { kernels.Dot(long, short) },
		"Axpy":       func() { kernels.Axpy(1, long, short) },
		"Add":        func() { kernels.Add(long, long, short) },
		"SwiGLU":     func() { kernels.SwiGLU(long, long, short) },
		"AddSquares": func() { kernels.AddSquares(make([]float64, 4, 8), long) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestNoRoundsTakeNoTime(t *testing.T) {
	for _, rounds := range []int{0, -1} {
		p := kernels.NewPeak(kernels.Active().Level())
		if n := p.Bytes(rounds) + p.Floats(rounds) + p.Cycles(rounds); n != 0 {
			t.Errorf("%d rounds are %d", rounds, n)
		}
	}
}

// again is a task that calls the pool that runs it, and keeps what that throws.
type again struct {
	pool *kernels.Pool
	got  any
}

func (a *again) Range(int, int, int) {
	defer func() { a.got = recover() }()
	a.pool.Do(1, a)
}

func TestPoolRefusesASecondTask(t *testing.T) {
	p := kernels.NewPool(2)
	defer p.Close()
	a := &again{pool: p}
	done := make(chan error, 1)
	go func() { done <- p.Do(1, a) }()
	select {
	case err := <-done:
		if err != nil || a.got == nil {
			t.Errorf("a task that calls Do ends with %v and %v, want a panic in it", err, a.got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a task that calls Do hangs")
	}
	s := &square{out: make([]int, 10)}
	if err := p.Do(10, s); err != nil || s.out[9] != 81 {
		t.Errorf("the pool does not work any more: %v, %v", err, s.out)
	}
}

// TestMatricesAreCheckedWhoeverMadeThem has matrices that were not made by NewMatrix, or changed since.
func TestMatricesAreCheckedWhoeverMadeThem(t *testing.T) {
	x, y := make([]float32, 32), make([]float32, 2)
	literal := kernels.Matrix{Type: gguf.Q4_0, Rows: 2, Cols: 32, Bytes: make([]byte, 36)}
	if err := literal.Mul(y, x); err != nil {
		t.Errorf("got error %v", err)
	}
	literal.Bytes = literal.Bytes[:35]
	if err := literal.Mul(y, x); err == nil || !strings.Contains(err.Error(), "35 bytes") {
		t.Errorf("got error %v, want one about 35 bytes", err)
	}
}
