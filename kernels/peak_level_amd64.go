//go:build amd64 && !purego

package kernels

import "github.com/sonde-ml/sonde/kernels/cpu"

// loopsOf returns the loops of a level. What is counted are the lanes of all vectors of a round.
func loopsOf(level cpu.Level) peakLoops {
	const bytes256, bytes512, floats256, floats512, sums256, sums512 = 32, 64, 8, 16, 10, 20
	l := genericLoops()
	l.chain, l.chainRound = chain, 3*20
	switch level {
	case cpu.AVX2:
		l.bytes, l.bytesRound = peakBytesAVX2, bytes256*sums256
		l.floats, l.floatsRound = peakFloatsAVX2, floats256*sums256
		l.read = readBy(readAVX2)
	case cpu.AVX512:
		l.bytes, l.bytesRound = peakBytesAVX512, bytes512*sums512
		l.floats, l.floatsRound = peakFloatsAVX512, floats512*sums512
		l.read = readBy(readAVX512)
	case cpu.AVX512VNNI:
		l.bytes, l.bytesRound = peakBytesVNNI, bytes512*sums512
		l.floats, l.floatsRound = peakFloatsAVX512, floats512*sums512
		l.read = readBy(readAVX512)
	}
	return l
}

// readers are loops that read, without and with asking ahead of time, by the number of streams.
type readers [2][9]func(p *byte, stride, rounds int)

var (
	readAVX2 = readers{
		{1: readx1AVX2, 2: readx2AVX2, 4: readx4AVX2, 8: readx8AVX2},
		{1: readx1AVX2Ahead, 2: readx2AVX2Ahead, 4: readx4AVX2Ahead, 8: readx8AVX2Ahead},
	}
	readAVX512 = readers{
		{1: readx1AVX512, 2: readx2AVX512, 4: readx4AVX512, 8: readx8AVX512},
		{1: readx1AVX512Ahead, 2: readx2AVX512Ahead, 4: readx4AVX512Ahead, 8: readx8AVX512Ahead},
	}
)

// readBy takes the loop for so many streams, the one in plain Go where there is none.
func readBy(r readers) func(b []byte, streams, stride, rounds int, ahead bool) {
	return func(b []byte, streams, stride, rounds int, ahead bool) {
		loops := r[0]
		if ahead {
			loops = r[1]
		}
		if streams >= len(loops) || loops[streams] == nil {
			readGeneric(b, streams, stride, rounds)
			return
		}
		_ = b[(streams-1)*stride+rounds*readRound-1]
		loops[streams](&b[0], stride, rounds)
	}
}
