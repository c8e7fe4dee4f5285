package convert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// Models whose choices are spelled out below: each differs from the first in what some rule asks for.
var (
	plain   = shape{name: "plain", layers: 8, width: 256, ff: 512, heads: 8, kvHeads: 8, vocab: 100}
	grouped = shape{name: "grouped", layers: 16, width: 256, ff: 512, heads: 32, kvHeads: 8, vocab: 100}
	experts = shape{name: "experts", layers: 8, width: 256, ff: 512, heads: 32, kvHeads: 8, vocab: 100, experts: 8}
	seventy = shape{name: "seventy", layers: 80, width: 256, ff: 512, heads: 64, kvHeads: 8, vocab: 100}
	tied    = shape{name: "tied", layers: 8, width: 256, ff: 512, heads: 8, kvHeads: 8, vocab: 100, tied: true}
	narrow  = shape{name: "narrow", layers: 8, width: 288, ff: 512, heads: 9, kvHeads: 9, vocab: 100}
)

const (
	moreOf80 = "0-9,12,15,18,21,24,27,30,33,36,39,42,45,48,51,54,57,60,63,66,69,70-79"
	moreOf16 = "0,1,4,7,10,13,14,15"
	moreOf8  = "0,3,6,7"
)

// TestChoices compares with tables that were worked out by hand from the rules of llama-quantize: the matrices get the
// base, except "PART[@LAYERS] TYPE", of which the last that fits counts.
func TestChoices(t *testing.T) {
	for _, tc := range []struct {
		model   shape
		typ     string
		imatrix bool
		base    gguf.Type
		except  []string
	}{
		{plain, "q4_k_m", false, gguf.Q4_K, []string{"output Q6_K", "attn_v@" + moreOf8 + " Q6_K", "ffn_down@" + moreOf8 + " Q6_K"}},
		{plain, "q5_k_m", false, gguf.Q5_K, []string{"output Q6_K", "attn_v@" + moreOf8 + " Q6_K", "ffn_down@" + moreOf8 + " Q6_K"}},
		{plain, "q4_k_s", false, gguf.Q4_K, []string{"output Q6_K", "attn_v@0-3 Q5_K", "ffn_down@0 Q5_K"}},
		{plain, "q3_k_m", false, gguf.Q3_K, []string{"output Q6_K", "attn_v Q4_K", "attn_v@0,1 Q5_K", "ffn_down Q4_K", "attn_output Q4_K"}},
		{plain, "q3_k_l", false, gguf.Q3_K, []string{"output Q6_K", "attn_v Q5_K", "ffn_down Q5_K", "attn_output Q5_K"}},
		{plain, "10", false, gguf.Q2_K, []string{"output Q6_K", "attn_v Q3_K", "ffn_down Q3_K", "attn_output Q3_K"}},
		{plain, "q2_k_s", false, gguf.Q2_K, []string{"output Q6_K", "ffn_down@0 Q4_K"}},
		{plain, "iq2_m", true, gguf.IQ2_S, []string{"output Q5_K", "token_embd IQ3_S", "attn_v IQ3_S", "ffn_down@0 IQ3_S", "attn_output IQ3_S"}},
		{plain, "24", true, gguf.IQ1_S, []string{"output Q5_K", "token_embd Q2_K", "attn_v Q2_K", "ffn_down@0 Q2_K", "attn_output IQ2_XXS"}},
		{plain, "23", true, gguf.IQ3_XXS, []string{"output Q5_K", "token_embd IQ3_S", "attn_k IQ2_S", "attn_q IQ2_S", "attn_output IQ3_S"}},
		{plain, "23", false, gguf.IQ3_XXS, []string{"output Q5_K", "token_embd IQ3_S", "attn_k IQ2_S", "attn_q IQ2_S",
			"attn_output IQ3_S", "attn_v IQ3_S", "ffn_down Q3_K", "ffn_down@0 Q4_K"}},
		{plain, "iq3_xs", true, gguf.IQ3_S, []string{"output Q6_K", "attn_k IQ3_XXS", "attn_q IQ3_XXS", "ffn_gate@1-6 IQ3_XXS", "ffn_up@1-6 IQ3_XXS"}},
		{plain, "iq3_m", true, gguf.IQ3_S, []string{"output Q6_K", "attn_v Q4_K", "ffn_down@0 Q4_K", "attn_output Q4_K"}},
		{plain, "30", false, gguf.IQ4_XS, []string{"output Q6_K", "ffn_down@0 Q5_K"}},
		{plain, "30", true, gguf.IQ4_XS, []string{"output Q6_K"}},
		{plain, "2", false, gguf.Q4_0, []string{"output Q6_K"}},
		{plain, "2", true, gguf.Q4_0, []string{"output Q6_K", "ffn_down@0 Q4_1"}},
		{plain, "8", true, gguf.Q5_0, []string{"output Q6_K", "ffn_down@0 Q5_1"}},
		{plain, "7", true, gguf.Q8_0, nil},
		{plain, "36", false, gguf.TQ1_0, []string{"output Q6_K", "token_embd Q4_K"}},
		{plain, "41", false, gguf.Q2_0, []string{"output Q6_K", "token_embd Q4_K"}},
		{plain, "mxfp4_moe", false, gguf.Q8_0, nil},
		{plain, "q4_k", false, gguf.Q4_K, nil},
		{plain, "bf16", false, gguf.BF16, nil},

		{grouped, "q4_k_m", false, gguf.Q4_K, []string{"output Q6_K", "attn_v@" + moreOf16 + " Q6_K", "ffn_down@" + moreOf16 + " Q6_K"}},
		{grouped, "q3_k_m", false, gguf.Q3_K, []string{"output Q6_K", "attn_v Q4_K", "attn_v@0,1 Q5_K", "ffn_down Q4_K", "ffn_down@0 Q5_K", "attn_output Q4_K"}},
		{grouped, "10", false, gguf.Q2_K, []string{"output Q6_K", "attn_v Q4_K", "ffn_down Q3_K", "attn_output Q3_K"}},
		{grouped, "q2_k_s", true, gguf.Q2_K, []string{"output Q6_K", "attn_v Q4_K", "ffn_down@0,1 Q4_K"}},
		{grouped, "25", false, gguf.IQ4_NL, []string{"output Q6_K", "attn_v Q5_K", "ffn_down@0,1 Q5_K"}},

		{experts, "q4_k_m", false, gguf.Q4_K, []string{"output Q6_K", "attn_v Q8_0", "attn_k Q8_0", "attn_output Q5_K", "ffn_down_exps@" + moreOf8 + " Q6_K"}},
		{experts, "q3_k_l", false, gguf.Q3_K, []string{"output Q6_K", "attn_v Q8_0", "attn_k Q8_0", "ffn_down_exps Q5_K"}},
		{experts, "iq3_m", true, gguf.IQ3_S, []string{"output Q6_K", "attn_v Q8_0", "attn_k Q8_0", "attn_output Q5_K", "ffn_down_exps@" + moreOf8 + " Q4_K"}},
		{experts, "19", true, gguf.IQ2_XXS, []string{"output Q5_K", "token_embd Q2_K", "attn_v Q4_K", "attn_k Q4_K", "attn_output Q5_K", "ffn_down_exps@0 Q2_K"}},
		{experts, "mxfp4_moe", false, gguf.Q8_0, []string{"ffn_gate_exps MXFP4", "ffn_up_exps MXFP4", "ffn_down_exps MXFP4"}},

		{seventy, "q4_k_m", false, gguf.Q4_K, []string{"output Q6_K", "attn_v Q5_K", "attn_v@" + moreOf80 + " Q6_K", "ffn_down@" + moreOf80 + " Q6_K"}},
		{seventy, "11", false, gguf.Q3_K, []string{"output Q6_K", "attn_v Q5_K"}},

		{tied, "q4_k_m", false, gguf.Q4_K, []string{"token_embd Q6_K", "attn_v@" + moreOf8 + " Q6_K", "ffn_down@" + moreOf8 + " Q6_K"}},
		{tied, "20", true, gguf.IQ2_XS, []string{"token_embd Q5_K", "attn_v Q2_K", "ffn_down@0 Q2_K"}},

		// Rows of 288 fit blocks of 32; only ffn_down has rows of 512.
		{narrow, "q4_k_m", false, gguf.Q5_0, []string{"output Q8_0", "attn_v@" + moreOf8 + " Q8_0", "ffn_down Q4_K", "ffn_down@" + moreOf8 + " Q6_K"}},
		{narrow, "q5_k", false, gguf.Q5_1, []string{"ffn_down Q5_K"}},
		{narrow, "q6_k", false, gguf.Q8_0, []string{"ffn_down Q6_K"}},
		{narrow, "tq2_0", false, gguf.Q4_0, []string{"ffn_down TQ2_0"}},
		{narrow, "iq2_xxs", true, gguf.IQ4_NL, []string{"ffn_down IQ2_XXS"}},
		{narrow, "q1_0", true, gguf.F16, []string{"ffn_down Q1_0"}}, // has none to fall back on
	} {
		t.Run(fmt.Sprintf("%s %s imatrix=%t", tc.model.name, tc.typ, tc.imatrix), func(t *testing.T) {
			checkChoices(t, tc.model.traits(), tc.model.tensors(), tc.typ, tc.imatrix, tc.base, tc.except)
		})
	}
}

