package checked

import (
	"fmt"
	"math"
	"testing"
)

const top = math.MaxUint64

func TestAdd(t *testing.T) {
	for _, tt := range []struct {
		a, b, want uint64
		ok         bool
	}{
		{2, 3, 5, true},
		{top - 1, 1, top, true},
		{top, 1, 0, false},
		{1 << 63, 1 << 63, 0, false},
	} {
		if got, ok := Add(tt.a, tt.b); got != tt.want || ok != tt.ok {
			t.Errorf("Add(%d, %d) = %d, %v, want %d, %v", tt.a, tt.b, got, ok, tt.want, tt.ok)
		}
	}
}

func TestSub(t *testing.T) {
	for _, tt := range []struct {
		a, b, want uint64
		ok         bool
	}{
		{5, 3, 2, true},
		{5, 5, 0, true},
		{5, 6, top, false},
	} {
		if got, ok := Sub(tt.a, tt.b); got != tt.want || ok != tt.ok {
			t.Errorf("Sub(%d, %d) = %d, %v, want %d, %v", tt.a, tt.b, got, ok, tt.want, tt.ok)
		}
	}
}

func TestMul(t *testing.T) {
	for _, tt := range []struct {
		a, b, want uint64
		ok         bool
	}{
		{6, 7, 42, true},
		{1 << 32, 1<<32 - 1, 1<<64 - 1<<32, true},
		{1 << 32, 1 << 32, 0, false},
		{1<<62 + 1, 4, 4, false}, // wraps to something small that would fit
		{0, top, 0, true},
	} {
		if got, ok := Mul(tt.a, tt.b); got != tt.want || ok != tt.ok {
			t.Errorf("Mul(%d, %d) = %d, %v, want %d, %v", tt.a, tt.b, got, ok, tt.want, tt.ok)
		}
	}
}

func TestAlignUp(t *testing.T) {
	for _, tt := range []struct {
		n, alignment, want uint64
		ok                 bool
	}{
		{0, 32, 0, true},
		{1, 32, 32, true},
		{32, 32, 32, true},
		{33, 8, 40, true},
		{7, 1, 7, true},
		{top - 31, 32, top - 31, true},
		{7, 0, 0, false},
		{7, 48, 0, false},
	} {
		if got, ok := AlignUp(tt.n, tt.alignment); got != tt.want || ok != tt.ok {
			t.Errorf("AlignUp(%d, %d) = %d, %v, want %d, %v", tt.n, tt.alignment, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := AlignUp(top-30, 32); ok {
		t.Error("AlignUp past the largest number reports no overflow")
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		offset, n, size uint64
		want            bool
	}{
		{0, 10, 10, true},
		{10, 0, 10, true},
		{4, 7, 10, false},
		{11, 0, 10, false},
		{top - 31, 32, 10, false}, // the sum wraps to 0
	} {
		if got := Within(tt.offset, tt.n, tt.size); got != tt.want {
			t.Errorf("Within(%d, %d, %d) = %v, want %v", tt.offset, tt.n, tt.size, got, tt.want)
		}
	}
}

func TestInt(t *testing.T) {
	for _, tt := range []struct {
		n     uint64
		limit int
		want  int
		ok    bool
	}{
		{7, 7, 7, true},
		{8, 7, 0, false},
		{1 << 63, math.MaxInt, 0, false},
		{0, -1, 0, false},
	} {
		if got, ok := Int(tt.n, tt.limit); got != tt.want || ok != tt.ok {
			t.Errorf("Int(%d, %d) = %d, %v, want %d, %v", tt.n, tt.limit, got, ok, tt.want, tt.ok)
		}
	}
}

func ExampleMul() {
	rows, cols := uint64(1<<62+1), uint64(4)
	fmt.Println(rows * cols)
	_, ok := Mul(rows, cols)
	fmt.Println(ok)
	// Output:
	// 4
	// false
}
