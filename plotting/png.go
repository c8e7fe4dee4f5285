package plotting

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// DefaultDPI is the resolution of a PNG where a figure names none: 16 cm are 756 pixels, a notebook's width.
const DefaultDPI = 120

// PNG returns the figure as a PNG file. The error wraps [ErrSize].
func (f *Figure) PNG() ([]byte, error) {
	dpi := f.DPI
	if dpi == 0 {
		dpi = DefaultDPI
	}
	if err := f.checkSize(float64(dpi)); err != nil {
		return nil, err
	}
	c := vgimg.NewWith(vgimg.UseWH(f.size()), vgimg.UseDPI(dpi))
	f.draw(draw.New(c))
	var img image.Image = c.Image()
	if full, ok := img.(*image.RGBA); ok {
		img = compact(full)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&out, img)
	return out.Bytes(), err
}

const (
	paletteSize   = 256
	frequentSize  = 16 // colours that are kept as they are: paper, ink, fills
	leastDistance = 6  // of a channel: closer colours may be drawn as one another
)

// compact returns the picture with a palette where that changes no channel by more than leastDistance. All figures but
// heatmaps then take less than half of the space, in notebooks too, which carry their figures.
func compact(img *image.RGBA) image.Image {
	colors := byFrequency(img)
	palette, worst := choosePalette(colors)
	if worst > leastDistance {
		return img
	}
	nearest := make(map[color.RGBA]uint8, len(colors))
	for _, c := range colors {
		nearest[c] = uint8(nearestIn(palette, c))
	}
	out := image.NewPaletted(img.Rect, nil)
	for _, c := range palette {
		out.Palette = append(out.Palette, c)
	}
	for i := range out.Pix {
		p := img.Pix[4*i : 4*i+4]
		out.Pix[i] = nearest[color.RGBA{R: p[0], G: p[1], B: p[2], A: p[3]}]
	}
	return out
}

// byFrequency returns the colours of a picture, the most frequent first.
func byFrequency(img *image.RGBA) []color.RGBA {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+4]
		counts[color.RGBA{R: p[0], G: p[1], B: p[2], A: p[3]}]++
	}
	var colors []color.RGBA
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(packed(a), packed(b)))
	})
	return colors
}

func packed(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}

// choosePalette takes the most frequent colours and then, one by one, the colour that is farthest from all taken.
// worst is the distance of the farthest that was left out.
func choosePalette(colors []color.RGBA) (palette []color.RGBA, worst int) {
	palette = slices.Clone(colors[:min(frequentSize, len(colors))])
	distances := make([]int, len(colors)) // to the nearest colour of the palette
	for i, c := range colors {
		distances[i] = apart(c, palette[nearestIn(palette, c)])
	}
	for {
		worst = slices.Max(distances)
		if worst == 0 || len(palette) == paletteSize {
			return palette, worst
		}
		next := colors[slices.Index(distances, worst)]
		palette = append(palette, next)
		for i, c := range colors {
			distances[i] = min(distances[i], apart(c, next))
		}
	}
}

func nearestIn(palette []color.RGBA, c color.RGBA) int {
	best := 0
	for i, p := range palette {
		if apart(c, p) < apart(c, palette[best]) {
			best = i
		}
	}
	return best
}

// apart is the largest difference of a channel.
func apart(a, b color.RGBA) int {
	channel := func(x, y uint8) int { return int(max(x, y) - min(x, y)) }
	return max(channel(a.R, b.R), channel(a.G, b.G), channel(a.B, b.B))
}
