package kernels

import (
	"slices"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Set is the kernels at one level of instructions. Its methods do what the functions of this package do at the level that
// is active. A set is read-only and shared.
type Set struct {
	tier   tier
	bytes  bool    // the processor looks bytes up in tables: some kernels of VNNI use that
	fetch  reading // how weights are fetched for one token
	rows   *rowFuncs
	blocks *blockFuncs
}

// reading is how weights are fetched for one token. Processors of one level differ in which is fastest. Where there is one
// kernel, for blocks at AVX2, for codebooks, and for F32 at 512 bits, it changes nothing.
type reading uint8

const (
	far     reading = iota // what follows is asked for into the second cache
	inPairs                // likewise, but for floats: two rows at a time, which nobody asks for
	near                   // what follows is asked for into the first cache
)

// tier is the place of a level among all, so that levels can be compared.
type tier uint8

const (
	generic tier = iota
	avx2
	avx512
	vnni
)

var (
	sets   = [...]Set{setOf(generic), setOf(avx2), setOf(avx512), setOf(vnni)}
	active = activeSet()
)

func setOf(t tier) Set {
	bytes := t == vnni && cpu.HasBytes()
	return Set{t, bytes, readingAt(t), rowsAt(t, bytes), blocksAt(t)}
}

// readingAt returns what was fastest where it was measured: floats in pairs on Zen 3, near on Zen 5, and far on Zen 4, where a
// thread that asked for the first cache read 13 to 17 GB/s instead of 19 to 29. Others are taken to be like that.
func readingAt(t tier) reading {
	switch {
	case cpu.FetchesNear():
		return near
	case t == avx2 && cpu.Check(cpu.AVX512) != nil:
		return inPairs
	}
	return far
}

func activeSet() *Set {
	level, _ := cpu.Active() // beside an error, which is the command's to report, it is the best level
	return &sets[slices.Index(cpu.All(), level)]
}

// At returns the kernels of a level. The error is a [*cpu.Error] if they cannot run here.
func At(level cpu.Level) (*Set, error) {
	if err := cpu.Check(level); err != nil {
		return nil, err
	}
	return &sets[slices.Index(cpu.All(), level)], nil
}

// Active returns the kernels of the level that is active: see [cpu.Active].
func Active() *Set { return active }

// Level returns the level of the kernels.
func (s *Set) Level() cpu.Level { return cpu.All()[s.tier] }
