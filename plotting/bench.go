package plotting

import (
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/engine/bench"
)

// Bench draws a report under the ceilings of the machine: the ops of a model, prefilling the longest of the prompts that
// were measured, and decoding; of several models, their products with weights. name says what was measured.
func Bench(r *bench.Report, name string) (*Figure, error) {
	types, points, what := typesOf(r), productsOf, "Weight products"
	if len(types) == 1 {
		points, what = opsOf, "Ops"
		name += " · " + types[0]
	}
	fig := Roofline{
		Title:    what + " under the ceilings of the machine",
		Subtitle: fmt.Sprintf("%s · %s, %s, %d threads", name, r.CPU, r.Level, r.Threads),
		ReadGBps: r.Ceilings.ReadGBps,
		Roofs:    []Roof{{"int8", r.Ceilings.Int8GMACs}, {"f32", r.Ceilings.F32GFLOPs / 2}},
	}
	for _, phase := range []string{bench.Prefill, bench.Decode} {
		for _, t := range types {
			if res := longest(r, t, phase); res != nil {
				fig.Points = append(fig.Points, points(res, fmt.Sprintf("%s, %d tokens", phase, res.Tokens))...)
			}
		}
	}
	return fig.Draw()
}

func typesOf(r *bench.Report) (types []string) {
	for _, res := range r.Results {
		if !slices.Contains(types, res.Type) {
			types = append(types, res.Type)
		}
	}
	return types
}

// longest returns the result with the most tokens, nil where there is none.
func longest(r *bench.Report, typ, phase string) (found *bench.Result) {
	for i := range r.Results {
		if res := &r.Results[i]; res.Type == typ && res.Phase == phase && (found == nil || res.Tokens > found.Tokens) {
			found = res
		}
	}
	return found
}

// opsOf makes a point of each op.
func opsOf(res *bench.Result, group string) (points []RooflinePoint) {
	for _, op := range res.Ops {
		points = append(points, RooflinePoint{op.Op, group, op.Intensity(), op.GMACs, op.Share})
	}
	return points
}

// productsOf makes one point of all products with weights.
func productsOf(res *bench.Result, group string) []RooflinePoint {
	p := RooflinePoint{Name: res.Type, Group: group}
	var seconds, muladds, bytes float64
	for _, op := range res.Ops {
		if op.Product() {
			seconds += op.Seconds
			muladds += op.Seconds * op.GMACs
			bytes += op.Seconds * op.GBps
			p.Share += op.Share
		}
	}
	p.Intensity, p.GMACs = muladds/bytes, muladds/seconds
	return []RooflinePoint{p}
}

// Growth draws how the time of a token grows. name says of what.
func Growth(g *bench.Growth, name string) (*Figure, error) {
	fig := Costs{
		Title:    "What a token costs as there are more",
		Subtitle: fmt.Sprintf("%s · %s · %s, %s, %d threads", name, g.Type, g.CPU, g.Level, g.Threads),
	}
	for _, phase := range []string{bench.Prefill, bench.Decode} {
		p := CostPhase{Name: phase}
		for _, c := range g.Costs {
			if c.Phase != phase {
				continue
			}
			shared := 1. // the time is of one token
			if phase == bench.Prefill {
				shared = float64(c.Tokens)
			}
			p.Points = append(p.Points, CostPoint{c.Tokens, c.Seconds / shared, c.Products / shared, c.Attention / shared})
		}
		if len(p.Points) > 0 {
			fig.Phases = append(fig.Phases, p)
		}
	}
	return fig.Draw()
}
