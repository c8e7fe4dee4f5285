package convert

import (
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// TestShapes counts the weights, which depend on all the numbers, and compares with what the makers say.
func TestShapes(t *testing.T) {
	want := map[string]int64{
		"smollm2-135m": 134_515_008, "tinyllama": 1_100_048_384, "llama-3.2-1b": 1_235_814_400 + 32, "llama-7b": 6_738_415_616,
		"llama-13b": 13_015_864_320, "llama-70b": 68_976_648_192, "llama-3-8b": 8_030_261_248, "mistral-7b": 7_241_732_096,
		"mixtral-8x7b": 46_702_792_704, "tiny": 1_377_536, "tiny-moe": 3_738_880,
	}
	for _, name := range Shapes() {
		s, err := shapeByName(name)
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		for _, tensor := range s.tensors() {
			weights := int64(1)
			for _, d := range tensor.Shape { // more than an int can hold, on some machines
				weights *= int64(d)
			}
			n += weights
		}
		if n != want[name] {
			t.Errorf("%s has %d weights, want %d", name, n, want[name])
		}
	}
}

func TestVocabularySizes(t *testing.T) {
	for _, s := range shapes {
		kv := vocabulary(s.vocab)
		value := func(key string) gguf.Value {
			i := slices.IndexFunc(kv, func(kv gguf.KV) bool { return kv.Key == "tokenizer.ggml."+key })
			return kv[i].Value
		}
		tokens, _ := value("tokens").StringSlice()
		if n := len(tokens); n != s.vocab || value("scores").Len() != n || value("token_type").Len() != n {
			t.Errorf("%s: %d tokens, %d scores, %d types, want %d of each", s.name, n, value("scores").Len(), value("token_type").Len(), s.vocab)
		}
		if slices.Sort(tokens); len(slices.Compact(tokens)) != s.vocab {
			t.Errorf("%s: some tokens are there twice", s.name)
		}
	}
}

// TestRopeDivisors compares with the rule of Llama 3.1's reference code, spelled in wavelengths, for Llama 3.2 1B.
func TestRopeDivisors(t *testing.T) {
	s, err := shapeByName("llama-3.2-1b")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 32)
	s.ropeDivisors(got)
	for i, d := range got {
		switch {
		case d < 1 || d > 32, i > 0 && d < got[i-1]:
			t.Errorf("divisor %d is %g after %v, want them to grow from 1 to 32", i, d, got[:i])
		}
	}
	// 500000^(-2i/64) has a wavelength of 2048 at i = 14.1, and of 8192 at 17.5.
	if got[14] != 1 || got[15] == 1 || got[17] == 32 || got[18] != 32 {
		t.Errorf("got %v, want 1 up to 14 and 32 from 18", got)
	}
}
