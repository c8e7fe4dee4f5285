package nn_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

func TestSelectors(t *testing.T) {
	points := toyPoints(t)
	for _, c := range []struct {
		sel  nn.Selector
		want string // names, or "N ops"
	}{
		{"blk.0.attn_norm", "blk.0.attn_norm"},
		{"output_norm", "output_norm"},
		{"blk.*.attn_norm", "blk.0.attn_norm blk.1.attn_norm"},
		{"blk.?.attn_q*", "blk.0.attn_q blk.0.attn_q_rope blk.1.attn_q blk.1.attn_q_rope"},
		{"blk.1-7.attn_norm", "blk.1.attn_norm"},
		{"blk.0-1.ffn_resid", "blk.0.ffn_resid blk.1.ffn_resid"},
		{"kind:rope", "blk.0.attn_q_rope blk.0.attn_k_rope blk.1.attn_q_rope blk.1.attn_k_rope"},
		{"kind:attn_*", "blk.0.attn_scores blk.0.attn_probs blk.0.attn_mix blk.1.attn_scores blk.1.attn_probs blk.1.attn_mix"},
		{func(p nn.Point) bool { return p.Layer == -1 }, "token_embd output_norm output"},

		{"embd", "token_embd"},
		{"inp_embd", "token_embd"},
		{"attn_norm-1", "blk.1.attn_norm"},
		{"Qcur-1", "blk.1.attn_q"},
		{"Qcur-1#2", "blk.1.attn_q_rope"},
		{"Qcur-0#2", "blk.0.attn_q"}, // block 0 has biases: the first node is the product
		{"Qcur-0#3", "blk.0.attn_q_rope"},
		{"Vcur-0", "blk.0.attn_v"},
		{"kq_soft_max-0", "blk.0.attn_probs"},
		{"l_out-1", "blk.1.ffn_resid"},
		{"ffn_moe_topk-1", "blk.1.ffn_topk"},
		{"result_output", "output"},

		{"model.layers.1.input_layernorm", "blk.1.attn_norm"},
		{"layers.0.self_attn.v_proj", "blk.0.attn_v"},
		{"model.layers.0", "blk.0.ffn_resid"},
		{"lm_head", "output"},

		{"blocks.1.attn.hook_pattern", "blk.1.attn_probs"},
		{"blocks.*.hook_resid_post", "blk.0.ffn_resid blk.1.ffn_resid"},
		{"blocks.0.hook_resid_pre", "token_embd"},
		{"blocks.1.hook_resid_pre", "blk.0.ffn_resid"},
		{"blocks.0.ln1.hook_out", "blk.0.attn_norm"},
	} {
		found, err := nn.Select(points, c.sel)
		var names []string
		for _, i := range found {
			names = append(names, points[i].Name)
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%v selects %q, error %v; want %q", c.sel, got, err, c.want)
		}
	}
}

func TestSelectorsThatMatchNothing(t *testing.T) {
	points := toyPoints(t)
	for _, c := range []struct {
		sel     nn.Selector
		nearest string
	}{
		{"blk.0.attn_nrom", "blk.0.attn_norm"},
		{"blk.7.attn_norm", "blk.0.attn_norm"},
		{"blk.3-7.attn_norm", ""},
		{"attn_norm-9", "attn_norm-0"},
		{"kind:rmsnorm", "kind:rms_norm"},
		{"resid_post", ""},
		{func(nn.Point) bool { return false }, ""},
	} {
		_, err := nn.Select(points, c.sel)
		var none *nn.NoMatchError
		if !errors.As(err, &none) {
			t.Errorf("%v: error %v, want a NoMatchError", c.sel, err)
			continue
		}
		if c.nearest != "" && !slices.Contains(none.Nearest, c.nearest) {
			t.Errorf("%v: nearest names %v, want %q among them", c.sel, none.Nearest, c.nearest)
		}
	}
	for _, sel := range []nn.Selector{"blk.[", "blk.5-3.attn_q", 7, nil} {
		if _, err := nn.Select(points, sel); err == nil {
			t.Errorf("%v: no error for a selector that is not well formed", sel)
		}
	}
}

// Names that others have for values which none of our ops has must not be mapped onto the op that is nearest.
func TestNamesOfDifferentValuesAreRefused(t *testing.T) {
	points := toyPoints(t)
	for _, c := range []struct{ sel, nearest string }{
		{"norm-0", "blk.0.attn_norm"},
		{"norm-1#2", "blk.1.ffn_norm"},
		{"norm", "output_norm"},
		{"Qcur-0", "blk.0.attn_q"}, // the product before the bias
		{"ffn_down-0", "blk.0.ffn_down"},
		{"blocks.0.ln1.hook_normalized", "blk.0.attn_norm"},
		{"blocks.*.ln2.hook_normalized", "blk.0.ffn_norm"},
		{"ln_final.hook_normalized", "output_norm"},
		{"blocks.1.attn.hook_attn_scores", "blk.1.attn_scores"},
		{"model.layers.0.self_attn.q_proj", "blk.0.attn_q"},
		{"layers.1.self_attn.k_proj", "blk.1.attn_k"},
		{"blocks.0.attn.hook_rot_q", "blk.0.attn_q_rope"},
	} {
		_, err := nn.Select(points, c.sel)
		var differs *nn.DifferentValueError
		if !errors.As(err, &differs) || differs.Nearest != c.nearest {
			t.Errorf("%s: error %v, want a DifferentValueError with nearest op %s", c.sel, err, c.nearest)
		}
	}
}

func TestFromLlamaCpp(t *testing.T) {
	for _, c := range []struct{ node, op, want string }{
		{"Qcur-3", "MUL_MAT", "blk.3.attn_q"},
		{"Qcur-3#2", "ADD", "blk.3.attn_q"},
		{"Qcur-3#2", "ROPE", "blk.3.attn_q_rope"},
		{"attn_norm-0", "MUL", "blk.0.attn_norm"},
		{"ffn_gate_b-1", "ADD", "blk.1.ffn_gate"},
		{"ffn_out-1", "ADD", "blk.1.ffn_down"},
		{"result_norm", "MUL", "output_norm"},
		{"norm-0", "RMS_NORM", ""},
		{"node_31", "MUL_MAT", ""},
	} {
		if got, _ := nn.FromLlamaCpp(c.node, c.op); got != c.want {
			t.Errorf("%s (%s) is %q, want %q", c.node, c.op, got, c.want)
		}
	}
}
