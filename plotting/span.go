package plotting

import "math"

// A value is finite for a picture when differences of such values are finite too.
func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat64/8 }

// extent collects the finite values that an axis has to hold.
type extent struct {
	lo, hi   float64 // of all
	smallest float64 // of all magnitudes but 0
	found    bool
}

func (e *extent) add(values ...float64) {
	for _, v := range values {
		if !finite(v) {
			continue
		}
		if !e.found {
			e.lo, e.hi, e.smallest, e.found = v, v, math.Inf(1), true
		}
		e.lo, e.hi = min(e.lo, v), max(e.hi, v)
		if v != 0 {
			e.smallest = min(e.smallest, math.Abs(v))
		}
	}
}

const room = 0.06 // of an axis is left free at each end

// linearSpan is an even axis with room around the values; a single value gets an axis of its own magnitude.
func (e *extent) linearSpan(s scale) span {
	pad := room * (e.hi - e.lo)
	if !(e.hi > e.lo) {
		pad = max(math.Abs(e.hi)/2, 1e-300)
		if e.hi == 0 {
			pad = 1
		}
	}
	return span{min: e.lo - pad, max: e.hi + pad, scale: s}
}

// logSpan is an axis of decades with room around the positive values, at least half a decade long.
func (e *extent) logSpan(labels int) span {
	lo, hi := 1., 1.
	if e.found && e.hi > 0 {
		lo, hi = min(e.smallest, e.hi), e.hi
	}
	wide := max(math.Log10(hi)-math.Log10(lo), 0.4)
	middle := (math.Log10(hi) + math.Log10(lo)) / 2
	half := wide * (0.5 + room)
	return span{
		min:   math.Pow(10, max(middle-half, -307)),
		max:   math.Pow(10, min(middle+half, 307)),
		scale: logarithmic{labels: labels},
	}
}

// symmetricSpan is an axis of decades around zero, linear within ±knee.
func (e *extent) symmetricSpan(knee float64, labels int) span {
	stretch := math.Pow(max(-e.lo, e.hi)/knee, room)
	return span{
		min:   min(e.lo*stretch, -knee),
		max:   max(e.hi*stretch, knee),
		scale: symmetric{knee: knee, labels: labels},
	}
}
