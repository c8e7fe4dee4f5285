package api_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/plugins/api"
)

func TestLengthsAreChecked(t *testing.T) {
	two, three := []float32{1, 2}, []float32{4, 5, 6}
	for _, c := range []struct {
		want string
		call func()
	}{
		{"api.Dot: b has 3 numbers, want 2", func() { api.Dot(two, three) }},
		{"api.Axpy: y has 2 numbers, want 3", func() { api.Axpy(2, three, two) }},
		{"api.Add: a has 2 numbers, want 3", func() { api.Add(three, two, three) }},
		{"api.Add: b has 2 numbers, want 3", func() { api.Add(three, three, two) }},
		{"api.Mul: b has 3 numbers, want 2", func() { api.Mul(two, two, three) }},
		{"api.RMSNorm: w has 3 numbers, want 2", func() { api.RMSNorm(two, two, three, 1e-5) }},
		{"api.SwiGLU: up has 2 numbers, want 3", func() { api.SwiGLU(three, three, two) }},
		{"api.TopK: k is -1, want 0 or more", func() { api.TopK(two, -1) }},
		{"api.Histogram: 0 bins over [0, 1], want at least 1 over a finite range that is not empty", func() { api.Histogram(two, 0, 1, 0) }},
		{"api.Histogram: 3 bins over [1, 1], want at least 1 over a finite range that is not empty", func() { api.Histogram(two, 1, 1, 3) }},
		{"api.Histogram: 3 bins over [0, +Inf], want at least 1 over a finite range that is not empty", func() { api.Histogram(two, 0, float32(math.Inf(1)), 3) }},
	} {
		if got := thrown(c.call); got == nil || got.Error() != c.want {
			t.Errorf("got %v, want %q", got, c.want)
		}
	}
}

func thrown(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

func TestStatistics(t *testing.T) {
	nan := float32(math.NaN())
	x := []float32{0.5, -3, 2, nan, 2, 1}
	numbers := []float32{3, -4, 0.5}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"Max", api.Max(x), float32(2)},
		{"Min", api.Min(x), float32(-3)},
		{"Min of none", api.Min(nil), float32(math.Inf(1))},
		{"ArgMax", api.ArgMax(x), 2},
		{"ArgMax of NaN", api.ArgMax([]float32{nan}), -1},
		{"TopK", api.TopK(x, 4), []int{2, 4, 5, 0}},
		{"TopK of more than there are", api.TopK(x, 9), []int{2, 4, 5, 0, 1, 3}},
		{"Histogram", api.Histogram(x, -3, 2, 5), []int{1, 0, 0, 1, 3}},
		{"Histogram of part", api.Histogram(x, 0, 1, 2), []int{0, 2}},
		{"Sum", api.Sum(numbers), -0.5},
		{"Mean", api.Mean(numbers), -0.5 / 3},
		{"RMS", api.RMS(numbers), math.Sqrt(25.25 / 3)},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	if !math.IsNaN(api.Mean(nil)) || !math.IsNaN(api.RMS(nil)) {
		t.Errorf("mean and rms of nothing: got %v and %v, want NaN", api.Mean(nil), api.RMS(nil))
	}
}

func TestVectors(t *testing.T) {
	a, b := []float32{1, -2, 3}, []float32{0.5, 4, -1}
	y := slices.Clone(b)
	api.Axpy(2, a, y)
	if want := []float32{2.5, 0, 5}; !slices.Equal(y, want) {
		t.Errorf("Axpy: got %v, want %v", y, want)
	}
	api.Mul(y, a, b)
	if want := []float32{0.5, -8, -3}; !slices.Equal(y, want) {
		t.Errorf("Mul: got %v, want %v", y, want)
	}
	api.Add(y, y, a)
	api.Scale(-2, y)
	if want := []float32{-3, 20, 0}; !slices.Equal(y, want) {
		t.Errorf("Add and Scale: got %v, want %v", y, want)
	}
	if got := api.Dot(a, b); got != -10.5 {
		t.Errorf("Dot: got %v, want -10.5", got)
	}
	api.Fill(y, 0.25)
	if want := []float32{0.25, 0.25, 0.25}; !slices.Equal(y, want) {
		t.Errorf("Fill: got %v, want %v", y, want)
	}
	api.Softmax(y)
	if sum := api.Sum(y); math.Abs(sum-1) > 1e-6 {
		t.Errorf("Softmax: sum is %v, want 1", sum)
	}
}

