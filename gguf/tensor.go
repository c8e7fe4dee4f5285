package gguf

// Tensor is a tensor of a file: a name, a shape and a view of its bytes in the map.
type Tensor struct {
	Name   string
	Type   Type
	Shape  []int // outermost first; a scalar has none
	Offset int64 // from byte 0 of the file
	data   []byte

	bytes uint64 // size of the data; 0 when the type or shape is wrong
	rel   uint64 // offset as the file has it, from the start of the data section
	at    int    // byte of the file where the length of the name stands
}

// Bytes returns the tensor's data where it lies; it must not be written, and is invalid after File.Close.
// It is nil where the file that [Examine] looked at lacks it.
func (t *Tensor) Bytes() []byte { return t.data }

// Elements returns the number of weights: the product of the shape, 1 for a scalar.
func (t *Tensor) Elements() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// RowLen returns the number of weights in a row: the innermost dimension, 1 for a scalar.
func (t *Tensor) RowLen() int {
	if len(t.Shape) == 0 {
		return 1
	}
	return t.Shape[len(t.Shape)-1]
}

// Rows returns the number of rows: the product of all dimensions but the innermost.
func (t *Tensor) Rows() int {
	n := 1
	for i := range len(t.Shape) - 1 {
		n *= t.Shape[i]
	}
	return n
}

// Where the fields of t's entry stand, in bytes from the start of the file. The dimensions
// stand in GGUF's order, innermost first.

func (t *Tensor) dimsAt() int        { return t.at + 8 + len(t.Name) }
func (t *Tensor) dimAt(i int) int    { return t.dimsAt() + 4 + 8*i }
func (t *Tensor) typeAt(n int) int   { return t.dimAt(n) }
func (t *Tensor) offsetAt(n int) int { return t.dimAt(n) + 4 }
