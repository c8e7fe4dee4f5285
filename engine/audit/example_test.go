package audit_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/gguf"
)

// small writes a file with one matrix of three rows, and opens it.
func small(name string, weights ...float32) (f *gguf.File, remove func()) {
	dir, err := os.MkdirTemp("", "audit")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, name)
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("example"))
	w.Declare("ffn_up.weight", gguf.F32, 3, len(weights)/3)
	for _, v := range weights {
		w.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
	if err := w.Commit(); err != nil {
		panic(err)
	}
	if f, err = gguf.Open(path); err != nil {
		panic(err)
	}
	return f, func() { f.Close(); os.RemoveAll(dir) }
}

func ExampleStats() {
	f, remove := small("model.gguf", 0.5, -0.25, 0, 1, -1, 0.75)
	defer remove()
	stats, err := audit.Stats(context.Background(), f, audit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range stats {
		fmt.Printf("%s %v: %v to %v, median %v, rms %.3f, %d zero\n", s.Name, s.Shape, s.Min, s.Max, s.Quantiles["0.5"], s.RMS, s.Zeros)
	}
	// Output: ffn_up.weight [3 2]: -1 to 1, median 0.25, rms 0.692, 1 zero
}

func ExampleDoctor() {
	f, remove := small("model.gguf", 0.5, -0.25, float32(math.NaN()), 1, -1, 0.75)
	defer remove()
	found, err := audit.Doctor(context.Background(), f, audit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range found {
		fmt.Println(finding.Severity, finding.Kind, finding.Tensor, finding.Count, finding.First)
	}
	// Output: error nan_weights ffn_up.weight 1 [1 0]
}

func ExampleDiff() {
	a, removeA := small("a.gguf", 0.5, -0.25, 0, 1, -1, 0.75)
	defer removeA()
	b, removeB := small("b.gguf", 0.5, -0.25, 0, 1, -1, 0.5)
	defer removeB()
	d, err := audit.Diff(context.Background(), a, b, audit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range d.Tensors {
		fmt.Printf("%s %s: NMSE %.4f, at most %v\n", t.Name, t.Status, *t.NMSE, *t.MaxAbs)
	}
	// Output: ffn_up.weight changed: NMSE 0.0217, at most 0.25
}

// Is it loaded right? The bytes tell.
func ExampleShow() {
	f, remove := small("model.gguf", 0.5, -0.25, 0, 1, -1, 0.75)
	defer remove()
	s, err := audit.Show(context.Background(), f, "ffn_up.weight", audit.ShowOptions{Rows: audit.Range{2, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range s.Blocks {
		fmt.Printf("row %d, column %d: byte %d has %s, which is %v\n", b.Row, b.Cols[0], b.Offset, b.Raw, b.Weights[0])
	}
	// Output:
	// row 2, column 0: byte 144 has 000080bf, which is -1
	// row 2, column 1: byte 148 has 0000403f, which is 0.75
}
