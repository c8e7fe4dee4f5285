package show

import (
	"bytes"
	"fmt"

	"github.com/janpfeifer/gonb/gonbui"
)

// A Picture can be written as a PNG file. Figures of plotting are such.
type Picture interface {
	PNG() ([]byte, error)
}

// A Drawing can be written as an SVG document. Figures of plotting are such.
type Drawing interface {
	SVG() ([]byte, error)
}

// Figure displays a figure as PNG: the same picture everywhere, also where a notebook is shown as it was saved.
// An error given with it, or met while drawing, ends the cell as [Check] does.
func Figure(p Picture, err ...error) {
	Check(err...)
	picture := Must(p.PNG())
	if !gonbui.IsNotebook {
		fmt.Printf("[a figure: PNG of %d bytes, which a notebook shows]\n", len(picture))
		return
	}
	display(func() { gonbui.DisplayPNG(picture) })
}

// SVG displays a figure as SVG: sharp at any size, but many points make it large. Errors are treated as in [Figure].
func SVG(d Drawing, err ...error) {
	Check(err...)
	drawing := element(Must(d.SVG()))
	if !gonbui.IsNotebook {
		fmt.Printf("[a figure: SVG of %d bytes, which a notebook shows]\n", len(drawing))
		return
	}
	displayHTML(string(drawing))
}

// element cuts off what stands before the root of an SVG document and has no place within a page.
func element(document []byte) []byte {
	if start := bytes.Index(document, []byte("<svg")); start > 0 {
		return document[start:]
	}
	return document
}

// displayHTML displays a piece of a page.
func displayHTML(html string) {
	display(func() { gonbui.DisplayHTML("<div>" + html + "</div>") })
}
