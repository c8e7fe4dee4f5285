package plotting

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// gallery is the figures that are kept as golden pictures. Their data are made up, but of the kind that models have.
func gallery() map[string]func() (*Figure, error) {
	return map[string]func() (*Figure, error){
		"histogram":            histogramOfWeights,
		"histogram_norm":       histogramOfNorm,
		"histogram_outliers":   histogramOfOutliers,
		"histogram_shared":     histogramOfTwo,
		"histogram_nan":        histogramOfNaN,
		"layers_norm":          layersOfNorm,
		"layers_matrix":        layersOfMatrix,
		"residual":             residualOfPrompt,
		"residual_token":       residualOfToken,
		"attention":            attentionOfSentence,
		"attention_log":        attentionLog,
		"attention_difference": attentionDifference,
		"attention_long":       attentionLong,
		"attention_step":       attentionStep,
		"errors":               errorsOfRun,
		"errors_few":           errorsOfFewOps,
		"errors_noise":         errorsOfCleanRun,
		"roofline":             rooflineOfModel,
		"roofline_types":       rooflineOfTypes,
		"costs":                costsOfGrowth,
		"type_errors":          errorsOfTypes,
	}
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(22565, 4096)) }

// normal returns n values of a heavy-tailed distribution with about the given deviation.
func normal(r *rand.Rand, n int, mean, deviation float64) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(mean + deviation*r.NormFloat64()*math.Exp(0.25*r.NormFloat64()))
	}
	return values
}

func histogramOfWeights() (*Figure, error) {
	values := normal(newRand(), 200_000, 0, 0.021)
	values[7], values[99] = 0.41, -0.36
	return Histogram{
		Title:    "blk.3.ffn_down.weight",
		Subtitle: "example.gguf · F32 [256, 768]",
		Samples:  []Sample{{Values: values}},
	}.Draw()
}

func histogramOfNorm() (*Figure, error) {
	values := normal(newRand(), 64, 0.006, 0.03)
	values[3], values[40] = -0.582, 0.77
	return Histogram{
		Title:    "blk.0.attn_norm.weight",
		Subtitle: "example.gguf · F32 [64]",
		Samples:  []Sample{{Values: values}},
	}.Draw()
}

func histogramOfOutliers() (*Figure, error) {
	values := normal(newRand(), 50_000, 0, 0.02)
	values[5], values[6], values[7] = 1e30, 52, -61
	return Histogram{
		Title:    "blk.1.attn_k.weight",
		Subtitle: "example.gguf · BF16 [256, 256]",
		Samples:  []Sample{{Values: values}},
	}.Draw()
}

func histogramOfTwo() (*Figure, error) {
	values := normal(newRand(), 50_000, 0, 0.02)
	coarse := make([]float32, len(values))
	for i, v := range values {
		coarse[i] = float32(math.Round(float64(v)*60) / 60)
	}
	return Histogram{
		Title:    "blk.1.attn_k.weight before and after quantisation",
		Subtitle: "example.gguf · F32 and Q4_0 [256, 256]",
		Samples:  []Sample{{Name: "F32", Values: values}, {Name: "Q4_0", Values: coarse}},
	}.Draw()
}

func histogramOfNaN() (*Figure, error) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	return Histogram{
		Title:   "blk.2.ffn_up.weight",
		Samples: []Sample{{Values: []float32{nan, nan, inf, -inf, nan}}},
	}.Draw()
}

// statistics of a kind of weight that grows over the layers.
func layerStats(n int, mean, growth, reach float64) []LayerStat {
	r := newRand()
	stats := make([]LayerStat, n)
	for i := range stats {
		size := math.Exp(growth*float64(i)) * (1 + 0.1*r.NormFloat64())
		m := mean * size
		rms := math.Hypot(m, 0.04*size)
		stats[i] = LayerStat{Layer: i, Min: m - reach*size*(1+0.2*r.Float64()), Mean: m, Max: m + reach*size*(1+0.4*r.Float64()), RMS: rms}
	}
	return stats
}

func layersOfNorm() (*Figure, error) {
	return LayerStats{
		Title:    "attn_norm over the layers",
		Subtitle: "example.gguf · F32 [2048]",
		Layers:   layerStats(22, 0.02, 0.18, 0.3),
	}.Draw()
}

func layersOfMatrix() (*Figure, error) {
	stats := layerStats(32, 0.0002, 0.012, 0.4)
	stats[9].RMS, stats[9].Max = math.NaN(), math.Inf(1)
	return LayerStats{
		Title:    "ffn_down over the layers",
		Subtitle: "example.gguf · Q4_K [4096, 14336]",
		Layers:   stats,
	}.Draw()
}

func residualPoints(layers, tokens int) []ResidualPoint {
	r := newRand()
	norm := make([]float64, tokens)
	habit := make([]float64, tokens) // how fast each token grows
	for t := range habit {
		habit[t] = math.Exp(0.35 * r.NormFloat64())
	}
	var points []ResidualPoint
	for layer := -1; layer < layers; layer++ {
		for half := range 2 {
			for t := range norm {
				norm[t] = norm[t]*1.06 + 0.05*habit[t]*math.Exp(0.5*r.NormFloat64())
			}
			if layer == 1 {
				norm[0] += 9
			}
			if layer >= 0 || half == 1 {
				points = append(points, ResidualPoint{Layer: layer, RMS: append([]float64(nil), norm...)})
			}
		}
	}
	return points
}

func residualOfPrompt() (*Figure, error) {
	return ResidualNorms{
		Title:    "Rms of the residual stream",
		Subtitle: `example.gguf · "Once upon a time, there was a little girl named Lily."`,
		Points:   residualPoints(22, 14),
	}.Draw()
}

