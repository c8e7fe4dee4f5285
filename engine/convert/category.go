package convert

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// category is what a tensor is to the rules of a mixture.
type category int

const (
	other category = iota
	output
	embedding
	attnV // and what holds values, too: attn_qkv, attn_kv_b
	attnK
	attnQ
	attnOutput
	ffnUp
	ffnGate
	ffnDown
)

// nameParts are tried in order. Those of the FFN take in the experts, too, whose names go on: ffn_up_exps.
var nameParts = []struct {
	part string
	category
}{
	{"attn_qkv.weight", attnV}, {"attn_kv_b.weight", attnV}, {"attn_v.weight", attnV},
	{"attn_k.weight", attnK}, {"attn_q.weight", attnQ}, {"attn_output.weight", attnOutput},
	{"ffn_up", ffnUp}, {"ffn_gate", ffnGate}, {"ffn_down", ffnDown},
}

func categoryOf(name string) category {
	switch name {
	case "output.weight":
		return output
	case "token_embd.weight", "per_layer_token_embd.weight":
		return embedding
	}
	for _, p := range nameParts {
		if strings.Contains(name, p.part) {
			return p.category
		}
	}
	return other
}

// layerOf reads the layer from a name such as blk.7.ffn_up.weight; it is -1 for tensors outside the layers.
func layerOf(name string) int {
	rest, ok := strings.CutPrefix(name, "blk.")
	digits, _, dotted := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(digits, 10, 31)
	if !ok || !dotted || err != nil {
		return -1
	}
	return int(n)
}

// inFileOrder returns the tensors as llama-quantize visits and writes them: those outside the layers, then layer by layer,
// each by name.
func inFileOrder(tensors []*gguf.Tensor) []*gguf.Tensor {
	return slices.SortedStableFunc(slices.Values(tensors), func(a, b *gguf.Tensor) int {
		return cmp.Or(cmp.Compare(layerOf(a.Name), layerOf(b.Name)), strings.Compare(a.Name, b.Name))
	})
}
