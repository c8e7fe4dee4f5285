package kernels

import (
	"encoding/binary"
	"runtime"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Peak is what a processor can do at most, as loops that do nothing else: the ceilings that kernels are measured
// against. Each runs on the calling goroutine, and none is interrupted before it ends, so calls should be short: a
// thousand rounds take some microseconds.
type Peak struct{ loops peakLoops }

// peakLoops are the loops of a level. bytesRound and floatsRound are the multiply-adds of a round, chainRound its cycles.
type peakLoops struct {
	bytes, floats, chain                func(rounds int)
	bytesRound, floatsRound, chainRound int64
	read                                func(b []byte, streams, stride, rounds int, ahead bool)
}

// NewPeak returns the loops of a level, which must be one that can be used here: see [cpu.Check].
func NewPeak(level cpu.Level) Peak { return Peak{loopsOf(level)} }

// Bytes multiplies bytes and adds the products up in 32 bits, which is what products with quantised weights are made of.
// It returns how many multiply-adds it did.
func (p Peak) Bytes(rounds int) int64 {
	if rounds <= 0 {
		return 0
	}
	p.loops.bytes(rounds)
	return int64(rounds) * p.loops.bytesRound
}

// Floats multiplies and adds float32 numbers, fused where the level can. It returns how many multiply-adds it did.
func (p Peak) Floats(rounds int) int64 {
	if rounds <= 0 {
		return 0
	}
	p.loops.floats(rounds)
	return int64(rounds) * p.loops.floatsRound
}

// Cycles does nothing but pass the time. It returns how many cycles of the clock that took: where no loop is known whose
// cycles can be counted, it does nothing and returns 0.
func (p Peak) Cycles(rounds int) int64 {
	if p.loops.chain == nil || rounds <= 0 {
		return 0
	}
	p.loops.chain(rounds)
	return int64(rounds) * p.loops.chainRound
}

// Read takes readRound bytes of each stream in a round, a multiple of what processors fetch at once, and readPiece bytes
// without an interruption.
const (
	readRound = 256
	readPiece = 64 << 10
)

// Read reads b as so many streams side by side, 1, 2, 4 or 8 at the processor's best, and asks for what comes next ahead
// of time where it is told to. It returns how many bytes it read: all but those that do not fill a round of each stream.
func (p Peak) Read(b []byte, streams int, ahead bool) int64 {
	streams = max(1, streams)
	stride := len(b) / streams / readRound * readRound
	for at := 0; at < stride; at += readPiece {
		n := min(readPiece, stride-at)
		p.loops.read(b[at:(streams-1)*stride+at+n], streams, stride, n/readRound, ahead)
	}
	return int64(stride) * int64(streams)
}

// genericLoops are those of plain Go.
func genericLoops() peakLoops {
	return peakLoops{
		bytes:      func(rounds int) { runtime.KeepAlive(intsGeneric(rounds, 3)) },
		floats:     func(rounds int) { runtime.KeepAlive(floatsGeneric(rounds, 0.5)) },
		bytesRound: 8, floatsRound: 12,
		read: func(b []byte, streams, stride, rounds int, _ bool) {
			runtime.KeepAlive(readGeneric(b, streams, stride, rounds))
		},
	}
}

// Results are returned and kept, and calls not inlined, so that the compiler leaves nothing out.

//go:noinline
func intsGeneric(rounds int, x int32) int32 {
	var a, b, c, d, e, f, g, h int32
	for range rounds {
		a, b, c, d = a*x+1, b*x+1, c*x+1, d*x+1
		e, f, g, h = e*x+1, f*x+1, g*x+1, h*x+1
	}
	return a + b + c + d + e + f + g + h
}

//go:noinline
func floatsGeneric(rounds int, x float32) float32 {
	var a, b, c, d, e, f, g, h, i, j, k, l float32
	for range rounds {
		a, b, c, d = a*x+x, b*x+x, c*x+x, d*x+x
		e, f, g, h = e*x+x, f*x+x, g*x+x, h*x+x
		i, j, k, l = i*x+x, j*x+x, k*x+x, l*x+x
	}
	return a + b + c + d + e + f + g + h + i + j + k + l
}

//go:noinline
func readGeneric(b []byte, streams, stride, rounds int) (sum uint64) {
	for at := 0; at < rounds*readRound; at += readRound {
		for i := range streams {
			for piece := b[i*stride+at:][:readRound]; len(piece) >= 64; piece = piece[64:] {
				line := (*[64]byte)(piece)
				for j := 0; j < len(line); j += 8 {
					sum += binary.LittleEndian.Uint64(line[j:])
				}
			}
		}
	}
	return sum
}
