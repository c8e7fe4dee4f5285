package nn

import "math"

// Attention is the geometry of an attention: which of the heads reads which key-value head, and the scale of its scores.
type Attention struct {
	Heads   int     // H
	KVHeads int     // G; head h reads key-value head h/(H/G)
	HeadDim int     // d
	Scale   float32 // of the scores before the softmax, usually 1/√d
}

// group returns how many heads share a key-value head.
func (a *Attention) group() int { return a.Heads / a.KVHeads }

// Pairing says which two entries of a head RoPE turns together.
type Pairing int

const (
	Neighbours Pairing = iota // (2i, 2i+1): GGUF's NORM
	Halves                    // (i, i+dim/2): NEOX
)

// RoPE holds the parameters of rotary positions (arXiv 2104.09864).
// Pair i of a token at position p is turned by the angle p·Freqs[i].
type RoPE struct {
	Pairing Pairing
	Freqs   []float64 // radians per position, one a pair: half as many as entries are turned
	Mag     float64   // factor of cosine and sine: 1, or YaRN's
}

// NewRoPE returns RoPE over the first dim entries of a head: Freqs[i] = base^(−2i/dim).
func NewRoPE(pairing Pairing, dim int, base float64) *RoPE {
	r := &RoPE{Pairing: pairing, Freqs: make([]float64, dim/2), Mag: 1}
	for i := range r.Freqs {
		r.Freqs[i] = math.Pow(base, -2*float64(i)/float64(dim))
	}
	return r
}

// Divide divides the frequency of each pair by its factor (Llama 3's rope_freqs.weight).
func (r *RoPE) Divide(factors []float32) {
	for i, f := range factors {
		r.Freqs[i] /= float64(f)
	}
}

// ScaleLinear divides all frequencies by factor (arXiv 2306.15595).
func (r *RoPE) ScaleLinear(factor float64) {
	for i := range r.Freqs {
		r.Freqs[i] /= factor
	}
}

// YaRN's customary bounds, in turns over the original context: pairs that turn more often than
// yarnFast keep their frequency, those below yarnSlow are interpolated.
const yarnFast, yarnSlow = 32, 1

// ScaleYaRN interpolates slow pairs by factor, keeps fast ones, and raises the magnitude
// by 1 + 0.1·ln factor (arXiv 2309.00071). context is the length that the model was trained on.
func (r *RoPE) ScaleYaRN(base, factor float64, context int) {
	dim := float64(2 * len(r.Freqs))
	pairThatTurns := func(times float64) float64 {
		return dim * math.Log(float64(context)/(times*2*math.Pi)) / (2 * math.Log(base))
	}
	low := max(0, math.Floor(pairThatTurns(yarnFast)))
	high := min(dim-1, math.Ceil(pairThatTurns(yarnSlow)))
	for i, f := range r.Freqs {
		interpolated := min(1, max(0, (float64(i)-low)/max(0.001, high-low)))
		r.Freqs[i] = f/factor*interpolated + f*(1-interpolated)
	}
	r.Mag *= 1 + 0.1*math.Log(factor)
}

// pair returns the entries of a head that pair i turns.
func (r *RoPE) pair(i int) (first, second int) {
	if r.Pairing == Halves {
		return i, i + len(r.Freqs)
	}
	return 2 * i, 2*i + 1
}
