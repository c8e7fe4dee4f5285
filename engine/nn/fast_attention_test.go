package nn_test

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

// attentionOps returns scores and mix of a batch behind 7 cells, with probabilities that a hook may have left.
func attentionOps(tokens int) (scores, mix *nn.Op) {
	const heads, groups, dim, before = 6, 2, 20, 7
	a := &nn.Attention{Heads: heads, KVHeads: groups, HeadDim: dim, Scale: 0.3}
	var pos []int32
	for i := range tokens {
		pos = append(pos, int32(before+i))
	}
	cells := before + tokens
	scores = &nn.Op{
		Name: "s", Kind: nn.AttnScores, Attn: a, Pos: pos, Out: nn.NewTensor(heads, tokens, cells),
		In: []*nn.Tensor{randomTensor(1, tokens, heads, dim), randomTensor(2, cells, groups, dim)},
	}
	mix = &nn.Op{
		Name: "m", Kind: nn.AttnMix, Attn: a, Pos: pos, Out: nn.NewTensor(tokens, heads, dim),
		In: []*nn.Tensor{randomTensor(3, heads, tokens, cells), randomTensor(4, cells, groups, dim)},
	}
	return scores, mix
}

// Scores and mix are near what is exact, scores of cells that a token does not see included.
func TestScoresAndMixAreNearExact(t *testing.T) {
	for _, tokens := range []int{1, 5, 23, 24, 61} {
		scores, mix := attentionOps(tokens)
		for _, op := range []*nn.Op{scores, mix} {
			got, err := nn.Run(nn.Fast, op)
			must(t, err)
			if e := nn.NMSE(got, exactly(t, op)); !(e < 1e-12) {
				t.Errorf("%s of %d tokens: NMSE %g, want below 1e-12", op.Kind, tokens, e)
			}
		}
	}
}

// What is not finite in a value shows in no token before it.
func TestNotFiniteValuesStayInTheirTokens(t *testing.T) {
	const tokens = 40
	_, mix := attentionOps(tokens)
	mix.In[1].Row(2 * (7 + 30))[3] = float32(math.Inf(1)) // of token 30
	got, err := nn.Run(nn.Fast, mix)
	must(t, err)
	for i := range tokens * 6 {
		finite := true
		for _, v := range got.Row(i) {
			finite = finite && v-v == 0
		}
		if want := i/6 < 30 || i%6 >= 3; finite != want {
			t.Errorf("token %d, head %d is finite: %t, want %t", i/6, i%6, finite, want)
		}
	}
}
