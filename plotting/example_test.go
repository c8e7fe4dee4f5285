package plotting_test

import (
	"fmt"
	"log"

	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/plotting"
)

// Norm weights of a first layer are often small. The caption says how small, the picture how they are spread.
func ExampleHistogram() {
	f, err := plotting.Histogram{
		Title:   "blk.0.attn_norm.weight",
		Samples: []plotting.Sample{{Values: []float32{0.03, -0.02, 0.05, 0, 0.04, -0.58, 0.77, 0.01}}},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// 8 weights · rms 0.342 · mean 0.0375 · min −0.58 · max 0.77 · 1 zero · 0 NaN · 0 infinite
}

// A tensor larger than memory is tallied piece by piece.
func ExampleHistogram_tally() {
	var t kernels.Tally
	for row := range 1000 {
		t.Add([]float32{float32(row), float32(-row)})
	}
	f, err := plotting.Histogram{Title: "blk.0.attn_q.weight", Samples: []plotting.Sample{{Tally: &t}}}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// 2,000 weights · rms 577 · mean 0 · min −999 · max 999 · 2 zero · 0 NaN · 0 infinite
}

func ExampleLayerStats() {
	f, err := plotting.LayerStats{
		Title: "attn_norm over the layers",
		Layers: []plotting.LayerStat{
			{Layer: 0, Min: -0.58, Mean: 0.006, Max: 0.77, RMS: 0.046},
			{Layer: 1, Min: -0.31, Mean: 0.061, Max: 0.92, RMS: 0.069},
			{Layer: 2, Min: -0.12, Mean: 0.143, Max: 1.31, RMS: 0.151},
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %g cm × %g cm\n", f.Title, f.Width, f.Height)
	// Output:
	// attn_norm over the layers: 16 cm × 11 cm
}

func ExampleResidualNorms() {
	f, err := plotting.ResidualNorms{
		Title: "Rms of the residual stream",
		Points: []plotting.ResidualPoint{ // two tokens
			{Layer: -1, RMS: []float64{0.11, 0.12}},
			{Layer: 0, RMS: []float64{0.19, 0.21}},
			{Layer: 0, RMS: []float64{9.3, 0.34}},
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// Ops that add to the stream are spread evenly up to the tick of their layer; its last stands there.
}

func ExampleAttentionPattern() {
	tokens := []string{"<s>", " Once", " upon"}
	f, err := plotting.AttentionPattern{
		Title:   "Attention of layer 0, head 0",
		Queries: tokens,
		Keys:    tokens,
		Weights: []float32{
			1, 0, 0,
			0.75, 0.25, 0,
			0.5, 0.125, 0.375,
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// Weights from 0.125 to 1; each row sums to 1 within 0.
}

func ExampleOpErrors() {
	f, err := plotting.OpErrors{
		Title:     "The runs differ from blk.0.attn_q_rope on",
		Tolerance: 1e-10,
		Ops: []plotting.OpError{
			{Op: "token_embd", Equal: true},
			{Op: "blk.0.attn_norm", NMSE: 2.1e-14},
			{Op: "blk.0.attn_q", NMSE: 3.3e-14},
			{Op: "blk.0.attn_q_rope", NMSE: 0.31},
			{Op: "output", NMSE: 0.27},
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// 5 ops: 1 bit-equal, 2 within the tolerance of 1e−10, 2 above it. First above: blk.0.attn_q_rope, NMSE 0.31.
}
