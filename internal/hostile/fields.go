package hostile

import "encoding/binary"

// span is a stretch of a file.
type span struct{ at, size int }

// Seed is a valid little-endian GGUF file that knows where its fields are, so that it can be broken in interesting places.
type Seed struct {
	File []byte

	fields  []span // numbers and texts
	types   []span // of metadata values and array elements
	entries []span // whole keys with their values, and whole tensor entries
}

// NewSeed finds the fields of a file. It trusts what it reads: the file must be valid.
func NewSeed(file []byte) *Seed {
	s := &Seed{File: file}
	r := reader{Seed: s}
	r.field(4) // magic
	r.field(4) // version
	tensors, keys := r.number(8), r.number(8)
	for range keys {
		r.entry(r.key)
	}
	for range tensors {
		r.entry(r.tensor)
	}
	return s
}

// reader walks through the metadata, and notes what it passes.
type reader struct {
	*Seed
	at int
}

// field passes a field of n bytes.
func (r *reader) field(n int) []byte {
	r.fields = append(r.fields, span{r.at, n})
	b := r.File[r.at:][:n]
	r.at += n
	return b
}

func (r *reader) number(size int) int {
	b := r.field(size)
	if size == 4 {
		return int(binary.LittleEndian.Uint32(b))
	}
	return int(binary.LittleEndian.Uint64(b))
}

func (r *reader) text() { r.field(r.number(8)) }

func (r *reader) entry(read func()) {
	begin := r.at
	read()
	r.entries = append(r.entries, span{begin, r.at - begin})
}

func (r *reader) key() {
	r.text()
	r.value(r.typ())
}

func (r *reader) typ() int {
	r.types = append(r.types, span{r.at, 4})
	return r.number(4)
}

// Types of values that are not numbers.
const (
	typeString = 8
	typeArray  = 9
)

func (r *reader) value(typ int) {
	switch typ {
	case typeString:
		r.text()
	case typeArray:
		elem := r.typ()
		for range r.number(8) {
			r.value(elem)
		}
	default:
		r.field([]int{0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}[typ])
	}
}

func (r *reader) tensor() {
	r.text()
	for range r.number(4) {
		r.field(8)
	}
	r.field(4)
	r.field(8)
}
