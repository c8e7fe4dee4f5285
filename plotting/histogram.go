package plotting

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"github.com/sonde-ml/sonde/kernels"
)

// A Histogram shows how the weights of a tensor are distributed, or compares several tensors in the same bins.
//
// The count axis is logarithmic, so that a single outlier among millions is seen. Zero is marked, and with one sample
// ±rms and the outliers too: weights farther from the median than six standard deviations, which are estimated
// from the interquartile range, since outliers inflate the usual estimate. What lies so far out that the rest would
// shrink to a needle is counted in bars at the edges. NaN and infinities are counted in the legend.
type Histogram struct {
	Title    string
	Subtitle string
	Samples  []Sample
}

// A Sample is one distribution of a [Histogram]: either values, in any shape, or a tally of them.
type Sample struct {
	Name   string // "blk.0.attn_q.weight"; may be empty where there is only one
	Values []float32
	Tally  *kernels.Tally
}

func (s Sample) tally() *kernels.Tally {
	if s.Tally != nil {
		return s.Tally
	}
	t := new(kernels.Tally)
	t.Add(s.Values)
	return t
}

// Draw returns the figure. Its error is a [*DataError], where there is nothing to count or a sample is given twice.
// Values that are all NaN are no error: the figure says so.
func (h Histogram) Draw() (*Figure, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	f := &Figure{Title: h.Title, Subtitle: h.Subtitle, Width: 16, Height: 9.5}
	var tallies []*kernels.Tally
	var captions []string
	for _, s := range h.Samples {
		t := s.tally()
		tallies = append(tallies, t)
		name := s.Name
		if len(h.Samples) == 1 {
			name = "" // the title has it
		}
		captions = append(captions, caption(name, t))
	}
	f.Caption = strings.Join(captions, "\n")
	h.compose(f, tallies)
	return f, nil
}

func (h Histogram) check() error {
	if len(h.Samples) == 0 {
		return &DataError{Plot: "Histogram", Field: "Samples", Seen: "no element", Want: "one or more tensors"}
	}
	if len(h.Samples) > mostSamples {
		return &DataError{
			Plot: "Histogram", Field: "Samples", Seen: fmt.Sprintf("%d elements", len(h.Samples)),
			Want: fmt.Sprintf("at most %d: more lines cannot be told apart", mostSamples),
		}
	}
	for i, s := range h.Samples {
		field := fmt.Sprintf("Samples[%d]", i)
		switch {
		case s.Tally != nil && s.Values != nil:
			return &DataError{Plot: "Histogram", Field: field, Seen: "both Values and Tally", Want: "one of them"}
		case len(s.Values) == 0 && (s.Tally == nil || s.Tally.Count() == 0):
			return &DataError{Plot: "Histogram", Field: field, Seen: "no values", Want: "one or more"}
		}
	}
	return nil
}

const mostSamples = 6

// caption gives the numbers behind the picture.
func caption(name string, t *kernels.Tally) string {
	if name != "" {
		name += ": "
	}
	if t.Finite() == 0 {
		return fmt.Sprintf("%s%s weights, none finite", name, count(t.Count()))
	}
	return fmt.Sprintf("%s%s weights · rms %s · mean %s · min %s · max %s · %s zero · %s NaN · %s infinite",
		name, count(t.Count()), number(t.RMS()), number(t.Mean()), number(t.Min()), number(t.Max()),
		count(t.Zeros()), count(t.NaN()), count(t.Inf()))
}

