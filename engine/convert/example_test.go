package convert_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
)

// A model out of nothing, and another one out of that.
func Example() {
	dir, err := os.MkdirTemp("", "convert")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx, full := context.Background(), filepath.Join(dir, "tiny-f16.gguf")
	r, err := convert.Synth(ctx, full, convert.SynthOptions{Like: "tiny", Type: "f16", Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d bytes, %.2f bits per weight\n", r.Bytes, r.BitsPerWeight)

	f, err := gguf.Open(full)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	r, err = convert.Quantize(ctx, f, filepath.Join(dir, "tiny-q4_0.gguf"),
		convert.QuantizeOptions{Type: "q4_0", Tensors: []string{"output.weight=q8_0"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d bytes, %.2f bits per weight\n", r.Bytes, r.BitsPerWeight)
	for _, t := range r.Tensors[:4] {
		fmt.Println(t.Name, t.From, "->", t.Type)
	}
	// Output:
	// 2770240 bytes, 16.01 bits per weight
	// 857408 bytes, 4.91 bits per weight
	// output.weight F16 -> Q8_0
	// output_norm.weight F32 -> F32
	// token_embd.weight F16 -> Q4_0
	// blk.0.attn_k.weight F16 -> Q4_0
}
