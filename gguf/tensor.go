package gguf

// Tensor is a tensor of a file: a name, a shape and a view of its bytes in the map.
type Tensor struct {
	Name   string
	Type   Type
	Shape  []int // outermost first; a scalar has none
	Offset int64 // of the data, from byte 0 of the file

	file  *File // the file it stands in: of a split, its part
	data  []byte
	swap  func() []byte // data in little-endian order, where the file is big-endian
	bytes uint64        // size of the data; 0 where the type or shape is wrong
	rel   uint64        // offset as the file has it, from the start of the data section
	at    int           // byte of the file where the length of the name stands
}

// Path returns the name of the file that t stands in, which of a split is one of its parts.
func (t *Tensor) Path() string { return t.file.Name }

// Bytes returns the tensor's data where it lies; it must not be written, and is invalid after File.Close.
// That of a big-endian file is a little-endian copy, made when first asked for.
// It is nil where the file that [Examine] looked at lacks it.
func (t *Tensor) Bytes() []byte {
	if t.swap != nil {
		return t.swap()
	}
	return t.data
}

// Size returns the number of bytes that the type and shape call for, 0 where these are wrong.
func (t *Tensor) Size() int64 { return byteOffset(t.bytes) }

// Elements returns the number of weights: the product of the shape, 1 for a scalar.
func (t *Tensor) Elements() int { return t.Rows() * t.RowLen() }

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

// The fields of t's entry, in bytes from the start of the file: dimensions stand in GGUF's order, innermost first.

func (t *Tensor) dimsAt() int     { return t.at + 8 + len(t.Name) }
func (t *Tensor) dimAt(i int) int { return t.dimsAt() + 4 + 8*i }
func (t *Tensor) typeAt() int     { return t.dimAt(len(t.Shape)) }
func (t *Tensor) offsetAt() int   { return t.typeAt() + 4 }
