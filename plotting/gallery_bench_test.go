package plotting

import (
	"math"

	"github.com/sonde-ml/sonde/engine/bench"
)

// opsMeasured are the ops of a model of 1.1 G weights of 8 bits, as one machine ran them.
func opsMeasured(decode bool) (ops []bench.Op) {
	for _, op := range []struct {
		name, kind      string
		intensity, rate float64 // of prefill, as a share of the ceiling
		share           float64
	}{
		{"token_embd", "embed", 0, 0, 0.001},
		{"attn_norm", "rms_norm", 0.25, 0.04, 0.006}, {"attn_q", "linear", 320, 0.52, 0.06}, {"attn_q_rope", "rope", 0.26, 0.02, 0.01},
		{"attn_k", "linear", 90, 0.31, 0.011}, {"attn_k_rope", "rope", 0.25, 0.01, 0.002}, {"attn_v", "linear", 91, 0.33, 0.01},
		{"attn_mix", "attention", 110, 0.08, 0.14}, {"attn_out", "linear", 321, 0.5, 0.062}, {"attn_resid", "add", 0.083, 0.01, 0.009},
		{"ffn_norm", "rms_norm", 0.24, 0.04, 0.006}, {"ffn_gate", "linear", 390, 0.56, 0.19}, {"ffn_up", "linear", 391, 0.57, 0.19},
		{"ffn_act", "swiglu", 0.33, 0.03, 0.03}, {"ffn_down", "linear", 392, 0.53, 0.2}, {"ffn_resid", "add", 0.084, 0.01, 0.009},
		{"output_norm", "rms_norm", 0.26, 0.02, 0.0001}, {"output", "linear", 0.94, 0.03, 0.006},
	} {
		gmacs := op.rate * math.Min(1090, 83*op.intensity)
		if op.kind == "linear" && decode {
			op.intensity, gmacs = 0.93+0.01*op.share, 83*0.93*(0.6+0.9*op.rate-0.3)
		} else if decode {
			op.share, op.intensity, gmacs = op.share/4, math.Min(op.intensity, 0.9), gmacs*0.4
		}
		ops = append(ops, bench.Op{Op: op.name, Kind: op.kind, Share: op.share, GMACs: gmacs, GBps: gmacs / math.Max(op.intensity, 1e-9), Seconds: op.share})
	}
	return ops
}

func reportOf(types ...string) *bench.Report {
	r := &bench.Report{
		CPU: "EPYC, two cores", Level: "avx512-vnni", Threads: 2,
		Ceilings: bench.Ceilings{ReadGBps: 83, Int8GMACs: 1090, F32GFLOPs: 545},
	}
	for i, t := range types {
		slower := 1 + 0.4*float64(i)
		for _, phase := range []string{bench.Prefill, bench.Decode} {
			ops := opsMeasured(phase == bench.Decode)
			for j := range ops {
				ops[j].GMACs /= slower
				ops[j].GBps /= slower * slower
			}
			r.Results = append(r.Results, bench.Result{Type: t, Phase: phase, Tokens: 64, Ops: ops})
		}
	}
	return r
}

func rooflineOfModel() (*Figure, error) { return Bench(reportOf("q8_0"), "example.gguf") }

func rooflineOfTypes() (*Figure, error) {
	return Bench(reportOf("q8_0", "q4_k", "iq2_xs", "f16"), "synthetic models")
}

func costsOfGrowth() (*Figure, error) {
	g := &bench.Growth{CPU: "EPYC, two cores", Level: "avx512-vnni", Threads: 2, Type: "q8_0"}
	for n := 16; n <= 8192; n *= 2 {
		if n <= 4096 {
			products, attention := 0.0021*float64(n)+0.02, 4e-7*float64(n)*float64(n)
			g.Costs = append(g.Costs, bench.Cost{Phase: bench.Prefill, Tokens: n, Seconds: 1.06 * (products + attention), Products: products, Attention: attention})
		}
		attention := 2e-6 * float64(n)
		g.Costs = append(g.Costs, bench.Cost{Phase: bench.Decode, Tokens: n, Seconds: 1.02 * (0.014 + attention), Products: 0.014, Attention: attention})
	}
	return Growth(g, "example.gguf")
}

func errorsOfTypes() (*Figure, error) {
	return TypeErrors{
		Title:    "Error of each type",
		Subtitle: "example.gguf · blk.0.ffn_up.weight",
		Types: []TypeError{
			{"F32", 32, 0}, {"Q8_0", 8.5, 3.4e-5}, {"Q6_K", 6.56, 3.1e-4}, {"Q5_K", 5.5, 1.3e-3}, {"Q5_0", 5.5, 1.9e-3}, {"Q5_1", 6, 1.4e-3},
			{"Q4_K", 4.5, 5.1e-3}, {"Q4_0", 4.5, 7.9e-3}, {"Q4_1", 5, 6e-3}, {"IQ4_NL", 4.5, 5.4e-3}, {"IQ4_XS", 4.25, 5.6e-3}, {"MXFP4", 4.25, 1.3e-2},
			{"NVFP4", 4.5, 8.5e-3}, {"Q3_K", 3.44, 2.1e-2}, {"IQ3_S", 3.44, 1.8e-2}, {"IQ3_XXS", 3.06, 3.1e-2}, {"Q2_K", 2.63, 7.5e-2},
			{"IQ2_S", 2.56, 6e-2}, {"IQ2_XS", 2.31, 7.8e-2}, {"IQ2_XXS", 2.06, 1.1e-1}, {"TQ2_0", 2.06, 0.62}, {"TQ1_0", 1.69, 0.62}, {"IQ1_S", 1.56, 0.25}, {"IQ1_M", 1.75, 0.22},
		},
	}.Draw()
}
