package plotting

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// linear is an even axis with about the given number of labels.
type linear struct{ labels int }

func (linear) Normalize(lo, hi, v float64) float64 { return (v - lo) / (hi - lo) }

func (s linear) Ticks(lo, hi float64) []plot.Tick {
	step := niceStep((hi - lo) / float64(max(s.labels, 1)))
	if !(step > 0) || math.IsInf(step, 0) {
		return nil
	}
	label := labeller(step, max(math.Abs(lo), math.Abs(hi)))
	var ticks []plot.Tick
	for i := math.Ceil(lo/step - 1e-6); i*step <= hi+step*1e-6 && len(ticks) < 100; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: label(i * step)})
	}
	return ticks
}

// labeller returns how the values of an axis are written, all alike: with the decimals that tell steps apart, and
// with a power of ten where there would be many zeros.
func labeller(step, largest float64) func(float64) string {
	exponent := math.Floor(math.Log10(largest) + 1e-9)
	decimals := -math.Floor(math.Log10(step) + 1e-9)
	if exponent >= -3 && exponent <= 5 {
		return func(v float64) string {
			if math.Abs(v) < step/2 {
				return "0"
			}
			return decimal(v, max(0, int(decimals)))
		}
	}
	digits := max(0, int(decimals+exponent))
	return func(v float64) string {
		if math.Abs(v) < step/2 {
			return "0"
		}
		return decimal(v/math.Pow(10, exponent), digits) + "×" + power(exponent, false)
	}
}

// niceStep returns the smallest of 1, 2, 5 times a power of ten that is at least v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// decimal writes v with a real minus sign.
func decimal(v float64, decimals int) string { return minus(strconv.FormatFloat(v, 'f', decimals, 64)) }

func minus(s string) string {
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no negative zero
	}
	return strings.ReplaceAll(s, "-", "−")
}

// number writes v with three significant digits, for captions.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'g', 3, 64)
	return minus(strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s))
}

// count writes n in groups of three digits.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// logarithmic is an axis of decades. Values that it cannot show lie at its lower end.
type logarithmic struct{ labels int }

func (logarithmic) Normalize(lo, hi, v float64) float64 {
	if !(v > lo) {
		return 0
	}
	return (math.Log10(v) - math.Log10(lo)) / (math.Log10(hi) - math.Log10(lo))
}

func (s logarithmic) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0) {
		return nil
	}
	first, last := math.Ceil(math.Log10(lo)-1e-9), math.Floor(math.Log10(hi)+1e-9)
	if last-first < 1 {
		return s.withinDecade(lo, hi)
	}
	stride := math.Ceil((last - first + 1) / float64(max(s.labels, 1)))
	plain := first >= -3 && last <= 4
	var ticks []plot.Tick
	for e := first - 1; e <= last; e++ {
		tick := plot.Tick{Value: math.Pow(10, e)}
		if math.Mod(e, stride) == 0 {
			tick.Label = power(e, plain)
		}
		ticks = append(ticks, tick)
		for m := 2.; m < 10 && last-first <= 8; m++ {
			ticks = append(ticks, plot.Tick{Value: m * math.Pow(10, e)})
		}
	}
	return within(lo, hi, ticks)
}

// withinDecade labels 1, 2 and 5 where there are not two decades to label, or evenly where not even that gives two.
func (s logarithmic) withinDecade(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	labelled := 0
	for e := math.Floor(math.Log10(lo)); e <= math.Log10(hi); e++ {
		for m := 1.; m < 10; m++ {
			tick := plot.Tick{Value: m * math.Pow(10, e)}
			if m == 1 || m == 2 || m == 5 {
				tick.Label = number(tick.Value)
			}
			if tick.Label != "" && tick.Value >= lo && tick.Value <= hi {
				labelled++
			}
			ticks = append(ticks, tick)
		}
	}
	if labelled < 2 {
		return linear(s).Ticks(lo, hi)
	}
	return within(lo, hi, ticks)
}

// within drops the ticks that lie outside of an axis: gonum would make room for their labels.
func within(lo, hi float64, ticks []plot.Tick) []plot.Tick {
	return slices.DeleteFunc(ticks, func(t plot.Tick) bool { return t.Value < lo*(1-1e-9) || t.Value > hi*(1+1e-9) })
}

// power writes 10^e, as a decimal number where plain.
func power(e float64, plain bool) string {
	if plain || e == 0 {
		return decimal(math.Pow(10, e), max(0, int(-e)))
	}
	return "10" + string(raise) + minus(strconv.Itoa(int(e)))
}

// symmetric is an axis of decades on both sides of zero that is linear within ±knee.
type symmetric struct {
	knee   float64
	labels int
}

func (s symmetric) Normalize(lo, hi, v float64) float64 {
	place := func(v float64) float64 { return math.Asinh(v / (2 * s.knee)) }
	return (place(v) - place(lo)) / (place(hi) - place(lo))
}

func (s symmetric) Ticks(lo, hi float64) []plot.Tick {
	first := math.Round(math.Log10(s.knee))
	last := math.Floor(math.Log10(max(math.Abs(lo), math.Abs(hi))) + 1e-9)
	stride := max(1, math.Ceil(2*(last-first+1)/float64(max(s.labels, 1))))
	plain := first >= -3 && last <= 4
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	for e := first; e <= last; e++ {
		v := math.Pow(10, e)
		label := ""
		if math.Mod(last-e, stride) == 0 && (e > first || last == first) { // ±knee stand too close to 0
			label = power(e, plain)
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label}, plot.Tick{Value: -v, Label: negated(label)})
	}
	return ticks
}

func negated(label string) string {
	if label == "" {
		return ""
	}
	return "−" + label
}

// integers is a linear axis of whole numbers, such as layers.
type integers struct{ labels int }

func (integers) Normalize(lo, hi, v float64) float64 { return (v - lo) / (hi - lo) }

func (s integers) Ticks(lo, hi float64) []plot.Tick {
	step := max(1, niceStep((hi-lo)/float64(max(s.labels, 1))))
	var ticks []plot.Tick
	for v := math.Ceil(lo/step) * step; v <= hi && len(ticks) < 100; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: decimal(v, 0)})
	}
	return ticks
}

// places is an axis whose ticks are given: names of things at whole numbers.
type places []plot.Tick

func (places) Normalize(lo, hi, v float64) float64 { return (v - lo) / (hi - lo) }
func (p places) Ticks(lo, hi float64) []plot.Tick  { return p }

// unlabelled is an axis whose ticks have no labels, where a panel below has them.
type unlabelled struct{ scale }

func (u unlabelled) Ticks(lo, hi float64) []plot.Tick {
	ticks := u.scale.Ticks(lo, hi)
	for i := range ticks {
		if ticks[i].Label != "" { // a tick without any is a minor one
			ticks[i].Label = " "
		}
	}
	return ticks
}
