package bench

import (
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Report is what a run of the benchmark found. Its JSON is that of sonde bench.
type Report struct {
	CPU      string    `json:"cpu"`
	Level    cpu.Level `json:"level"`
	Threads  int       `json:"threads"`
	Ceilings Ceilings  `json:"ceilings"`
	Results  []Result  `json:"results"`
}

// The phases of a run.
const (
	Prefill = "prefill" // tokens in one go, from an empty context, for the logits of the last
	Decode  = "decode"  // tokens one by one, from an empty context
)

// Result is the speed of a model in one phase.
type Result struct {
	Type   string `json:"type"`   // of the weights, or of the mixture: "q4_k", "q4_k_m"
	Phase  string `json:"phase"`  // [Prefill] or [Decode]
	Tokens int    `json:"tokens"` //

	TokensPerSecond float64 `json:"tokens_per_s"`
	GBps            float64 `json:"gbps"`              // bytes of the weights that a token reads × tokens/s
	GMACs           float64 `json:"gmacs"`             // multiply-adds with weights
	OfCeiling       float64 `json:"of_ceiling"`        // 0 … 1, over the whole pass
	MatMulOfCeiling float64 `json:"matmul_of_ceiling"` // the same over the time that products with weights take

	Outside float64 `json:"outside"` // share of the time that is spent in no op
	Ops     []Op    `json:"ops"`     // in the order of the pass
}

// Op is the cost of the ops of one name, in all blocks, over a whole phase.
type Op struct {
	Op      string  `json:"op"` // without its block: "attn_q"
	Kind    string  `json:"kind"`
	Seconds float64 `json:"seconds"`
	Share   float64 `json:"share"` // of the time of the phase

	// What an op cannot do without: the bytes that it reads and writes, each once, and its multiply-adds. Where one
	// needs an exponential or a quotient, that counts as one, too.
	GBps  float64 `json:"gbps"`
	GMACs float64 `json:"gmacs"`
}

// Intensity returns the multiply-adds for each byte, 0 where there are none.
func (o Op) Intensity() float64 { return ratio(o.GMACs, o.GBps) }

// Product reports whether the op multiplies by a matrix of weights.
func (o Op) Product() bool { return product(nn.Kind(o.Kind)) }

// ratio is 0 for what cannot be measured: an op that took no time.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
