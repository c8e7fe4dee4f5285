package convert

import (
	"strconv"

	"github.com/sonde-ml/sonde/gguf"
)

// rule returns the type that the mixture gives t: its base, unless a line here says otherwise. The lines are those of
// llama-quantize; they were found by measuring perplexity.
func (c *chooser) rule(t *gguf.Tensor) (gguf.Type, error) {
	kind := categoryOf(t.Name)
	switch {
	case kind == output, kind == embedding && c.tied:
		return c.outputRule(t.RowLen()), nil
	case c.file == fileMXFP4_MOE:
		return expertsOnly(t.Shape), nil
	case kind == embedding:
		return c.embeddingRule(), nil
	case c.belowThreeBits():
		return c.lowBitsRule(kind), nil
	}
	switch kind {
	case attnV:
		return c.valueRule(), nil
	case attnK, attnQ:
		return c.queryKeyRule(kind), nil
	case attnOutput:
		return c.attnOutputRule(), nil
	case ffnUp, ffnGate, ffnDown:
		return c.ffnRule(kind, t.Name)
	}
	return c.base, nil
}

// more says which layers of n are worth more bits: the first and last eighth, and every third between.
func more(i, n int) bool { return i < n/8 || i >= 7*n/8 || (i-n/8)%3 == 2 }

func (c *chooser) outputRule(row int) gguf.Type {
	switch {
	case c.file == fileMXFP4_MOE, c.model.arch == "falcon", row%c.base.BlockWeights() != 0, c.base == gguf.Q8_0:
		return gguf.Q8_0
	case c.belowThreeBits(), c.file == fileIQ3_XXS:
		return gguf.Q5_K
	}
	return gguf.Q6_K
}

func expertsOnly(shape []int) gguf.Type {
	if matrices(shape) > 1 {
		return gguf.MXFP4
	}
	return gguf.Q8_0
}

func (c *chooser) embeddingRule() gguf.Type {
	switch c.file {
	case fileIQ1_S, fileIQ1_M, fileIQ2_XXS, fileIQ2_XS:
		return gguf.Q2_K
	case fileIQ2_S, fileIQ2_M, fileIQ3_XXS:
		return gguf.IQ3_S
	case fileTQ1_0, fileTQ2_0, fileQ2_0:
		return gguf.Q4_K
	}
	return c.base
}

// belowThreeBits reports whether the mixture is one of those with rules of their own.
func (c *chooser) belowThreeBits() bool {
	switch c.file {
	case fileIQ1_S, fileIQ1_M, fileIQ2_XXS, fileIQ2_XS, fileIQ2_S, fileIQ2_M:
		return true
	}
	return false
}

func (c *chooser) lowBitsRule(kind category) gguf.Type {
	better := gguf.Q2_K
	if c.file == fileIQ2_S || c.file == fileIQ2_M {
		better = gguf.IQ3_S
	}
	switch kind {
	case attnV:
		if c.model.group() >= 4 || c.model.experts >= 4 {
			return gguf.Q4_K
		}
		return better
	case attnK:
		if c.model.experts == 8 {
			return gguf.Q4_K
		}
	case ffnDown:
		if c.next(ffnDown) < c.model.layers/8 {
			return better
		}
	case attnOutput:
		return c.lowBitsOutput()
	}
	return c.base
}

func (c *chooser) lowBitsOutput() gguf.Type {
	switch {
	case c.model.experts == 8:
		return gguf.Q5_K
	case c.file == fileIQ1_S || c.file == fileIQ1_M:
		return gguf.IQ2_XXS
	case c.file == fileIQ2_S || c.file == fileIQ2_M:
		return gguf.IQ3_S
	}
	return c.base
}

// valueRule is about attn_v and what holds values, too: small where heads share values, and much depends on it.
func (c *chooser) valueRule() gguf.Type {
	t := c.valueType(c.next(attnV))
	if c.model.seventyB() && (t == gguf.Q3_K || t == gguf.Q4_K) {
		t = gguf.Q5_K
	}
	if c.model.experts == 8 {
		t = gguf.Q8_0
	}
	return t
}

func (c *chooser) valueType(i int) gguf.Type {
	shared := c.model.group() >= 4
	switch {
	case c.file == fileQ2_K && !shared:
		return gguf.Q3_K
	case c.file == fileIQ3_XXS && !shared && !c.imatrix:
		return gguf.IQ3_S
	case c.is(fileQ2_K, fileQ2_K_S, fileIQ3_XXS, fileIQ3_XS, fileIQ3_S) && shared, c.file == fileIQ3_M:
		return gguf.Q4_K
	case c.file == fileQ3_K_M && i >= 2:
		return gguf.Q4_K
	case c.is(fileQ3_K_M, fileQ3_K_L), c.is(fileIQ4_NL, fileIQ4_XS) && shared, c.file == fileQ4_K_S && i < 4:
		return gguf.Q5_K
	case c.is(fileQ4_K_M, fileQ5_K_M) && more(i, c.values):
		return gguf.Q6_K
	}
	return c.base
}

