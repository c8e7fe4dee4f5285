package plotting

import (
	"image/color"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"github.com/sonde-ml/sonde/internal/escape"
)

// raise separates a label from its exponent: "10\ue0006" is drawn as ten to the sixth. Liberation lacks the
// superscript minus, and this private-use rune cannot be mistaken for text.
const raise = '\ue000'

const (
	raisedSize = 0.72 // of the font size
	raisedBy   = 0.38 // of the font size

	halfCapital = 0.36 // half the height of a capital, of the font size
)

// typesetter draws one line of text and is the only way onto a canvas: whatever comes from a file passes through
// printable here, since gonum's SVG writer lets control characters through and a font has no glyph for most runes.
type typesetter struct{ text.Plain }

var _ text.Handler = typesetter{}

func (t typesetter) Lines(s string) []string { return []string{s} }

func (t typesetter) Box(s string, f font.Font) (width, height, depth vg.Length) {
	for _, run := range t.runs(s, f) {
		width += run.face.Width(run.text)
	}
	extents := t.Extents(f)
	return width, extents.Ascent, extents.Descent
}

func (t typesetter) Draw(c vg.Canvas, s string, style text.Style, pt vg.Point) {
	c.Push()
	defer c.Pop()
	c.SetColor(style.Color)
	c.Translate(pt)
	if style.Rotation != 0 {
		c.Rotate(style.Rotation)
	}
	width, height, depth := t.Box(s, style.Font)
	at := vg.Point{
		X: vg.Length(style.XAlign) * width,
		// gonum's axes count on this offset, which is text.Plain's.
		Y: vg.Length(style.YAlign)*(height+depth) + style.Font.Size - height,
	}
	if style.Rotation != 0 && style.YAlign == text.YCenter {
		at.Y = -halfCapital * style.Font.Size // gonum makes no allowance for labels that run upwards
	}
	for _, run := range t.runs(s, style.Font) {
		c.FillString(run.face, vg.Point{X: at.X, Y: at.Y + run.shift}, run.text)
		at.X += run.face.Width(run.text)
	}
}

// run is a part of a line in one size.
type run struct {
	text  string
	face  font.Face
	shift vg.Length
}

// runs splits a line into its base and its exponent.
func (t typesetter) runs(s string, f font.Font) []run {
	face := t.Fonts.Lookup(f, f.Size)
	base, exponent, raised := strings.Cut(s, string(raise))
	runs := []run{{text: printable(base, face), face: face}}
	if raised {
		small := t.Fonts.Lookup(f, raisedSize*f.Size)
		runs = append(runs, run{text: printable(exponent, small), face: small, shift: raisedBy * f.Size})
	}
	return runs
}

// printable replaces what cannot or must not be drawn by Go's escapes: control and bidi characters, broken UTF-8,
// and runes that the font has no glyph for, which would all be the same empty box.
func printable(s string, face font.Face) string {
	var out strings.Builder
	var buf sfnt.Buffer
	for _, r := range escape.Text(s) {
		if hasGlyph(face, &buf, r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}

func hasGlyph(face font.Face, buf *sfnt.Buffer, r rune) bool {
	glyph, err := face.Face.GlyphIndex(buf, r)
	return err == nil && glyph != 0
}

// tokenLabel makes a token visible: spaces as dots, escapes for what has no shape, at most longest runes.
func tokenLabel(token string, longest int) string {
	face := styled(tickSize, inkColor()).Handler.Cache().Lookup(sans(), tickSize)
	return shorten(printable(strings.ReplaceAll(token, " ", "·"), face), longest)
}

// shorten cuts s to at most n runes, the last of which then is an ellipsis.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// fit cuts s until it is at most width wide.
func fit(style text.Style, s string, width vg.Length) string {
	s = shorten(s, 400) // more never fits, and measuring is slow
	for n := utf8.RuneCountInString(s); n > 1 && style.Width(s) > width; n-- {
		s = shorten(s, n-1)
	}
	return s
}

// wrap breaks s at spaces into lines of at most width.
func wrap(style text.Style, s string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(s, " ") {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && style.Width(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = fit(style, longer, width)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// styled is a text style of the house: Liberation Sans, left-aligned on the baseline of its box.
func styled(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(sans(), size),
		Handler: typesetter{text.Plain{Fonts: font.DefaultCache}},
	}
}

func sans() font.Font { return font.Font{Typeface: "Liberation", Variant: "Sans"} }

// quarterTurn is the rotation of text that runs upwards.
const quarterTurn = math.Pi / 2
