package quant

import "github.com/sonde-ml/sonde/gguf"

// Field is one field of a block, unpacked: what a probe shows beside the weights.
type Field struct {
	Name   string    // "d", "dmin", "scales", "mins", "codes", "grid", "signs" …, as the package's table calls them
	Offset int       // of its first byte in the block
	Bytes  int       // from there to its last byte; fields that share bytes overlap
	Values []float64 // codes in the order of the weights, scales in the order of the sub-blocks
}

// Fields unpacks the fields of one block, in the order in which they lie. Bits of one number that lie apart are put
// together, so that a code of Q6_K has all its six bits; what they were put together from is a field, too.
// The error is an [*Error] of kind [ErrSize] where block has another length than a block of f.
func (f *Format) Fields(block []byte) ([]Field, error) {
	if len(block) != f.Type.BlockBytes() {
		return nil, wrongSize("show", f.Type, f.Type.BlockWeights(), len(block))
	}
	return f.fields(block), nil
}

func field(name string, offset, bytes, n int, value func(i int) float64) Field {
	f := Field{Name: name, Offset: offset, Bytes: bytes, Values: make([]float64, n)}
	for i := range f.Values {
		f.Values[i] = value(i)
	}
	return f
}

// scaleField is the field of an f16 at offset.
func scaleField(name string, b []byte, offset int) Field {
	return field(name, offset, 2, 1, func(int) float64 { return float64(f16(b[offset:])) })
}

// byteField is a field of n unsigned bytes.
func byteField(name string, b []byte, offset, n int) Field {
	return field(name, offset, n, n, func(i int) float64 { return float64(b[offset+i]) })
}

// int8Field is a field of n signed bytes.
func int8Field(name string, b []byte, offset, n int) Field {
	return field(name, offset, n, n, func(i int) float64 { return float64(int8(b[offset+i])) })
}

// nibbleField is the field of the codes of Q4_0 and of all that lie like them: in every 2·half weights, low nibbles
// are the first half.
func nibbleField(b []byte, offset, n, half int) Field {
	return field("codes", offset, n/2, n, func(j int) float64 { return float64(nibble(b[offset:], j, half)) })
}

// nibble returns code j of a field of nibbles that lies as nibbleField says.
func nibble(qs []byte, j, half int) byte {
	q := qs[j/(2*half)*half+j%half]
	if j/half%2 == 0 {
		return q & 15
	}
	return q >> 4
}

// plainField is the only field of a type without blocks.
func plainField(t gguf.Type, b []byte, value func(b []byte) float64) []Field {
	return []Field{field("value", 0, t.BlockBytes(), 1, func(int) float64 { return value(b) })}
}
