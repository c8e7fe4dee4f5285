package audit

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// ScaleStats are the statistics of one field of the blocks of a quantised tensor: "d", the scale; "dmin" or "m", what the
// minima are scaled by or are; of MXFP4 "e" and of NVFP4 "scales", the bytes that stand for scales.
// As in [TensorStats], only finite ones count for Min, Max and Mean.
type ScaleStats struct {
	Count     int64  `json:"count"`
	Min       Number `json:"min"`
	Max       Number `json:"max"`
	Mean      Number `json:"mean"`
	Zeros     int64  `json:"zeros"`
	Subnormal int64  `json:"subnormal"` // so small that they have lost digits; usual for nearly empty blocks
	NaN       int64  `json:"nan"`
	Inf       int64  `json:"inf"`
}

// scaleField tells where the blocks of a format have a scale, and how to read it.
type scaleField struct {
	name     string
	smallest float32                                      // normal number of its type; 0 for bytes
	read     func(dst []float32, blocks []byte) []float32 // appends those of whole blocks
}

// What scales are stored as: where below that they have lost digits.
const (
	smallestF16 = 0x1p-14
	smallestF32 = 0x1p-126
)

// scaleFields returns the scales of a format's blocks, by what [quant.Format.Fields] tells of its layout. That unpacks
// all codes, too, so scales are read by hand where their bytes say it all.
func scaleFields(f *quant.Format) []scaleField {
	if f.Type.BlockWeights() == 1 {
		return nil
	}
	layout, err := f.Fields(make([]byte, f.Type.BlockBytes()))
	if err != nil {
		return nil
	}
	var list []scaleField
	for i, field := range layout {
		if isScale(f.Type, field.Name) {
			list = append(list, newScaleField(f, i, field))
		}
	}
	return list
}

// newScaleField makes a reader of field i of f's blocks.
func newScaleField(f *quant.Format, i int, field quant.Field) scaleField {
	at, size, single := field.Offset, f.Type.BlockBytes(), len(field.Values) == 1
	switch {
	case single && field.Bytes == 2:
		return scaleField{field.Name, smallestF16, func(dst []float32, blocks []byte) []float32 {
			return appendF16(dst, blocks, at, size)
		}}
	case single && field.Bytes == 4:
		return scaleField{field.Name, smallestF32, func(dst []float32, blocks []byte) []float32 {
			for ; len(blocks) >= size; blocks = blocks[size:] {
				dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(blocks[at:])))
			}
			return dst
		}}
	case len(field.Values) == field.Bytes:
		return scaleField{field.Name, 0, func(dst []float32, blocks []byte) []float32 {
			for ; len(blocks) >= size; blocks = blocks[size:] {
				for _, v := range blocks[at:][:field.Bytes] {
					dst = append(dst, float32(v))
				}
			}
			return dst
		}}
	}
	// IQ1_M's, in the top bits of what scales the sub-blocks.
	return scaleField{field.Name, smallestF16, func(dst []float32, blocks []byte) []float32 {
		for ; len(blocks) >= size; blocks = blocks[size:] {
			fields, _ := f.Fields(blocks[:size]) // the size is right
			dst = append(dst, float32(fields[i].Values[0]))
		}
		return dst
	}}
}

// appendF16 appends the f16 numbers at a place in blocks of so many bytes. They are put together first, since many are
// decoded much faster than one.
func appendF16(dst []float32, blocks []byte, at, size int) []float32 {
	n := len(blocks) / size
	dst = slices.Grow(dst, n)[:len(dst)+n]
	var halves [2 * 128]byte
	for to := dst[len(dst)-n:]; n > 0; n -= len(halves) / 2 {
		some := min(n, len(halves)/2)
		for i := range some {
			copy(halves[2*i:2*i+2], blocks[i*size+at:])
		}
		_ = quant.Decode(gguf.F16, to[:some], halves[:2*some]) // the size is right
		to, blocks = to[some:], blocks[some*size:]
	}
	return dst
}

func isScale(t gguf.Type, field string) bool {
	switch field {
	case "d", "dmin", "m":
		return true
	}
	return t == gguf.MXFP4 && field == "e" || t == gguf.NVFP4 && field == "scales"
}

// scaleSums are the sums of one field.
type scaleSums struct {
	moments   kernels.Moments
	subnormal int64
	buffer    []float32
}

// add adds the scales of whole blocks.
func (s *scaleSums) add(f *scaleField, blocks []byte) {
	s.buffer = f.read(s.buffer[:0], blocks)
	var m kernels.Moments
	m.Add(s.buffer)
	s.moments.Merge(&m)
	if m.Zeros() == 0 && m.Min() >= float64(f.smallest) {
		return
	}
	least := math.Float32bits(f.smallest)
	for _, v := range s.buffer {
		if magnitude := math.Float32bits(v) &^ (1 << 31); magnitude < least && magnitude != 0 {
			s.subnormal++
		}
	}
}

func (s *scaleSums) merge(o *scaleSums) {
	s.moments.Merge(&o.moments)
	s.subnormal += o.subnormal
}

func (a *sums) scaleStats(f *quant.Format) map[string]ScaleStats {
	var stats map[string]ScaleStats
	for i, field := range scaleFields(f) {
		if stats == nil {
			stats = map[string]ScaleStats{}
		}
		m := &a.scales[i].moments
		stats[field.name] = ScaleStats{
			Count: int64(m.Count()), Min: least(m), Max: greatest(m), Mean: Number(m.Mean()),
			Zeros: int64(m.Zeros()), Subnormal: a.scales[i].subnormal, NaN: int64(m.NaN()), Inf: int64(m.Inf()),
		}
	}
	return stats
}
