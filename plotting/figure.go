package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// largest is the limit for a picture, in pixels. It is ours: an A0 poster at 300 dots per inch has 139 million.
const largest = 150e6

// A Figure is a finished drawing that can be written in any format at any size. Its fields may be changed before
// that. Nothing is drawn until then, and one figure may be written by several goroutines at once.
type Figure struct {
	Title    string  // what is shown, one line
	Subtitle string  // of what: file, type, prompt; one line
	Caption  string  // numbers that belong to the picture; wrapped, one paragraph a line
	Width    float64 // centimetres
	Height   float64 // centimetres
	DPI      int     // dots per inch of a PNG; 0 is DefaultDPI

	keys []key             // the legend
	body func(draw.Canvas) // draws panels with their axes into what the texts leave of the canvas
}

func (f *Figure) size() (width, height vg.Length) {
	return vg.Length(f.Width) * vg.Centimeter, vg.Length(f.Height) * vg.Centimeter
}

// checkSize refuses what is too small to hold the texts and what no memory holds.
func (f *Figure) checkSize(dpi float64) error {
	const smallest = 4 // centimetres
	pixels := f.Width / 2.54 * dpi * f.Height / 2.54 * dpi
	if f.Width >= smallest && f.Height >= smallest && dpi > 0 && pixels <= largest {
		return nil
	}
	return fmt.Errorf("plotting: figure %q: %w: %g cm × %g cm at %g dots per inch; width and height must be at least %d cm, and the picture at most %g pixels",
		f.Title, ErrSize, f.Width, f.Height, dpi, smallest, math.Trunc(largest))
}