func residualOfToken() (*Figure, error) {
	return ResidualNorms{Title: "Rms of the residual stream", Subtitle: "example.gguf · one token", Points: residualPoints(5, 1)}.Draw()
}

func sentence() []string {
	return []string{"<s>", " Once", " upon", " a", " time", ",", " there", " was", " a", " little", " girl", " named",
		" Lily", ".", "\n", " She", " 喜歡", "\x1b[31m", " unbelievably-long-token"}
}

// pattern is a softmax over random scores that favour the first token and the recent ones.
func pattern(queries, keys int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	weights := make([]float32, queries*keys)
	for q := range queries {
		row := weights[q*keys : (q+1)*keys]
		last := q + keys - queries
		sum := 0.
		for k := 0; k <= last; k++ {
			score := 1.4*r.NormFloat64() - 0.12*math.Min(float64(last-k), 25)
			if k == 0 {
				score += 3
			}
			row[k] = float32(math.Exp(score))
			sum += float64(row[k])
		}
		for k := range row {
			row[k] /= float32(sum)
		}
	}
	return weights
}

func attentionOfSentence() (*Figure, error) {
	tokens := sentence()
	return AttentionPattern{
		Title:    "Attention of layer 2, head 3",
		Subtitle: "example.gguf · blk.2.attn_probs",
		Weights:  pattern(len(tokens), len(tokens), 1), Queries: tokens, Keys: tokens,
	}.Draw()
}

func attentionLog() (*Figure, error) {
	tokens := sentence()[:15]
	weights := pattern(len(tokens), len(tokens), 2)
	weights[3*len(tokens)+1] = float32(math.NaN())
	weights[2*len(tokens)+9] = 0.02
	return AttentionPattern{
		Title:    "Attention of layer 2, head 3",
		Subtitle: "example.gguf · blk.2.attn_probs",
		Weights:  weights, Queries: tokens, Keys: tokens, Scale: Log,
	}.Draw()
}

func attentionDifference() (*Figure, error) {
	tokens := sentence()
	weights := pattern(len(tokens), len(tokens), 1)
	for i, w := range pattern(len(tokens), len(tokens), 3) {
		weights[i] -= w
	}
	return AttentionPattern{
		Title:    "Attention of layer 2, head 3: patched less clean",
		Subtitle: "example.gguf · blk.2.attn_probs",
		Weights:  weights, Queries: tokens, Keys: tokens, Scale: Difference,
	}.Draw()
}

func attentionLong() (*Figure, error) {
	tokens := strings.SplitAfter(strings.Repeat("the quick brown fox jumps over a lazy dog and ", 5)+"rests", " ")
	f, err := AttentionPattern{
		Title:   "Attention of layer 0, head 0, smaller",
		Weights: pattern(len(tokens), len(tokens), 4), Queries: tokens, Keys: tokens, ToMax: true,
	}.Draw()
	f.Width, f.Height = 11, 10.5
	return f, err
}

func attentionStep() (*Figure, error) {
	tokens := sentence()
	return AttentionPattern{
		Title:   "Attention of layer 4, head 1, while generating",
		Weights: pattern(2, len(tokens), 5), Queries: tokens[len(tokens)-2:], Keys: tokens,
	}.Draw()
}

// opNames are the ops of a Llama with so many layers.
func opNames(layers int) []string {
	names := []string{"token_embd"}
	block := strings.Fields("attn_norm attn_q attn_q_rope attn_k attn_k_rope attn_v attn_scores attn_probs attn_mix " +
		"attn_out attn_resid ffn_norm ffn_gate ffn_up ffn_act ffn_down ffn_resid")
	for i := range layers {
		for _, op := range block {
			names = append(names, fmt.Sprintf("blk.%d.%s", i, op))
		}
	}
	return append(names, "output_norm", "output")
}

// opErrors has noise until the op fault, from which on the error stays.
func opErrors(names []string, fault string) []OpError {
	r := newRand()
	broken := false
	ops := make([]OpError, len(names))
	for i, name := range names {
		broken = broken || name == fault
		nmse := 3e-14 * math.Exp(r.NormFloat64()+2e-3*float64(i))
		if broken && !strings.HasSuffix(name, "attn_v") && !strings.HasSuffix(name, "attn_k") {
			nmse = math.Min(1, 0.02*math.Exp(0.8*r.NormFloat64()))
		}
		ops[i] = OpError{Op: name, NMSE: nmse}
	}
	ops[0] = OpError{Op: ops[0].Op, Equal: true}
	return ops
}

func errorsOfRun() (*Figure, error) {
	ops := opErrors(opNames(8), "blk.3.attn_q_rope")
	for i := len(ops) - 4; i < len(ops); i++ {
		ops[i].NMSE = math.NaN()
	}
	return OpErrors{
		Title:    "The runs differ from blk.3.attn_q_rope on",
		Subtitle: "reference: llama.cpp · got: example.gguf, fast",
		Ops:      ops, Tolerance: 1e-10,
	}.Draw()
}

func errorsOfFewOps() (*Figure, error) {
	return OpErrors{
		Title:    "The runs differ from blk.0.ffn_norm on",
		Subtitle: "reference: llama.cpp · got: example.gguf, fast",
		Ops:      opErrors(opNames(1), "blk.0.ffn_norm"), Tolerance: 1e-10,
	}.Draw()
}

func errorsOfCleanRun() (*Figure, error) {
	return OpErrors{
		Title:    "The runs are equal but for noise",
		Subtitle: "reference: exact · got: fast",
		Ops:      opErrors(opNames(32), ""), Tolerance: 1e-10,
	}.Draw()
}