var points = []nn.Point{
	{Name: "blk.0.attn_norm", Kind: nn.RMSNorm, Layer: 0},
	{Name: "blk.0.attn_q", Kind: nn.MatMul, Layer: 0},
}

func TestAttachIsAllOrNothing(t *testing.T) {
	nothing := func(*api.Op) error { return nil }
	hooks := nn.NewHooks(points)
	var r api.Registry
	r.On("kind:rms_norm", nothing)
	r.Before("blk.7.attn_q", nothing)
	r.Replace("ffn_nrom", nothing)
	_, err := r.Attach(hooks)
	if err == nil || !strings.Contains(err.Error(), `Before("blk.7.attn_q"): `) || !strings.Contains(err.Error(), `Replace("ffn_nrom"): `) {
		t.Errorf("got %v, want both selectors that match nothing", err)
	}
	if !hooks.Empty() {
		t.Error("a hook stays attached")
	}
	detach, err := api.Attach(hooks, r.Hooks()[:1])
	if err != nil || hooks.Empty() {
		t.Fatalf("got %v, want a hook", err)
	}
	detach()
	if !hooks.Empty() {
		t.Error("a hook stays attached after detach")
	}
}

func TestRegistryWantsFunctions(t *testing.T) {
	var r api.Registry
	r.On("*", nil)
	r.Family("", nil)
	_, err := r.Attach(nn.NewHooks(points))
	for _, want := range []string{`On("*") needs a function`, "Family needs a name and a function"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// A hook on an op, as a plugin or a program writes it.
func ExampleRegistry() {
	var r api.Registry
	r.On("kind:rms_norm", func(op *api.Op) error {
		if rms := api.RMS(op.Out.Data); rms > 2 {
			return fmt.Errorf("rms is %.1f", rms)
		}
		return nil
	})
	op := &api.Op{Name: "blk.0.attn_norm", Out: &api.Tensor{Shape: []int{1, 2}, Data: []float32{3, -4}}}
	fmt.Println(r.Hooks()[0], r.Hooks()[0].Func(op))
	// Output: On("kind:rms_norm") rms is 3.5
}

// The indices of the largest logits.
func ExampleTopK() {
	logits := []float32{0.1, 2.5, -1, 2.4}
	fmt.Println(api.TopK(logits, 2))
	// Output: [1 3]
}

// Replaced arithmetic, checked against the exact one.
func ExampleExact() {
	w := api.NewWeight("attn_norm.weight", &api.Tensor{Shape: []int{2}, Data: []float32{0.5, 2}})
	op := &api.Op{
		Name: "blk.0.attn_norm", Kind: "rms_norm", Eps: 1e-5, Weights: []*api.Weight{w},
		In:  []*api.Tensor{{Shape: []int{1, 2}, Data: []float32{3, -4}}},
		Out: api.NewTensor(1, 2),
	}
	api.RMSNorm(op.Out.Row(0), op.In[0].Row(0), []float32{0.5, 2}, op.Eps)
	exact, err := api.Exact(op)
	fmt.Println(err, api.NMSE(op.Out, exact) < 1e-12)
	// Output: <nil> true
}

func TestLengthErrorsAreTyped(t *testing.T) {
	var e *api.LengthError
	if err := thrown(func() { api.Dot([]float32{1}, nil) }); !errors.As(err, &e) || e.Func != "Dot" || e.Want != 1 {
		t.Errorf("got %v, want a *LengthError of Dot", err)
	}
}
