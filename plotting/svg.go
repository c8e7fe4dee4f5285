package plotting

import (
	"bytes"
	"fmt"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// SVG returns the figure as an SVG document: well-formed XML 1.0, whatever the labels hold, without scripts and
// remote references. Text stays text, in Liberation Sans; another font is stretched to the same width.
// The error wraps [ErrSize].
func (f *Figure) SVG() ([]byte, error) {
	if err := f.checkSize(1); err != nil {
		return nil, err
	}
	c := &svgCanvas{Canvas: vgsvg.NewWith(vgsvg.UseWH(f.size()))}
	f.draw(draw.New(c))
	var out bytes.Buffer
	_, err := c.WriteTo(&out)
	return c.repair(out.Bytes()), err
}

// svgCanvas remembers how wide every piece of text is, in the order of the document.
type svgCanvas struct {
	*vgsvg.Canvas
	widths []vg.Length
}

func (c *svgCanvas) FillString(face font.Face, pt vg.Point, s string) {
	c.widths = append(c.widths, face.Width(s))
	c.Canvas.FillString(face, pt, s)
}

// repair mends what vgsvg leaves to chance: the width of text where Liberation is not installed, spaces, and images,
// which are PNG and called JPEG, and must fill their place. What it looks for cannot occur in text, where quotes and
// < are escaped.
func (c *svgCanvas) repair(document []byte) []byte {
	parts := bytes.Split(document, []byte("<text "))
	out := parts[0]
	for i, part := range parts[1:] {
		out = fmt.Appendf(out, `<text xml:space="preserve" textLength="%.2f" lengthAdjust="spacingAndGlyphs" `, c.widths[i])
		out = append(out, part...)
	}
	const family = `"font-family:Liberation Sans`
	out = bytes.ReplaceAll(out, []byte(family), []byte(family+",Arial,Helvetica,sans-serif"))
	out = bytes.ReplaceAll(out, []byte("<image "), []byte(`<image preserveAspectRatio="none" `))
	return bytes.ReplaceAll(out, []byte(`href="data:image/jpg;`), []byte(`href="data:image/png;`))
}
