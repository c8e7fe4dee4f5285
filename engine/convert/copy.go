package convert

import (
	"iter"
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// copies cuts the bytes of a tensor that stays what it is into pieces.
func copies(file string, c choice) iter.Seq[*piece] {
	const most = 1 << 20
	size := c.Size()
	weights := func(bytes int64) int { return int(math.Round(float64(c.Elements()) * float64(bytes) / float64(size))) }
	return func(yield func(*piece) bool) {
		for lo := int64(0); lo < size; lo += most {
			hi := min(lo+most, size)
			p := &piece{weights: weights(hi) - weights(lo), make: func(s *scratch) error { return copyBytes(s, file, c, lo, hi) }}
			if !yield(p) {
				return
			}
		}
	}
}

func copyBytes(s *scratch, file string, c choice, lo, hi int64) error {
	return gguf.Guard(func() error {
		data := c.Bytes()
		if int64(len(data)) < hi {
			return noData(file, c)
		}
		copy(s.bytes(int(hi-lo)), data[lo:hi])
		return nil
	})
}

// noData says that a tensor has not the bytes that it should have, which happens with files that were opened although they
// are broken.
func noData(file string, c choice) error {
	return &gguf.Error{
		File: file, Kind: gguf.ErrOutOfBounds, Tensor: c.Name, Field: "data", Offset: -1,
		Advice: "the file is broken: sonde inspect says how",
	}
}