func TestChoicesOfFalcon(t *testing.T) {
	tensors := []*gguf.Tensor{f32("token_embd.weight", 100, 256), f32("output.weight", 100, 256), f32("output_norm.bias", 256)}
	for i := range 16 {
		blk := "blk." + strconv.Itoa(i) + "."
		tensors = append(tensors, f32(blk+"attn_qkv.weight", 320, 256), f32(blk+"attn_output.weight", 256, 256),
			f32(blk+"ffn_up.weight", 512, 256), f32(blk+"ffn_down.weight", 256, 512))
	}
	model := traits{arch: "falcon", layers: 16, heads: 8, kvHeads: 1}
	for _, tc := range []struct {
		typ    string
		base   gguf.Type
		except []string
	}{
		{"q4_k_m", gguf.Q4_K, []string{"output Q8_0", "attn_qkv@" + moreOf16 + " Q6_K", "ffn_down@" + moreOf16 + " Q5_K", "ffn_down@0 Q6_K"}},
		{"q4_k_s", gguf.Q4_K, []string{"output Q8_0", "attn_qkv@0-3 Q5_K"}},
		{"q3_k_m", gguf.Q3_K, []string{"output Q8_0", "attn_qkv Q4_K", "attn_qkv@0,1 Q5_K", "ffn_down@" + moreOf16 + " Q4_K", "ffn_down@0 Q5_K"}},
		{"q3_k_l", gguf.Q3_K, []string{"output Q8_0", "attn_qkv Q5_K", "attn_output Q4_K", "ffn_down Q4_K"}},
	} {
		t.Run(tc.typ, func(t *testing.T) { checkChoices(t, model, tensors, tc.typ, false, tc.base, tc.except) })
	}
}

