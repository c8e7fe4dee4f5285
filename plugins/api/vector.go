package api

import (
	"fmt"

	"github.com/sonde-ml/sonde/kernels"
)

// LengthError is a slice of the wrong length, given to a function of this package, which panics with it.
// The run reports it as the error of the op, with the plugin's file and line.
type LengthError struct {
	Func      string // as in "Dot"
	Arg       string // the name of the argument
	Got, Want int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("api.%s: %s has %d numbers, want %d", e.Func, e.Arg, e.Got, e.Want)
}

func want(f, arg string, x []float32, n int) {
	if len(x) != n {
		panic(&LengthError{f, arg, len(x), n})
	}
}

// Dot returns Σ a[i]·b[i] in float32, in the order of kernels.Dot. a and b are of one length.
func Dot(a, b []float32) float32 {
	want("Dot", "b", b, len(a))
	return kernels.Dot(a, b)
}

// Axpy adds alpha·x to y, element by element. x and y are of one length.
func Axpy(alpha float32, x, y []float32) {
	want("Axpy", "y", y, len(x))
	kernels.Axpy(alpha, x, y)
}

// Scale multiplies every element of x by alpha.
func Scale(alpha float32, x []float32) { kernels.Scale(alpha, x) }

// Fill sets every element of x to v.
func Fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

// Add writes a + b to dst, element by element. All are of one length; dst may be a or b.
func Add(dst, a, b []float32) {
	want("Add", "a", a, len(dst))
	want("Add", "b", b, len(dst))
	kernels.Add(dst, a, b)
}

// Mul writes a·b to dst, element by element. All are of one length; dst may be a or b.
func Mul(dst, a, b []float32) {
	want("Mul", "a", a, len(dst))
	want("Mul", "b", b, len(dst))
	for i, v := range a {
		dst[i] = v * b[i]
	}
}

// RMSNorm writes x/√(mean(x²)+eps)·w to dst, for one row (arXiv 1910.07467). All are of one length; dst may be x.
func RMSNorm(dst, x, w []float32, eps float32) {
	want("RMSNorm", "x", x, len(dst))
	want("RMSNorm", "w", w, len(dst))
	kernels.RMSNorm(dst, x, w, eps)
}

// Softmax replaces x, one row, by exp(x−max)/Σ exp(x−max).
func Softmax(x []float32) { kernels.Softmax(x) }

// SwiGLU writes silu(gate)·up to dst, element by element (arXiv 2002.05202). All are of one length.
func SwiGLU(dst, gate, up []float32) {
	want("SwiGLU", "gate", gate, len(dst))
	want("SwiGLU", "up", up, len(dst))
	kernels.SwiGLU(dst, gate, up)
}
