package show_test

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/notebooks/show"
)

func ExampleTable() {
	t := show.NewTable("tensor", "shape", "rms")
	t.Row("token_embd.weight", []int{512, 64}, 0.0421875)
	t.Row("blk.0.attn_norm.weight", []int{64}, float32(1.16))
	t.Row("\x1b[2Jx", nil, 12)
	t.Show()
	// Output:
	// tensor                  shape     rms
	// token_embd.weight       [512 64]  0.04219
	// blk.0.attn_norm.weight  [64]      1.16
	// \x1b[2Jx                <nil>     12
}

func ExampleMarkdown() {
	show.Markdown("**Verdict:** the norm weights *are* small.")
	show.Markdown("**%s** has %d tensors, %.1f bits a weight.", "a<b>*.gguf", 48, 4.5)
	// Output:
	// **Verdict:** the norm weights *are* small.
	// **a&#60;b&#62;\*\.gguf** has 48 tensors, 4.5 bits a weight.
}

func ExampleProgress() {
	bar := show.NewProgress("tokens", 3)
	for range 3 {
		bar.Add(1)
	}
	bar.Close()
	// Output: tokens: 3 of 3
}

// histogram stands for what plotting draws.
type histogram struct{ bins int }

func (h histogram) PNG() ([]byte, error) { return make([]byte, 100*h.bins), nil }

func draw(bins int) (histogram, error) {
	if bins < 1 {
		return histogram{}, errors.New("no bins")
	}
	return histogram{bins}, nil
}

func ExampleFigure() {
	show.Figure(draw(7)) // an error of draw would end the cell
	show.Figure(histogram{bins: 3})
	// Output:
	// [a figure: PNG of 700 bytes, which a notebook shows]
	// [a figure: PNG of 300 bytes, which a notebook shows]
}

func ExampleMust() {
	h := show.Must(draw(7))
	fmt.Println(h.bins)
	// Output: 7
}