func checkChoices(t *testing.T, model traits, tensors []*gguf.Tensor, typ string, imatrix bool, base gguf.Type, except []string) {
	t.Helper()
	recipe, err := parseRecipe(typ)
	if err != nil {
		t.Fatal(err)
	}
	c := &chooser{recipe: recipe, model: model, imatrix: imatrix, notes: &notes{}}
	choices, err := c.chooseAll(tensors)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range choices {
		want := base.String()
		for _, e := range except {
			if where, typ, _ := strings.Cut(e, " "); isAt(c.Name, where) {
				want = typ
			}
		}
		if len(c.Shape) == 1 || strings.Contains(c.Name, "ffn_gate_inp") {
			want = "F32"
		}
		if c.to.String() != want {
			t.Errorf("%s %s: got %s, want %s", typ, c.Name, c.to, want)
		}
	}
}

// isAt reports whether a tensor is the PART of one of the LAYERS, of any if none are given.
func isAt(name, where string) bool {
	part, layers, some := strings.Cut(where, "@")
	if name == part+".weight" {
		return true
	}
	layer, ok := strings.CutSuffix(strings.TrimPrefix(name, "blk."), "."+part+".weight")
	if !ok || !some {
		return ok
	}
	return slices.ContainsFunc(strings.Split(layers, ","), func(span string) bool {
		first, last, ranged := strings.Cut(span, "-")
		if !ranged {
			return layer == span
		}
		lo, _ := strconv.Atoi(first)
		hi, _ := strconv.Atoi(last)
		i, _ := strconv.Atoi(layer)
		return lo <= i && i <= hi
	})
}

func TestWhatKeepsItsType(t *testing.T) {
	for _, tc := range []struct {
		tensor *gguf.Tensor
		want   bool
	}{
		{f32("blk.0.attn_q.weight", 64, 64), false},
		{f32("blk.0.attn_q.bias", 64), true},
		{f32("blk.0.attn_q.weight", 1, 64), true},
		{f32("blk.0.attn_q.weight", 1, 2, 64), false},
		{f32("blk.0.attn_q_norm.weight", 8, 64), true},
		{f32("blk.0.ffn_gate_inp.weight", 8, 64), true},
		{f32("blk.0.ffn_gate_inp_shexp.weight", 8, 64), false},
		{f32("blk.0.ssm_conv1d.weight", 64, 4), true},
		{f32("blk.0.time_mix_w1.weight", 64, 64), true},
		{f32("blk.0.time_mix_key.weight", 64, 64), false},
		{f32("position_embd.weight", 64, 64), true},
		{f32("v.position_embd.weight", 64, 64), true},
		{f32("token_types.weight", 2, 64), true},
		{f32("rope_freqs", 64, 64), true},
		{&gguf.Tensor{Name: "ids.weight", Type: gguf.I32, Shape: []int{64, 64}}, true},
	} {
		if got := keepsType(tc.tensor); got != tc.want {
			t.Errorf("%s %v: got %t, want %t", tc.tensor.Name, tc.tensor.Shape, got, tc.want)
		}
	}
}

func TestFileOrder(t *testing.T) {
	var tensors []*gguf.Tensor
	for _, name := range []string{"blk.10.a.weight", "token_embd.weight", "blk.2.b.weight", "blk.2.a.weight", "blk.x.weight", "output.weight"} {
		tensors = append(tensors, f32(name, 2, 2))
	}
	var got []string
	for _, t := range inFileOrder(tensors) {
		got = append(got, t.Name)
	}
	want := []string{"blk.x.weight", "output.weight", "token_embd.weight", "blk.2.a.weight", "blk.2.b.weight", "blk.10.a.weight"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestExpertsNeedALayer(t *testing.T) {
	for _, name := range []string{"ffn_up_exps.weight", "blk.8.ffn_up_exps.weight"} {
		c := &chooser{recipe: recipe{mixture: mixture{file: fileQ4_K_M, base: gguf.Q4_K}}, model: experts.traits(), notes: &notes{}}
		if _, err := c.chooseAll([]*gguf.Tensor{f32(name, 8, 64, 256)}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
	}
}
