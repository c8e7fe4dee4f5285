package convert

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// QuantizeOptions say what [Quantize] makes of a model.
type QuantizeOptions struct {
	// Type is the name of a block type, which then is the type of every tensor that can take it; or a mixture of
	// llama.cpp, by its name, such as q4_k_m, or its number; or COPY. Letters may be small. Where a mixture
	// has the name of a block type, as Q4_0 has, its number means the mixture.
	Type string

	Tensors []string // overrides GLOB=TYPE, such as output.weight=q8_0; the first that matches a tensor's name counts
	Imatrix *Imatrix // nil is none; some types need one
	Pure    bool     // take the mixture's main type for every tensor, as for the name of a block type

	// Corrected avoids a fault of llama.cpp's encoder of IQ3_S, which displaces what follows a sub-block of zeros.
	// Blocks with zeros in them are then other than llama-quantize's, and nearer to the model.
	Corrected bool

	Threads  int                     // 0 is GOMAXPROCS, 1024 the most; the file does not depend on it
	Progress func(done, total int64) // is told of the weights that are written; may be nil
}

// Quantize writes the model in to the file at path with tensors of other types, and says what it wrote. The file
// appears whole or not at all; it may take the place of the one that in was opened from. Memory is used for a few rows
// for each thread and for the metadata, whatever the size of the model; only of a big-endian file, each tensor is in
// memory once it was read.
//
// Which tensor gets which type is what llama-quantize does (August 2026), and so are the bytes, where that was built
// without fused multiply-add. What differs: overrides are globs, they are minded beside F32, F16 and BF16, too, and one
// that matches no matrix is an error; a type alone that does not fit a tensor's rows, and has none to fall back on,
// leaves that tensor F16; token_embd and output, which no matrix has as a rule, count every column as equally
// important where a type cannot do without importance; quantised tensors are quantised again without asking, but
// with a warning.
//
// The error joins all that speaks against it before anything is written: of the kinds of [OptionError], [ErrBadImatrix],
// [quant.ErrNeedsImatrix], [gguf.ErrBadRow]. While writing, weights that are not finite, or do not
// stay so, are a [gguf.Error] of kind [ErrNotFinite].
func Quantize(ctx context.Context, in *gguf.File, path string, opt QuantizeOptions) (*Report, error) {
	q := &quantizer{in: in, imatrix: opt.Imatrix, corrected: opt.Corrected}
	if err := q.plan(opt); err != nil {
		return nil, err
	}
	p := &product{path: path, metadata: q.metadata(), tensors: q.tensors, threads: opt.Threads, progress: opt.Progress, check: in.Rewritten}
	return p.write(ctx, q.notes.lines())
}

// quantizer is a call of Quantize.
type quantizer struct {
	in        *gguf.File
	recipe    recipe
	imatrix   *Imatrix
	corrected bool

	notes   notes
	tensors []made
	lacking []string // tensors that cannot be written for want of an importance matrix
}

// plan decides about every tensor.
func (q *quantizer) plan(opt QuantizeOptions) error {
	recipe, err1 := parseRecipe(opt.Type)
	overrides, err2 := parseOverrides(opt.Tensors)
	model, err3 := readTraits(q.in)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	recipe.alone = recipe.alone || opt.Pure
	q.recipe = recipe
	c := &chooser{
		recipe: recipe, name: q.in.Name, model: model, imatrix: opt.Imatrix != nil, overrides: overrides, notes: &q.notes,
	}
	choices, err := c.chooseAll(q.in.Tensors())
	errs := []error{err}
	for _, c := range choices {
		errs = append(errs, q.add(c))
	}
	if q.lacking != nil {
		errs = append(errs, &NeedsImatrixError{q.in.Name, q.lacking})
	}
	return errors.Join(errs...)
}

// add plans how the tensor is made.
func (q *quantizer) add(c choice) error {
	size, ok := c.Type.RowBytes(c.RowLen())
	if !ok || c.Size() != int64(size)*int64(c.Rows()) {
		return noData(q.in.Name, c)
	}
	if c.stays() {
		q.tensors = append(q.tensors, made{c, c.Type.String(), copies(q.in.Name, c)})
		return nil
	}
	if c.Type.BlockWeights() > 1 && c.to.BlockWeights() > 1 {
		q.notes.add(fmt.Sprintf("quantised again: to the error of %s comes that of another type", c.Type), c.Name)
	}
	format, err := q.format(c)
	if err != nil {
		return err
	}
	importance, err := q.importance(c, format.Importance)
	if err != nil {
		return err
	}
	e := &encoder{choice: c, file: q.in.Name, format: format, rowBytes: size, importance: importance}
	q.tensors = append(q.tensors, made{c, c.Type.String(), rowPieces(c.Shape, e.piece)})
	return nil
}

// format returns what encodes c.
func (q *quantizer) format(c choice) (*quant.Format, error) {
	if q.corrected {
		if f, ok := quant.Corrected(c.to); ok {
			q.notes.add(fmt.Sprintf("%s with zeros in their places, unlike llama-quantize", c.to), c.Name)
			return f, nil
		}
	}
	return quant.Of(c.to)
}

// importance returns the importance of the columns of each matrix of c, or nil.
func (q *quantizer) importance(c choice, use quant.Importance) ([]float32, error) {
	values, err := q.imatrix.entry(c.Tensor)
	kind := categoryOf(c.Name)
	if err != nil && kind == embedding {
		q.notes.add("the importance matrix has an entry of another size, which is left aside", c.Name)
		err = nil
	}
	switch {
	case err != nil || values != nil || use == quant.Ignored:
	case q.recipe.needsImatrix(kind, c.to):
		q.lacking = append(q.lacking, c.Name)
	case use == quant.Required:
		q.notes.add(fmt.Sprintf("%s without an importance matrix: every column counts the same", c.to), c.Name)
		values = ones(c.RowLen() * matrices(c.Shape))
	case q.imatrix != nil && kind != embedding && kind != output:
		q.notes.add("the importance matrix has no entry: written without", c.Name)
	}
	return values, err
}

// needsImatrix reports whether a tensor of that category and type comes out too badly without an importance matrix.
// These are more types than those whose encoders need one.
func (r recipe) needsImatrix(kind category, t gguf.Type) bool {
	if kind == output || kind == embedding {
		return false
	}
	switch t {
	case gguf.IQ1_S, gguf.IQ1_M, gguf.IQ2_XXS, gguf.IQ2_XS, gguf.IQ2_S, gguf.IQ3_XXS:
		return true
	case gguf.Q2_K:
		return r.file == fileQ2_K_S
	}
	return false
}

// ones counts every column the same.
func ones(n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

// NeedsImatrixError names the tensors that cannot become what they should without an importance matrix.
// It is of the kind [quant.ErrNeedsImatrix].
type NeedsImatrixError struct {
	File    string
	Tensors []string
}

// Error names the first few.
func (e *NeedsImatrixError) Error() string {
	names, more := e.Tensors, ""
	if len(names) > 8 {
		more = fmt.Sprintf(" and %d more", len(names)-8)
		names = names[:8]
	}
	return fmt.Sprintf("%s: %v: for %s%s: give one that has entries for them, or take a type of more bits",
		escape.Text(e.File), quant.ErrNeedsImatrix, escape.Text(strings.Join(names, ", ")), more)
}

// Unwrap returns the kind.
func (e *NeedsImatrixError) Unwrap() error { return quant.ErrNeedsImatrix }
