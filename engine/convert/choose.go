package convert

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
)

// chooser goes through the tensors of a model in file order and says which type each gets. It counts as it goes, for
// some rules speak of the first tensors of a category.
type chooser struct {
	recipe
	name      string // for errors
	model     traits
	imatrix   bool // there is one, whatever is in it
	overrides []override
	notes     *notes

	tied   bool // no tensor output.weight: the embedding is the output, too
	values int  // tensors of the category attnV
	seen   map[category]int
}

// choice is what becomes of a tensor.
type choice struct {
	*gguf.Tensor // as it is now
	to           gguf.Type
}

func (c choice) stays() bool { return c.to == c.Type }

// chooseAll returns what becomes of the tensors, in file order. The error joins all that cannot be done.
func (c *chooser) chooseAll(tensors []*gguf.Tensor) ([]choice, error) {
	c.seen = make(map[category]int)
	c.tied = true
	for _, t := range tensors {
		switch categoryOf(t.Name) {
		case output:
			c.tied = false
		case attnV:
			c.values++
		}
	}
	var choices []choice
	var errs []error
	for _, t := range inFileOrder(tensors) {
		typ, err := c.choose(t)
		choices = append(choices, choice{t, typ})
		errs = append(errs, err)
	}
	for _, o := range c.overrides {
		errs = append(errs, o.check())
	}
	return choices, errors.Join(errs...)
}

// choose returns the type of the next tensor. An override comes before the rules, and what the rules count passes it by.
func (c *chooser) choose(t *gguf.Tensor) (gguf.Type, error) {
	if keepsType(t) {
		return t.Type, nil
	}
	for i := range c.overrides {
		if o := &c.overrides[i]; o.matches(t.Name) {
			return c.fit(t, o.to)
		}
	}
	switch {
	case c.copy:
		return t.Type, nil
	case c.alone:
		return c.fit(t, c.base)
	}
	typ, err := c.rule(t)
	if err != nil {
		return t.Type, err
	}
	return c.fit(t, typ)
}

// fit returns typ, or the type that stands in for it where the rows of t are no whole number of blocks.
func (c *chooser) fit(t *gguf.Tensor, typ gguf.Type) (gguf.Type, error) {
	row := t.RowLen()
	if row%typ.BlockWeights() == 0 {
		return typ, nil
	}
	small, ok := smallBlocks(typ)
	if !ok && !(c.alone && typ == c.base) {
		return t.Type, &gguf.Error{File: c.name, Tensor: t.Name, Kind: gguf.ErrBadRow, Offset: -1,
			Field: "row length", Seen: fmt.Sprint(row),
			Expected: fmt.Sprintf("a multiple of %d, the block of %s", typ.BlockWeights(), typ),
			Advice:   "give the tensor a type that fits",
		}
	}
	if !ok || row%small.BlockWeights() != 0 {
		small = gguf.F16
	}
	c.notes.add(fmt.Sprintf("rows of %d are no whole number of blocks of %s (%d): written as %s",
		row, typ, typ.BlockWeights(), small), t.Name)
	return small, nil
}

// smallBlocks returns the type with blocks of 32 that stands in for t, with as many bits or more; false where there is
// none.
func smallBlocks(t gguf.Type) (gguf.Type, bool) {
	switch t {
	case gguf.IQ1_S, gguf.IQ1_M, gguf.IQ2_XXS, gguf.IQ2_XS, gguf.IQ2_S, gguf.IQ3_XXS, gguf.IQ3_S, gguf.IQ4_XS:
		return gguf.IQ4_NL, true
	case gguf.Q2_0, gguf.Q2_K, gguf.Q3_K, gguf.TQ1_0, gguf.TQ2_0:
		return gguf.Q4_0, true
	case gguf.Q4_K:
		return gguf.Q5_0, true
	case gguf.Q5_K:
		return gguf.Q5_1, true
	case gguf.Q6_K:
		return gguf.Q8_0, true
	}
	return 0, false
}

// next returns how many tensors of the category the rules have seen, and counts one more.
func (c *chooser) next(k category) int {
	c.seen[k]++
	return c.seen[k] - 1
}

// is reports whether the mixture is one of files.
func (c *chooser) is(files ...fileType) bool { return slices.Contains(files, c.file) }
