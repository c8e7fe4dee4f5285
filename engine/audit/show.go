package audit

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Range is a half-open range, from its first number up to its second. With -1 as the second it goes on to the end.
type Range [2]int

// ShowOptions say which part of a tensor to show. Rows are those of the tensor as a matrix: of experts [experts, rows,
// columns], row 0 of the second expert follows the last row of the first.
type ShowOptions struct {
	Rows, Cols Range // the zero value: the first 8
	Blocks     Range // the zero value: those of the first row that is shown, and with neither rows nor columns no values
	Options          // for the statistics; Only means nothing here
}

// Shown is a part of a tensor: its statistics, its values, and the blocks that they were made of.
type Shown struct {
	TensorStats
	Offset int64      `json:"offset"` // of the data, from byte 0 of the file
	Bytes  int64      `json:"bytes"`
	Rows   Range      `json:"rows"`
	Cols   Range      `json:"cols"`
	Values [][]Number `json:"values"` // [rows, columns]
	Blocks []Block    `json:"blocks"`
}

// Block is a block as it lies in the file: for a type without blocks, one number.
type Block struct {
	Index   int      `json:"index"` // in the tensor
	Row     int      `json:"row"`
	Cols    Range    `json:"cols"`
	Offset  int64    `json:"offset"` // from byte 0 of the file
	Bytes   int      `json:"bytes"`
	Raw     string   `json:"raw"`     // the bytes in hexadecimal; those of a big-endian file in little-endian order
	Fields  []Field  `json:"fields"`  // as kernels/quant names them
	Weights []Number `json:"weights"` // as they decode
}

// Field is a field of a block, unpacked. Fields that share bytes overlap.
type Field struct {
	Name   string   `json:"name"`
	Offset int64    `json:"offset"` // of its first byte, from byte 0 of the file
	Bytes  int      `json:"bytes"`
	Values []Number `json:"values"`
}

// Show returns part of a tensor, values beside the bytes they come from, so that one can see whether it is loaded right.
func Show(ctx context.Context, f *gguf.File, tensor string, opt ShowOptions) (*Shown, error) {
	t, ok := f.Tensor(tensor)
	if !ok {
		return nil, noTensor(f, tensor)
	}
	s := newStream(ctx, opt.Options, int64(t.Elements()))
	defer s.close()
	var shown *Shown
	err := reading(func() (err error) {
		shown, err = s.show(&view{Tensor: t}, opt)
		return err
	}, f)
	return shown, err
}

func (s *stream) show(v *view, opt ShowOptions) (*Shown, error) {
	if _, err := cut(v.Tensor); err != nil { // its type is wrong, or there is no data
		return nil, err
	}
	if err := v.choose(opt); err != nil {
		return nil, err
	}
	stats, err := s.stats(v.Tensor)
	if err != nil {
		return nil, err
	}
	shown := &Shown{TensorStats: *stats, Offset: v.Offset, Bytes: v.Size(), Rows: v.rows, Cols: v.cols, Values: [][]Number{}, Blocks: []Block{}}
	return shown, v.fill(shown)
}

func noTensor(f *gguf.File, name string) error {
	var near []string
	for _, t := range f.Tensors() {
		if len(near) < 4 && name != "" && strings.Contains(t.Name, name) {
			near = append(near, escape.Quote(t.Name))
		}
	}
	advice := "sonde inspect lists them all"
	if len(near) > 0 {
		advice = "there are " + strings.Join(near, ", ")
	}
	return &gguf.Error{File: f.Name, Kind: arch.ErrMissingTensor, Tensor: name, Offset: -1, Advice: advice}
}

// view is what of a tensor is shown.
type view struct {
	*gguf.Tensor
	rows, cols, blocks Range
}

const shownByDefault = 8

// choose checks the ranges that were asked for, and fills in the others.
func (v *view) choose(opt ShowOptions) (err error) {
	onlyBlocks := opt.Blocks != Range{} && opt.Rows == Range{} && opt.Cols == Range{}
	if !onlyBlocks {
		if v.rows, err = v.within("rows", opt.Rows, v.Rows()); err != nil {
			return err
		}
		if v.cols, err = v.within("columns", opt.Cols, v.RowLen()); err != nil {
			return err
		}
	}
	width := v.Type.BlockWeights()
	if opt.Blocks == (Range{}) {
		first := v.rows[0] * v.RowLen()
		v.blocks = Range{(first + v.cols[0]) / width, (first+v.cols[1]-1)/width + 1}
		return nil
	}
	v.blocks, err = v.within("blocks", opt.Blocks, v.Elements()/width)
	return err
}

// within completes a range, and refuses one that is not inside of n.
func (v *view) within(what string, r Range, n int) (Range, error) {
	switch {
	case r == Range{}:
		return Range{0, min(n, shownByDefault)}, nil
	case r[1] == -1:
		r[1] = n
	}
	if r[0] < 0 || r[1] <= r[0] || r[1] > n {
		return r, fmt.Errorf("%s: tensor %s: %s %d:%d: want a range within 0:%d", escape.Text(v.Path()), escape.Quote(v.Name), what, r[0], r[1], n)
	}
	return r, nil
}

func (v *view) fill(s *Shown) error {
	format, err := quant.Of(v.Type)
	if err != nil {
		return err
	}
	for row := v.rows[0]; row < v.rows[1]; row++ {
		values, err := v.values(format, row)
		if err != nil {
			return err
		}
		s.Values = append(s.Values, values)
	}
	for i := v.blocks[0]; i < v.blocks[1]; i++ {
		b, err := v.block(format, i)
		if err != nil {
			return err
		}
		s.Blocks = append(s.Blocks, *b)
	}
	return nil
}

// values returns the chosen columns of a row, of which it decodes the blocks that hold them.
func (v *view) values(format *quant.Format, row int) ([]Number, error) {
	width, size := v.Type.BlockWeights(), v.Type.BlockBytes()
	begin, end := v.cols[0]/width, (v.cols[1]-1)/width+1
	first := row*v.RowLen()/width + begin
	weights := make([]float32, (end-begin)*width)
	if err := format.Decode(weights, v.Tensor.Bytes()[first*size:][:(end-begin)*size]); err != nil {
		return nil, err
	}
	return asNumbers(weights[v.cols[0]-begin*width : v.cols[1]-begin*width]), nil
}

// block unpacks block number i of the tensor.
func (v *view) block(format *quant.Format, i int) (*Block, error) {
	width, size := v.Type.BlockWeights(), v.Type.BlockBytes()
	raw := v.Tensor.Bytes()[i*size:][:size]
	weights := make([]float32, width)
	if err := format.Decode(weights, raw); err != nil {
		return nil, err
	}
	fields, err := format.Fields(raw)
	if err != nil {
		return nil, err
	}
	col := i * width % v.RowLen()
	b := &Block{
		Index: i, Row: i * width / v.RowLen(), Cols: Range{col, col + width}, Offset: v.Offset + int64(i)*int64(size), Bytes: size,
		Raw: hex.EncodeToString(raw), Weights: asNumbers(weights),
	}
	for _, f := range fields {
		b.Fields = append(b.Fields, Field{f.Name, b.Offset + int64(f.Offset), f.Bytes, asNumbers(f.Values)})
	}
	return b, nil
}

func asNumbers[T float32 | float64](values []T) []Number {
	list := make([]Number, len(values))
	for i, v := range values {
		list[i] = Number(v)
	}
	return list
}
