package convert

import (
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// delicate are parts of the names of tensors that are small, sensitive, or used in a way that knows no blocks: they
// keep their type whatever the mixture.
var delicate = []string{
	"_norm.weight",
	"ffn_gate_inp.weight", "ffn_gate_tid2eid.weight", // routers
	"altup", "laurel", "per_layer_model_proj",
	"ssm_conv1d", "shortconv.conv.weight",
	"indexer.k_proj.weight", "indexer.q_proj.weight",
	"attn_rel_b.weight",
	// RWKV
	"time_mix_first.weight",
	"time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight",
	"time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight",
	"time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight",
	"time_mix_g1.weight", "time_mix_g2.weight",
	"time_mix_decay_w1.weight", "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight",
	// vision and audio
	".position_embd", "sam.pos_embd", "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd", ".patch_merger",
	"a.rvq.codebook", "mm.a.code_embd",
}

// keepsType reports whether t is none of the matrices that quantisation is about.
func keepsType(t *gguf.Tensor) bool {
	if isVector(t.Shape) || !strings.HasSuffix(t.Name, "weight") || isInteger(t.Type) {
		return true
	}
	if t.Name == "position_embd.weight" || t.Name == "token_types.weight" {
		return true
	}
	for _, part := range delicate {
		if strings.Contains(t.Name, part) {
			return true
		}
	}
	return false
}

// isVector reports whether shape has less than two dimensions, not counting outer ones of size 1.
func isVector(shape []int) bool {
	for len(shape) > 0 && shape[0] == 1 {
		shape = shape[1:]
	}
	return len(shape) < 2
}

// isInteger reports whether t holds numbers that are no weights, such as ids.
func isInteger(t gguf.Type) bool {
	switch t {
	case gguf.I8, gguf.I16, gguf.I32, gguf.I64:
		return true
	}
	return false
}
