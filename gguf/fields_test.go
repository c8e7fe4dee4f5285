package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
)

// span is a stretch of a file.
type span struct{ at, size int }

// anatomy says where the fields of a valid file are, so that it can be broken in interesting places.
type anatomy struct {
	file    []byte
	fields  []span // numbers and texts
	types   []span // of metadata values and array elements
	entries []span // whole keys with their values, and whole tensor entries
}

func dissect(file []byte) (anatomy, error) {
	f, err := OpenBytes("seed", file)
	if err != nil {
		return anatomy{}, err
	}
	a := anatomy{file: file}
	a.field(0, 4, 4, 8, 8) // magic, version, counts
	for _, kv := range f.Keys() {
		a.key(kv)
	}
	for _, t := range f.Tensors() {
		a.entries = append(a.entries, span{t.at, t.entrySize()})
		a.field(t.at, 8, len(t.Name), 4)
		for i := range t.Shape {
			a.field(t.dimAt(i), 8)
		}
		a.field(t.typeAt(), 4, 8)
	}
	return a, nil
}

// field adds fields of the given sizes that follow each other.
func (a *anatomy) field(at int, sizes ...int) {
	for _, n := range sizes {
		a.fields = append(a.fields, span{at, n})
		at += n
	}
}

func (a *anatomy) key(kv KV) {
	v := kv.Value
	payload := len(appendPayload(nil, v))
	a.entries = append(a.entries, span{kv.at, v.at + 4 + payload - kv.at})
	a.field(kv.at, 8, len(kv.Key), 4)
	a.types = append(a.types, span{v.at, 4})
	switch v.typ {
	case TypeString:
		a.field(v.at+4, 8, len(v.text))
	case TypeArray:
		a.field(v.at+4, 4, 8)
		a.types = append(a.types, span{v.at + 4, 4})
		a.elements(v, v.at+4+arrayHeader)
	default:
		a.field(v.at+4, payload)
	}
}

func (a *anatomy) elements(v Value, at int) {
	for rest := v.raw; len(rest) > 0; {
		n := elementSize(v.order, v.elem, rest)
		a.field(at, min(n, 8))
		at, rest = at+n, rest[n:]
	}
}

// interesting are numbers at which sizes, signs and products change.
var interesting = []uint64{0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 65535, 65536, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1,
	1 << 61, 1 << 62, 1 << 63, 1<<64 - 1, 1<<64 - 8, 1<<64 - 32}

// mutant breaks the file in one to three places. It is a pure function of the file and n.
func (a anatomy) mutant(n uint64) []byte {
	r := rand.New(rand.NewPCG(n, uint64(len(a.file))))
	b := bytes.Clone(a.file)
	for range 1 + r.IntN(3) {
		b = a.breakOnce(b, r)
	}
	return b
}

func (a anatomy) breakOnce(b []byte, r *rand.Rand) []byte {
	if len(b) == 0 {
		return b
	}
	at := r.IntN(len(b))
	if metadata := a.entries[len(a.entries)-1].at; r.IntN(4) > 0 {
		at = min(at, r.IntN(metadata+64)) // most of a file is tensor data, where little can happen
	}
	switch r.IntN(9) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1, 2:
		setNumber(b, pick(r, a.fields), pick(r, interesting))
	case 3:
		return b[:at]
	case 4: // copy to another place
		n := 1 << r.IntN(4)
		copy(b[r.IntN(len(b)):], b[at:min(at+n, len(b))])
	case 5:
		return slices.Delete(b, at, min(at+1<<r.IntN(4), len(b)))
	case 6:
		return slices.Insert(b, at, make([]byte, 1<<r.IntN(4))...)
	case 7:
		return duplicate(b, pick(r, a.entries))
	case 8:
		setNumber(b, pick(r, a.types), r.Uint64N(15))
	}
	return b
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func setNumber(b []byte, s span, n uint64) {
	if s.at+s.size > len(b) {
		return
	}
	switch s.size {
	case 4:
		binary.LittleEndian.PutUint32(b[s.at:], uint32(n))
	case 8:
		binary.LittleEndian.PutUint64(b[s.at:], n)
	default:
		if s.size > 0 {
			b[s.at] = byte(n)
		}
	}
}

// duplicate repeats an entry, without or with counting it.
func duplicate(b []byte, s span) []byte {
	if s.at+s.size > len(b) {
		return b
	}
	b = slices.Insert(b, s.at, b[s.at:s.at+s.size]...)
	count := 16 // of the keys
	if s.size%2 == 0 {
		count = 8
	}
	binary.LittleEndian.PutUint64(b[count:], binary.LittleEndian.Uint64(b[count:])+1)
	return b
}

// exercise does with a file all that can be done without writing it, and returns what its errors lack.
func exercise(name string, b []byte) (f *File, fault error) {
	f, err := OpenBytes(name, b)
	for _, e := range flatten(err) {
		if e, ok := e.(*Error); !ok || e.File != name || e.Kind == nil || e.detail() == "" {
			return nil, fmt.Errorf("an error without a file, a kind or a place: %v", e)
		}
	}
	if err != nil {
		return nil, nil
	}
	sum := 0
	for _, kv := range f.Keys() {
		sum += len(fmt.Sprint(kv.Value.Any(-1)))
	}
	for _, t := range f.Tensors() {
		data := t.Bytes()
		if int64(len(data)) != t.Size() || len(data) == 0 {
			return nil, fmt.Errorf("tensor %q has %d bytes, want %d", t.Name, len(data), t.Size())
		}
		sum += int(data[0]) + int(data[len(data)-1])
	}
	if sum < 0 {
		return nil, fmt.Errorf("impossible")
	}
	return f, nil
}
