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
	smallest float32                               // normal number of its type; 0 for bytes
	read     func(to *scaleScratch, blocks []byte) // appends those of whole blocks
}

// scaleScratch is memory for the scales of some blocks.
type scaleScratch struct {
	values []float32
	halves []byte
}

// of returns the scales of whole blocks, in memory that the next ones take, too.
func (f *scaleField) of(blocks []byte, scratch *scaleScratch) []float32 {
	scratch.values = scratch.values[:0]
	f.read(scratch, blocks)
	return scratch.values
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
		return scaleField{field.Name, smallestF16, func(to *scaleScratch, blocks []byte) { to.appendF16(blocks, at, size) }}
	case single && field.Bytes == 4:
		return scaleField{field.Name, smallestF32, func(to *scaleScratch, blocks []byte) {
			for ; len(blocks) >= size; blocks = blocks[size:] {
				to.values = append(to.values, math.Float32frombits(binary.LittleEndian.Uint32(blocks[at:])))
			}
		}}
	case len(field.Values) == field.Bytes:
		return scaleField{field.Name, 0, func(to *scaleScratch, blocks []byte) {
			for ; len(blocks) >= size; blocks = blocks[size:] {
				for _, v := range blocks[at:][:field.Bytes] {
					to.values = append(to.values, float32(v))
				}
			}
		}}
	}
	// IQ1_M's, in the top bits of what scales the sub-blocks.
	return scaleField{field.Name, smallestF16, func(to *scaleScratch, blocks []byte) {
		for ; len(blocks) >= size; blocks = blocks[size:] {
			fields, _ := f.Fields(blocks[:size]) // the size is right
			to.values = append(to.values, float32(fields[i].Values[0]))
		}
	}}
}

// appendF16 appends the f16 numbers at a place in blocks of so many bytes. They are put together first, since many are
// decoded much faster than one.
func (s *scaleScratch) appendF16(blocks []byte, at, size int) {
	n, have := len(blocks)/size, len(s.values)
	s.values = slices.Grow(s.values, n)[:have+n]
	s.halves = slices.Grow(s.halves[:0], 2*n)[:2*n]
	for i := range n {
		binary.LittleEndian.PutUint16(s.halves[2*i:], binary.LittleEndian.Uint16(blocks[i*size+at:]))
	}
	_ = quant.Decode(gguf.F16, s.values[have:], s.halves) // the size is right
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
}

// add adds the scales of whole blocks.
func (s *scaleSums) add(f *scaleField, blocks []byte, scratch *scaleScratch) {
	values := f.of(blocks, scratch)
	var m kernels.Moments
	m.Add(values)
	s.moments.Merge(&m)
	if m.Zeros() == 0 && m.Min() >= float64(f.smallest) {
		return
	}
	least := math.Float32bits(f.smallest)
	for _, v := range values {
		if magnitude := math.Float32bits(v) &^ (1 << 31); magnitude < least && magnitude != 0 {
			s.subnormal++
		}
	}
}

func (s *scaleSums) merge(o *scaleSums) {
	s.moments.Merge(&o.moments)
	s.subnormal += o.subnormal
}

func (a *sums) scaleStats(fields []scaleField) map[string]ScaleStats {
	var stats map[string]ScaleStats
	for i, field := range fields {
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
