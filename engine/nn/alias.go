package nn

import (
	"fmt"
	"strings"
)

// Aliases are the names by which others know the value of a point; "" where they have none.
type Aliases struct {
	LlamaCpp        string // node of llama.cpp's graph; the n-th of a name has #n
	LlamaCppOp      string // ggml's op of that node
	HF              string // module of Hugging Face's transformers whose output it is
	TransformerLens string // hook of TransformerLens
	others          []string
	permuted        []string // names of the same numbers in another order, which are refused
}

// All returns the names, without empty ones.
func (a Aliases) All() []string {
	var names []string
	for _, name := range append([]string{a.LlamaCpp, a.HF, a.TransformerLens}, a.others...) {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// AliasRule gives the foreign names of an op, by its name without the block. %d is the block's number.
type AliasRule struct {
	Node   string // llama.cpp's node
	Biased string // the node of the sum, where the op adds a bias and the sum has another name; else the node's second occurrence
	Op     string // ggml's op
	HF     string
	TL     string
	Others []string // further names of the same value

	// Permuted says that HF and TL hold the same numbers in another order within each head, because the converter
	// permutes the rows of the weight for GGUF's pairing of RoPE. Those names are then refused, not mapped.
	Permuted bool
}

// PermutedQK returns the rules of families whose query and key rows the converter permutes: llama and others
// with GGUF's NORM pairing.
func PermutedQK() AliasTable {
	t := AliasTable{}
	for _, name := range []string{"attn_q", "attn_k", "attn_q_rope", "attn_k_rope"} {
		rule := aliases[name]
		rule.Permuted = true
		t[name] = rule
	}
	return t
}

// AliasTable maps op names without their block to the foreign names.
type AliasTable map[string]AliasRule

// aliases holds for all families unless they say otherwise. Node names: llama.cpp, August 2026.
var aliases = AliasTable{
	"token_embd":         {Node: "embd", Op: "GET_ROWS", HF: "model.embed_tokens", TL: "hook_embed", Others: []string{"inp_embd"}},
	"attn_norm":          {Node: "attn_norm-%d", Op: "MUL", HF: "model.layers.%d.input_layernorm", TL: "blocks.%d.ln1.hook_out"},
	"attn_q":             {Node: "Qcur-%d", Op: "MUL_MAT", HF: "model.layers.%d.self_attn.q_proj", TL: "blocks.%d.attn.hook_q"},
	"attn_k":             {Node: "Kcur-%d", Op: "MUL_MAT", HF: "model.layers.%d.self_attn.k_proj", TL: "blocks.%d.attn.hook_k"},
	"attn_v":             {Node: "Vcur-%d", Op: "MUL_MAT", HF: "model.layers.%d.self_attn.v_proj", TL: "blocks.%d.attn.hook_v"},
	"attn_q_rope":        {Node: "Qcur-%d", Op: "ROPE", TL: "blocks.%d.attn.hook_rot_q"},
	"attn_k_rope":        {Node: "Kcur-%d", Op: "ROPE", TL: "blocks.%d.attn.hook_rot_k"},
	"attn_scores":        {Node: "kq-%d", Op: "MUL_MAT"},
	"attn_probs":         {Node: "kq_soft_max-%d", Op: "SOFT_MAX", TL: "blocks.%d.attn.hook_pattern"},
	"attn_mix":           {Node: "kqv-%d", Op: "MUL_MAT", TL: "blocks.%d.attn.hook_z", Others: []string{"kqv_out-%d"}},
	"attn_out":           {Node: "attn_out-%d", Biased: "attn_out-%d", Op: "MUL_MAT", HF: "model.layers.%d.self_attn", TL: "blocks.%d.hook_attn_out", Others: []string{"model.layers.%d.self_attn.o_proj"}},
	"attn_resid":         {Node: "ffn_inp-%d", Op: "ADD", TL: "blocks.%d.hook_resid_mid"},
	"ffn_norm":           {Node: "ffn_norm-%d", Op: "MUL", HF: "model.layers.%d.post_attention_layernorm", TL: "blocks.%d.ln2.hook_out"},
	"ffn_gate":           {Node: "ffn_gate-%d", Biased: "ffn_gate_b-%d", Op: "MUL_MAT", HF: "model.layers.%d.mlp.gate_proj", TL: "blocks.%d.mlp.hook_pre"},
	"ffn_up":             {Node: "ffn_up-%d", Biased: "ffn_up_b-%d", Op: "MUL_MAT", HF: "model.layers.%d.mlp.up_proj", TL: "blocks.%d.mlp.hook_pre_linear"},
	"ffn_act":            {Node: "ffn_swiglu-%d", Op: "GLU_SWIGLU", TL: "blocks.%d.mlp.hook_post"},
	"ffn_down":           {Node: "ffn_out-%d", Biased: "ffn_out-%d", Op: "MUL_MAT", HF: "model.layers.%d.mlp", TL: "blocks.%d.hook_mlp_out", Others: []string{"model.layers.%d.mlp.down_proj"}},
	"ffn_resid":          {Node: "l_out-%d", Op: "ADD", HF: "model.layers.%d", TL: "blocks.%d.hook_resid_post"},
	"ffn_router":         {Node: "ffn_moe_logits-%d", Op: "MUL_MAT", HF: "model.layers.%d.block_sparse_moe.gate"},
	"ffn_router_probs":   {Node: "ffn_moe_probs-%d", Op: "SOFT_MAX", TL: "blocks.%d.mlp.hook_expert_weights"},
	"ffn_topk":           {Node: "ffn_moe_topk-%d", Op: "VIEW", TL: "blocks.%d.mlp.hook_expert_indices"},
	"ffn_expert_weights": {Node: "ffn_moe_weights_norm-%d", Op: "DIV"},
	"ffn_experts_gate":   {Node: "ffn_moe_gate-%d", Op: "MUL_MAT_ID"},
	"ffn_experts_up":     {Node: "ffn_moe_up-%d", Op: "MUL_MAT_ID"},
	"ffn_experts_act":    {Node: "ffn_moe_swiglu-%d", Op: "GLU_SWIGLU"},
	"ffn_experts_down":   {Node: "ffn_moe_down-%d", Op: "MUL_MAT_ID"},
	"ffn_experts":        {Node: "ffn_moe_out-%d", Op: "ADD", HF: "model.layers.%d.block_sparse_moe", TL: "blocks.%d.hook_mlp_out"},
	"output_norm":        {Node: "result_norm", Op: "MUL", HF: "model.norm", TL: "ln_final.hook_out"},
	"output":             {Node: "result_output", Op: "MUL_MAT", HF: "lm_head", TL: "logits"},
}

// addAliases fills in the foreign names. It counts the nodes of each llama.cpp name over the whole pass,
// since a name may stand on several: the product, the sum with the bias, the rotation.
func addAliases(points []Point, extra AliasTable) {
	seen := map[string]int{}
	for i := range points {
		p := &points[i]
		rule, ok := extra[p.short]
		if !ok {
			if rule, ok = aliases[p.short]; !ok {
				continue
			}
		}
		p.Aliases = Aliases{
			LlamaCpp:        rule.node(p, seen),
			LlamaCppOp:      rule.Op,
			HF:              inLayer(rule.HF, p.Layer),
			TransformerLens: inLayer(rule.TL, p.Layer),
		}
		if p.bias {
			p.Aliases.LlamaCppOp = "ADD"
		}
		if rule.Permuted {
			p.Aliases.permuted = []string{p.Aliases.HF, p.Aliases.TransformerLens}
			p.Aliases.HF, p.Aliases.TransformerLens = "", ""
		}
		for _, other := range rule.Others {
			p.Aliases.others = append(p.Aliases.others, inLayer(other, p.Layer))
		}
		p.Aliases.others = append(p.Aliases.others, residualBefore(p)...)
	}
}

// node returns the name of the last llama.cpp node that p covers, with its occurrence.
func (r AliasRule) node(p *Point, seen map[string]int) string {
	name := r.Node
	nodes := 1
	if p.bias && r.Biased != "" {
		name = r.Biased
	} else if p.bias {
		nodes = 2
	}
	name = inLayer(name, p.Layer)
	seen[name] += nodes
	if n := seen[name]; n > 1 {
		return fmt.Sprintf("%s#%d", name, n)
	}
	return name
}

// residualBefore names the stream that enters the next block, which TransformerLens gives a hook of its own.
func residualBefore(p *Point) []string {
	switch p.short {
	case "token_embd":
		return []string{"blocks.0.hook_resid_pre"}
	case "ffn_resid":
		return []string{fmt.Sprintf("blocks.%d.hook_resid_pre", p.Layer+1)}
	}
	return nil
}

func inLayer(pattern string, layer int) string {
	return strings.ReplaceAll(pattern, "%d", fmt.Sprint(layer))
}

// FromLlamaCpp returns the name of the op whose value a node of llama.cpp's graph has, by the node's name, such as
// Qcur-0#2, and its op, such as ROPE, for ops that all families share.
func FromLlamaCpp(node, op string) (name string, ok bool) {
	base, _, _ := strings.Cut(node, "#")
	prefix, layer := "", ""
	if i := strings.LastIndexByte(base, '-'); i >= 0 {
		base, layer = base[:i]+"-%d", base[i+1:]
		prefix = "blk." + layer + "."
	}
	for short, rule := range aliases {
		plain := rule.Node == base && (rule.Op == op || op == "ADD" && rule.Op == "MUL_MAT" && rule.Biased == "")
		biased := rule.Biased == base && op == "ADD"
		if plain || biased {
			return prefix + short, true
		}
	}
	return "", false
}