// compose adds the panel and its legend.
func (h Histogram) compose(f *Figure, tallies []*kernels.Tally) {
	var nonFinite, largest uint64
	anyFinite := false
	for _, t := range tallies {
		nonFinite += t.NonFinite()
		anyFinite = anyFinite || t.Finite() > 0
	}
	marks := []plot.Plotter{note("no finite weight to draw")}
	x, y := span{max: 1, scale: places{}}, span{max: 1, scale: places{}}
	label := "weight"
	if anyFinite {
		w := sharedWindow(tallies)
		marks, largest = h.marks(f, w, tallies)
		x, y = w.span(), countSpan(largest)
		label = "weight, in bins of " + number(w.width)
	}
	if nonFinite > 0 {
		f.keys = append(f.keys, key{
			text:    count(nonFinite) + " NaN or infinite, not drawn",
			samples: []plot.Thumbnailer{crosses{}},
			small:   true,
		})
	}
	f.body = func(c draw.Canvas) {
		p := newPanel(x, y, label)
		p.Add(gridLines())
		p.Add(marks...)
		drawPanels(c, panel{p, "weights per bin"})
	}
}

// span is the axis of a window, with room at the ends for what lies outside of it.
func (w window) span() span {
	lo, _ := w.edges(0)
	_, hi := w.edges(w.last - w.first)
	pad := w.width / 2
	if w.clipped {
		pad = 2.5 * w.width
	}
	return span{min: lo - pad, max: hi + pad, scale: linear{labels: 9}}
}

// countSpan begins below 1, so that a single weight is a bar of some height.
func countSpan(largest uint64) span {
	return span{min: 0.5, max: 2 * float64(max(largest, 5)), scale: logarithmic{labels: 6}}
}

// marks returns what is drawn in the panel and the largest count of a bin; keys go to the legend.
func (h Histogram) marks(f *Figure, w window, tallies []*kernels.Tally) (marks []plot.Plotter, largest uint64) {
	lines := rules{{x: 0, label: "0", style: stroke(inkColor(), thinLine, 4, 2)}}
	for i, t := range tallies {
		c := w.fill(t)
		largest = max(largest, c.below, c.above, slices.Max(c.bins))
		if len(tallies) > 1 {
			steps := outline{window: w, counts: c, style: seriesStroke(i)}
			marks = append(marks, steps)
			f.keys = append(f.keys, key{text: h.Samples[i].Name + beyond(t, c), samples: []plot.Thumbnailer{steps}})
			continue
		}
		marks = append(marks, bars{window: w, counts: c, fill: tint(Category(0), 0.4), outlying: Category(1)})
		if rms := rmsRules(t, w); len(rms) > 0 {
			lines = append(lines, rms...)
			f.keys = append(f.keys, key{text: "±rms", samples: []plot.Thumbnailer{rms[0]}, small: true})
		}
		f.keys = append(f.keys, outlierKeys(t, c)...)
	}
	return append(marks, lines), largest
}

// rmsRules mark ±rms, as far as they lie in the window.
func rmsRules(t *kernels.Tally, w window) rules {
	var lines rules
	axis := w.span()
	for _, x := range []float64{-t.RMS(), t.RMS()} {
		if x != 0 && axis.min < x && x < axis.max {
			lines = append(lines, rule{x: x, style: stroke(inkColor(), thinLine, 1.5, 1.5)})
		}
	}
	return lines
}

// outlierKeys say how many weights the orange bars hold.
func outlierKeys(t *kernels.Tally, c counts) []key {
	if c.outlying == 0 {
		return nil
	}
	text := fmt.Sprintf("%s outliers, more than %gσ from the median", count(c.outlying), outlierSigma)
	return []key{{text: text + beyond(t, c), samples: []plot.Thumbnailer{swatch{Category(1)}}}}
}

// beyond says how many weights lie outside of the axis and how far they go.
func beyond(t *kernels.Tally, c counts) string {
	var sides []string
	if c.below > 0 {
		sides = append(sides, fmt.Sprintf("%s left of the axis, down to %s", count(c.below), number(t.Min())))
	}
	if c.above > 0 {
		sides = append(sides, fmt.Sprintf("%s right of the axis, up to %s", count(c.above), number(t.Max())))
	}
	if len(sides) == 0 {
		return ""
	}
	return ": " + strings.Join(sides, ", ")
}
