package quant

import "github.com/sonde-ml/sonde/kernels/cpu"

// vectorDecoder decodes pieces of a row: blocks, or some numbers of a type without blocks.
type vectorDecoder struct {
	weights, bytes int // of a piece
	decode         func(dst *float32, src *byte, pieces int)
}

// fast has the decoders of the level that is active, by type.
var fast = decodersAt(activeLevel())

func activeLevel() cpu.Level {
	level, _ := cpu.Active() // beside an error, which is the command's to report, it is the best level
	return level
}

// decodeBy decodes whole pieces by vectors, if the type has a decoder for them, and the rest in plain Go.
func (f *Format) decodeBy(decoders []vectorDecoder, dst []float32, src []byte) {
	if int(f.Type) < len(decoders) && decoders[f.Type].decode != nil {
		n := decoders[f.Type].pieces(dst, src)
		dst, src = dst[n*decoders[f.Type].weights:], src[n*decoders[f.Type].bytes:]
	}
	f.decode(dst, src)
}

// longest is how many weights are decoded at most before the scheduler gets a chance.
const longest = 1 << 15

// pieces decodes as many pieces as there are, and returns how many.
func (d vectorDecoder) pieces(dst []float32, src []byte) int {
	pieces := min(len(dst)/d.weights, len(src)/d.bytes)
	for at := 0; at < pieces; at += longest / d.weights {
		d.decode(&dst[at*d.weights], &src[at*d.bytes], min(longest/d.weights, pieces-at))
	}
	return pieces
}
