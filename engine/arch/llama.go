package arch

import (
	"math"

	"github.com/sonde-ml/sonde/engine/nn"
)

// llama is the family of Llama 1 to 3, TinyLlama, Mistral and, with experts, Mixtral.
// Papers: arXiv 2302.13971 (the block), 2305.13245 (grouped heads), 2401.04088 (experts).
type llama struct {
	TokenEmbd  *nn.Weight   `gguf:"token_embd.weight [vocab, embd]"`
	Blocks     []llamaBlock `gguf:"blk.%d."`
	OutputNorm *nn.Weight   `gguf:"output_norm.weight [embd]"`
	Output     nn.Linear    `gguf:"output [vocab, embd]" else:"token_embd"` // absent: tied to the embedding

	Eps         float32
	Rope        *nn.RoPE
	Attn        *nn.Attention
	ExpertsUsed int
}

type llamaBlock struct {
	AttnNorm *nn.Weight `gguf:"attn_norm.weight [embd]"`
	Q        nn.Linear  `gguf:"attn_q [heads*head_dim, embd]"`
	K        nn.Linear  `gguf:"attn_k [kv_heads*head_dim, embd]"`
	V        nn.Linear  `gguf:"attn_v [kv_heads*head_dim, embd]"`
	O        nn.Linear  `gguf:"attn_output [embd, heads*head_dim]"`

	FFNNorm *nn.Weight    `gguf:"ffn_norm.weight [embd]"`
	Dense   *llamaFFN     `when:"experts=0"`
	Experts *llamaExperts `when:"experts>0"`
}

type llamaFFN struct {
	Gate nn.Linear `gguf:"ffn_gate [ff, embd]"`
	Up   nn.Linear `gguf:"ffn_up [ff, embd]"`
	Down nn.Linear `gguf:"ffn_down [embd, ff]"`
}

type llamaExperts struct {
	Router nn.Linear  `gguf:"ffn_gate_inp [experts, embd]"`
	Gate   *nn.Weight `gguf:"ffn_gate_exps.weight [experts, ff, embd]"`
	Up     *nn.Weight `gguf:"ffn_up_exps.weight [experts, ff, embd]"`
	Down   *nn.Weight `gguf:"ffn_down_exps.weight [experts, embd, ff]"`
}

// Forward computes the logits [tokens, vocab] of the batch.
func (m *llama) Forward(p *nn.Pass) *nn.Tensor {
	x := p.Embed("token_embd", m.TokenEmbd)
	for i := range m.Blocks {
		p, b := p.Block(i), &m.Blocks[i]

		h := p.RMSNorm("attn_norm", x, b.AttnNorm, m.Eps)
		q := p.RoPE("attn_q_rope", p.Linear("attn_q", h, b.Q), m.Rope)
		v := p.Linear("attn_v", h, b.V)
		k := p.RoPE("attn_k_rope", p.Linear("attn_k", h, b.K), m.Rope)
		h = p.Linear("attn_out", p.Attention(q, k, v, m.Attn), b.O)
		x = p.Add("attn_resid", x, h)

		h = p.RMSNorm("ffn_norm", x, b.FFNNorm, m.Eps)
		if b.Experts != nil {
			h = b.Experts.forward(p, h, m.ExpertsUsed)
		} else {
			h = b.Dense.forward(p, h)
		}
		x = p.Add("ffn_resid", x, h)
	}
	x = p.RMSNorm("output_norm", p.Last(x), m.OutputNorm, m.Eps)
	return p.Linear("output", x, m.Output)
}

func (f *llamaFFN) forward(p *nn.Pass, h *nn.Tensor) *nn.Tensor {
	gate := p.Linear("ffn_gate", h, f.Gate)
	up := p.Linear("ffn_up", h, f.Up)
	return p.Linear("ffn_down", p.SwiGLU("ffn_act", gate, up), f.Down)
}

func (e *llamaExperts) forward(p *nn.Pass, h *nn.Tensor, used int) *nn.Tensor {
	probs := p.Softmax("ffn_router_probs", p.Linear("ffn_router", h, e.Router))
	chosen := p.TopK("ffn_topk", probs, used)
	weights := p.ExpertWeights("ffn_expert_weights", probs, chosen)

	gate := p.ExpertLinear("ffn_experts_gate", h, chosen, e.Gate)
	up := p.ExpertLinear("ffn_experts_up", h, chosen, e.Up)
	y := p.ExpertLinear("ffn_experts_down", p.SwiGLU("ffn_experts_act", gate, up), chosen, e.Down)
	return p.ExpertSum("ffn_experts", y, weights)
}

// newLlama reads the numbers of the family and binds its weights.
func newLlama(l *Loader) Network {
	m := &llama{}
	vocab, embd := l.Vocab(), l.Width("embedding_length")
	heads := l.Count("attention.head_count")
	kvHeads := l.CountOr("attention.head_count_kv", heads)
	dim := l.HeadDim(embd, heads, kvHeads)
	experts := l.CountOr("expert_count", 0)

	m.Eps = l.Epsilon("attention.layer_norm_rms_epsilon")
	m.Rope = l.RoPE(nn.Neighbours, dim)
	m.Attn = &nn.Attention{Heads: heads, KVHeads: kvHeads, HeadDim: dim, Scale: float32(1 / math.Sqrt(float64(dim)))}
	m.ExpertsUsed = l.ExpertsUsed(experts)

	l.Dims = map[string]int{
		"vocab": vocab, "embd": embd, "ff": l.Width("feed_forward_length"), "blocks": l.Blocks(),
		"heads": heads, "kv_heads": kvHeads, "head_dim": dim, "experts": experts,
	}
	l.Bind(m)
	return m
}
