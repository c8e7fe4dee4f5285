package audit

import (
	"fmt"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// sampledBlocks is how many blocks of a tensor are looked at where a share of all is what matters.
const sampledBlocks = 512

// sample calls visit for blocks that are spread evenly over the tensor.
func (l *look) sample(visit func(block []byte)) {
	b, size := l.tensor.Bytes(), l.tensor.Type.BlockBytes()
	blocks := len(b) / size
	n := min(blocks, sampledBlocks)
	for i := range n {
		visit(b[i*(blocks/n)*size:][:size])
	}
}

const (
	// The scales of a sound file may be subnormal, and all of them in Q6_K, where they are the weights' size divided by
	// 4064. They are suspicious where so many steps of 2⁻²⁴ are all that is left of the typical one: it is then off by
	// 1/16 or more.
	leastSteps = 8

	subnormalShare = 0.9 // of the scales that are not zero; nearly empty blocks are usual
)

// subnormal looks at the scales of half precision.
func (l *look) subnormal() []Finding {
	m, n := &l.scales.moments, l.scales.subnormal
	used := m.Finite() - m.Zeros()
	if n == 0 || float64(n) < subnormalShare*float64(used) {
		return nil
	}
	steps := l.typicalScale() / 0x1p-24
	if steps >= leastSteps {
		return nil
	}
	f := l.finding(SubnormalScale, SeverityWarning, n, -1)
	f.Evidence = fmt.Sprintf("%d of %d scales are subnormal, the typical one is %.0f × 2^-24", n, m.Count(), steps)
	f.Why = fmt.Sprintf("the scale is rounded by up to 1 in %.0f, and all weights of a block with it: quantise to a type with a wider scale", 2*steps)
	return []Finding{f}
}

// typicalScale returns the median size of the scales that are not zero.
func (l *look) typicalScale() float64 {
	format, err := quant.Of(l.tensor.Type)
	if err != nil {
		return math.Inf(1)
	}
	fields := scaleFields(format)
	i := slices.IndexFunc(fields, func(f scaleField) bool { return f.name == "d" && f.smallest == smallestF16 })
	if i < 0 {
		return math.Inf(1)
	}
	var scales []float64
	var scratch scaleScratch
	l.sample(func(block []byte) {
		if v := math.Abs(float64(fields[i].of(block, &scratch)[0])); v > 0 {
			scales = append(scales, v)
		}
	})
	if len(scales) == 0 {
		return math.Inf(1)
	}
	slices.Sort(scales)
	return scales[len(scales)/2]
}

const (
	// A code lies at an end of its range now and then, the largest weight of a block always. So many, at both ends, are
	// what clipping makes, or codes of something else.
	saturatedShare = 0.5
	saturatedEach  = 0.1 // at each end: a matrix without negative weights has many codes at one
)

// codeRange returns the least and the greatest code of a type; false for types with so few that the ends of the range
// are usual.
func codeRange(t gguf.Type) (low, high float64, ok bool) {
	switch t {
	case gguf.Q8_0:
		return -127, 127, true
	case gguf.Q4_0, gguf.Q4_1, gguf.Q4_K, gguf.IQ4_NL, gguf.IQ4_XS:
		return 0, 15, true
	case gguf.Q5_0, gguf.Q5_1, gguf.Q5_K:
		return 0, 31, true
	case gguf.Q6_K:
		return 0, 63, true
	}
	return 0, 0, false
}

// saturated looks for codes at the ends of their range.
func (l *look) saturated() []Finding {
	low, high, ok := codeRange(l.tensor.Type)
	if !ok {
		return nil
	}
	counts := l.countCodes()
	var all, atLow, atHigh int
	for code, n := range counts {
		all += n
		if code <= low {
			atLow += n
		}
		if code >= high {
			atHigh += n
		}
	}
	share := float64(atLow+atHigh) / float64(max(all, 1))
	each := float64(min(atLow, atHigh)) / float64(max(all, 1))
	if share < saturatedShare || each < saturatedEach || isTernary(counts, all-atLow-atHigh, all) {
		return nil
	}
	f := l.finding(SaturatedCodes, SeverityWarning, int64(math.Round(share*float64(l.tensor.Elements()))), -1)
	f.Share = Number(share)
	f.Evidence = fmt.Sprintf("%.0f %% of the codes are at the ends of their range, %g and %g (of %d codes looked at)", 100*share, low, high, all)
	f.Why = "weights were clipped when they were quantised, or have two values only"
	return []Finding{f}
}

// isTernary reports whether what is not at an end of the range is one value: the weights are -1, 0 and 1 times a scale.
func isTernary(counts map[float64]int, between, all int) bool {
	return len(counts) <= 3 && float64(between) >= saturatedEach*float64(all)
}

// countCodes counts the codes of blocks that are not all zero.
func (l *look) countCodes() map[float64]int {
	counts := map[float64]int{}
	format, err := quant.Of(l.tensor.Type)
	if err != nil {
		return counts
	}
	weights := make([]float32, l.tensor.Type.BlockWeights())
	l.sample(func(block []byte) {
		if err := format.Decode(weights, block); err != nil || allZero(weights) {
			return
		}
		fields, _ := format.Fields(block) // the size is right
		for _, f := range fields {
			if f.Name != "codes" {
				continue
			}
			for _, code := range f.Values {
				counts[code]++
			}
		}
	})
	return counts
}
