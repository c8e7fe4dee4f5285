package cli

import (
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/engine/bench"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// printSpeed prints the ceilings, what was reached of them, and where the time went.
func (a *app) printSpeed(r *bench.Report) {
	a.printCeilings(r)
	t := newTable(a.out, "type", "phase", "tokens", "tokens/s", "GB/s", "GMAC/s", "of ceiling", "products", "outside")
	for _, res := range r.Results {
		t.AppendRow([]any{res.Type, res.Phase, res.Tokens, figure(res.TokensPerSecond), figure(res.GBps), figure(res.GMACs),
			percent(res.OfCeiling), percent(res.MatMulOfCeiling), percent(res.Outside)})
	}
	t.Render()
	for _, res := range longest(r.Results) {
		a.printOps(res)
	}
}

func (a *app) printCeilings(r *bench.Report) {
	c := &r.Ceilings
	fmt.Fprintf(a.out, "%s, level %s, %d threads\n", r.CPU, r.Level, r.Threads)
	fmt.Fprintf(a.out, "ceilings: reading %s GB/s (%s), int8 %s GMAC/s, f32 %s GFLOP/s\n",
		figure(c.ReadGBps), patternText(c.Read), figure(c.Int8GMACs), figure(c.F32GFLOPs))
	if t := c.Theory; t != nil {
		fmt.Fprintf(a.out, "%s at %s GHz, as measured, has int8 %s GMAC/s, f32 %s GFLOP/s at most\n",
			t.Core, figure(c.Clock), figure(t.Int8GMACs), figure(t.F32GFLOPs))
	}
}

func patternText(p bench.Pattern) string {
	text := fmt.Sprintf("%d streams a thread", p.Streams)
	if p.Ahead {
		text += ", prefetched"
	}
	if p.HugePages {
		text += ", huge pages"
	}
	return text
}

// longest keeps of each type and phase the result with the most tokens.
func longest(results []bench.Result) (list []bench.Result) {
	for _, res := range results {
		i := slices.IndexFunc(list, func(r bench.Result) bool { return r.Type == res.Type && r.Phase == res.Phase })
		switch {
		case i < 0:
			list = append(list, res)
		case res.Tokens > list[i].Tokens:
			list[i] = res
		}
	}
	return list
}

func (a *app) printOps(res bench.Result) {
	fmt.Fprintf(a.out, "\n%s, %s of %d tokens\n", res.Type, res.Phase, res.Tokens)
	t := newTable(a.out, "op", "kind", "ms", "share", "GB/s", "GMAC/s")
	for _, op := range res.Ops {
		t.AppendRow([]any{op.Op, op.Kind, figure(1000 * op.Seconds), percent(op.Share), figure(op.GBps), figure(op.GMACs)})
	}
	t.AppendRow([]any{"(outside)", "", "", percent(res.Outside), "", ""})
	t.Render()
}

// printCosts prints how the time grows.
func (a *app) printCosts(g *bench.Growth) {
	fmt.Fprintf(a.out, "%s: %s, level %s, %d threads\n", g.Type, g.CPU, g.Level, g.Threads)
	t := newTable(a.out, "phase", "tokens", "ms", "products", "attention")
	for _, c := range g.Costs {
		t.AppendRow([]any{c.Phase, c.Tokens, figure(1000 * c.Seconds), figure(1000 * c.Products), figure(1000 * c.Attention)})
	}
	t.Render()
}

// printLevels prints which level of instructions the kernels run at.
func (a *app) printLevels(asJSON bool) error {
	if _, err := cpu.Active(); err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.out, map[string]any{"cpu": cpu.Name(), "levels": cpu.Levels()})
	}
	fmt.Fprintln(a.out, cpu.Name())
	t := newTable(a.out, "level", "used", "why")
	for _, s := range cpu.Levels() {
		used := "no"
		if s.Used {
			used = "yes"
		}
		t.AppendRow([]any{s.Level, used, s.Why})
	}
	t.Render()
	return nil
}

// figure writes a measured number with three digits, large ones whole.
func figure(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
