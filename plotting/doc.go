// Package plotting turns numbers into figures that belong in a notebook, a paper or an issue: histograms of weights,
// statistics over layers, the residual stream, attention patterns, and the error of every op against a reference.
//
// Each kind of figure is a struct of plain data with a Draw method, which checks the data and returns a [Figure]. A
// figure is written as PNG or SVG, at any size, by [Figure.Save], [Figure.PNG] and [Figure.SVG]:
//
//	f, err := plotting.Histogram{
//		Title:   "blk.0.attn_norm.weight",
//		Samples: []plotting.Sample{{Values: weights}},
//	}.Draw()
//	if err != nil {
//		return err
//	}
//	return f.Save("attn_norm.png")
//
// The house style: titles say what is shown and of what; axes have names and units; values that span decades have
// logarithmic axes; colours are [Viridis] for magnitudes, [BlueWhiteRed] for differences around zero and Okabe and
// Ito's for categories ([Category]), so that colour-blind people and grey printers get the same picture. Widths are
// centimetres, made for 16 cm of notebook. What is NaN or infinite is marked in one colour and counted, never dropped
// in silence.
//
// Text may come from a file: control characters, broken UTF-8 and runes that the built-in Liberation fonts lack are
// drawn as Go's escapes (\x1b, \u4f60), and an SVG is well-formed and inert whatever its labels hold.
//
// No data make this package panic. It does not read files, run models or show anything on a screen, and has no kind of
// figure for which Sonde has no use: for others use gonum.org/v1/plot, which draws these.
package plotting
