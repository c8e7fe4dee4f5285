// Package family is the dense llama of package arch as a plugin.
package family

import (
	"math"

	"github.com/sonde-ml/sonde/plugins/api"
)

type llama struct {
	TokenEmbd  *api.Weight `gguf:"token_embd.weight [vocab, embd]"`
	Blocks     []block     `gguf:"blk.%d."`
	OutputNorm *api.Weight `gguf:"output_norm.weight [embd]"`
	Output     api.Linear  `gguf:"output [vocab, embd]" else:"token_embd"`

	Eps  float32
	Rope *api.RoPE
	Attn *api.Attention
}

type block struct {
	AttnNorm *api.Weight `gguf:"attn_norm.weight [embd]"`
	Q        api.Linear  `gguf:"attn_q [heads*head_dim, embd]"`
	K        api.Linear  `gguf:"attn_k [kv_heads*head_dim, embd]"`
	V        api.Linear  `gguf:"attn_v [kv_heads*head_dim, embd]"`
	O        api.Linear  `gguf:"attn_output [embd, heads*head_dim]"`

	FFNNorm *api.Weight `gguf:"ffn_norm.weight [embd]"`
	Dense   *ffn        `when:"experts=0"`
}

type ffn struct {
	Gate api.Linear `gguf:"ffn_gate [ff, embd]"`
	Up   api.Linear `gguf:"ffn_up [ff, embd]"`
	Down api.Linear `gguf:"ffn_down [embd, ff]"`
}

// Register adds the family in place of Sonde's own.
func Register(r *api.Registry) {
	r.Family("llama", func(l *api.Loader) func(p *api.Pass) *api.Tensor {
		m := load(l)
		return func(p *api.Pass) *api.Tensor { return m.forward(p) }
	}, api.PermutedQK())
}

func (m *llama) forward(p *api.Pass) *api.Tensor {
	x := p.Embed("token_embd", m.TokenEmbd)
	for i := 0; i < len(m.Blocks); i++ {
		p, b := p.Block(i), &m.Blocks[i]

		h := p.RMSNorm("attn_norm", x, b.AttnNorm, m.Eps)
		q := p.RoPE("attn_q_rope", p.Linear("attn_q", h, b.Q), m.Rope)
		v := p.Linear("attn_v", h, b.V)
		k := p.RoPE("attn_k_rope", p.Linear("attn_k", h, b.K), m.Rope)
		h = p.Linear("attn_out", p.Attention(q, k, v, m.Attn), b.O)
		x = p.Add("attn_resid", x, h)

		h = p.RMSNorm("ffn_norm", x, b.FFNNorm, m.Eps)
		gate := p.Linear("ffn_gate", h, b.Dense.Gate)
		up := p.Linear("ffn_up", h, b.Dense.Up)
		x = p.Add("ffn_resid", x, p.Linear("ffn_down", p.SwiGLU("ffn_act", gate, up), b.Dense.Down))
	}
	x = p.RMSNorm("output_norm", p.Last(x), m.OutputNorm, m.Eps)
	return p.Linear("output", x, m.Output)
}

func load(l *api.Loader) *llama {
	m := &llama{}
	vocab := l.Vocab()
	embd := l.Width("embedding_length")
	heads := l.Count("attention.head_count")
	kvHeads := l.CountOr("attention.head_count_kv", heads)
	dim := l.HeadDim(embd, heads, kvHeads)

	m.Eps = l.Epsilon("attention.layer_norm_rms_epsilon")
	m.Rope = l.RoPE(api.Neighbours, dim)
	m.Attn = &api.Attention{Heads: heads, KVHeads: kvHeads, HeadDim: dim, Scale: float32(1 / math.Sqrt(float64(dim)))}

	l.Dims = map[string]int{
		"vocab": vocab, "embd": embd, "ff": l.Width("feed_forward_length"), "blocks": l.Blocks(),
		"heads": heads, "kv_heads": kvHeads, "head_dim": dim, "experts": 0,
	}
	l.Bind(m)
	return m
}