func (c *chooser) queryKeyRule(kind category) gguf.Type {
	switch {
	case kind == attnK && c.model.experts == 8:
		return gguf.Q8_0
	case c.file == fileIQ3_XS:
		return gguf.IQ3_XXS
	case c.file == fileIQ3_XXS:
		return gguf.IQ2_S
	}
	return c.base
}

func (c *chooser) attnOutputRule() gguf.Type {
	switch {
	case c.model.arch == "falcon":
		if c.file == fileQ3_K_L {
			return gguf.Q4_K
		}
	case c.model.experts == 8:
		if c.is(fileQ2_K, fileIQ3_XS, fileIQ3_XXS, fileQ3_K_S, fileQ3_K_M, fileIQ4_NL, fileQ4_K_S, fileQ4_K_M,
			fileIQ3_S, fileIQ3_M, fileIQ4_XS) {
			return gguf.Q5_K
		}
	case c.file == fileQ2_K:
		return gguf.Q3_K
	case c.file == fileIQ3_XXS:
		return gguf.IQ3_S
	case c.is(fileQ3_K_M, fileIQ3_M):
		return gguf.Q4_K
	case c.file == fileQ3_K_L:
		return gguf.Q5_K
	}
	return c.base
}

func (c *chooser) ffnRule(kind category, name string) (gguf.Type, error) {
	i, n := c.next(kind), c.model.layers
	if c.model.experts > 1 {
		// Experts of a layer may be one tensor or many, so that counting them does not count layers.
		if i = layerOf(name); i < 0 || i >= n {
			return 0, &gguf.Error{File: c.name, Tensor: name, Kind: gguf.ErrBadName, Offset: -1,
				Field: "layer", Seen: strconv.Itoa(i),
				Expected: "blk.N with N below the number of layers, " + strconv.Itoa(n),
				Advice:   "give the tensor a type of its own",
			}
		}
	}
	switch {
	case kind == ffnDown && c.model.arch == "falcon":
		return c.falconDownRule(i), nil
	case kind == ffnDown:
		return c.downRule(i), nil
	case c.file == fileIQ3_XS && i >= n/8 && i < 7*n/8:
		return gguf.IQ3_XXS, nil
	}
	return c.base, nil
}

// downRule is about ffn_down of layer i.
func (c *chooser) downRule(i int) gguf.Type {
	n := c.model.layers
	first := i < n/8
	switch {
	case c.file == fileQ2_K:
		return gguf.Q3_K
	case c.file == fileIQ3_XXS && !c.imatrix && !first:
		return gguf.Q3_K
	case c.is(fileQ2_K_S, fileIQ3_M) && first, c.file == fileIQ3_XXS && !c.imatrix:
		return gguf.Q4_K
	case c.file == fileIQ3_M && c.model.experts == 8 && more(i, n), c.file == fileQ3_K_M && i >= n/16:
		return gguf.Q4_K
	case c.is(fileQ3_K_M, fileQ3_K_L), c.file == fileQ4_K_S && first:
		return gguf.Q5_K
	case c.is(fileIQ4_NL, fileIQ4_XS) && first && !c.imatrix:
		return gguf.Q5_K
	case c.is(fileQ4_K_M, fileQ5_K_M) && more(i, n):
		return gguf.Q6_K
	case c.file == fileQ4_0 && first && c.imatrix:
		return gguf.Q4_1
	case c.file == fileQ5_0 && first && c.imatrix:
		return gguf.Q5_1
	}
	return c.base
}

// falconDownRule is about the mixtures that treat falcon's ffn_down in another way.
func (c *chooser) falconDownRule(i int) gguf.Type {
	n := c.model.layers
	switch {
	case c.file == fileQ3_K_M && i < n/16:
		return gguf.Q5_K
	case c.file == fileQ3_K_M && !more(i, n):
		return gguf.Q3_K
	case c.is(fileQ3_K_M, fileQ3_K_L):
		return gguf.Q4_K
	case c.file == fileQ4_K_M && i < n/16:
		return gguf.Q6_K
	case c.file == fileQ4_K_M && more(i, n):
		return gguf.Q5_K
	case c.is(fileQ4_K_M, fileQ4_K_S):
		return gguf.Q4_K
	}
	return c.downRule(i)
}
