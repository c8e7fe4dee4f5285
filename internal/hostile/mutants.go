// Package hostile is what tests share that are out to break things: files that are broken where readers break, limits on
// what looking at them may take, memory with forbidden neighbours, and counts of what is used up or left behind.
//
//	seed := hostile.NewSeed(file)
//	broken := seed.Mutant(17) // always the same
//
// Blind mutations, such as those of Go's fuzzer, hardly ever get past a length; these know where counts, lengths, types
// and offsets are. The recorded corpus is in package fixtures.
package hostile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// interesting are numbers at which sizes, signs and products change.
var interesting = []uint64{0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 65535, 65536, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1,
	1 << 61, 1 << 62, 1 << 63, 1<<64 - 1, 1<<64 - 8, 1<<64 - 32}

// Mutant breaks a copy of the file in one to three places. It is a pure function of the file and n.
func (s *Seed) Mutant(n uint64) []byte {
	r := rand.New(rand.NewPCG(n, uint64(len(s.File))))
	b := bytes.Clone(s.File)
	for range 1 + r.IntN(3) {
		b = s.breakOnce(b, r)
	}
	return b
}

func (s *Seed) breakOnce(b []byte, r *rand.Rand) []byte {
	if len(b) == 0 {
		return b
	}
	at := r.IntN(len(b))
	if metadata := s.entries[len(s.entries)-1].at; r.IntN(4) > 0 {
		at = min(at, r.IntN(metadata+64)) // most of a file is tensor data, where little can happen
	}
	switch r.IntN(9) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1, 2:
		setNumber(b, pick(r, s.fields), pick(r, interesting))
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
		return duplicate(b, pick(r, s.entries))
	case 8:
		setNumber(b, pick(r, s.types), r.Uint64N(15))
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

// duplicate repeats an entry, counted as a key or as a tensor: as the other kind for half of them.
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
