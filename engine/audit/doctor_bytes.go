package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// byteSwapped looks for numbers that make no sense as they lie and do when their bytes are turned round: those of a
// big-endian machine in a file that says little-endian. Of quantised types it is the scales that tell.
func (l *look) byteSwapped() []Finding {
	read := l.numberReader()
	if read == nil {
		return nil
	}
	var asIs, swapped []float64
	l.sample(func(block []byte) {
		asIs = append(asIs, read(block, binary.LittleEndian))
		swapped = append(swapped, read(block, binary.BigEndian))
	})
	a, b := powersOfTwo(asIs), powersOfTwo(swapped)
	if len(a) < leastNumbers || areLikeWeights(a) || !areLikeWeights(b) {
		return nil
	}
	f := l.finding(ByteSwapped, SeverityError, int64(l.moments.Count()), 0)
	f.Evidence = fmt.Sprintf("the first number is %.3g as it lies and %.3g with its bytes turned round, and so are all", asIs[0], swapped[0])
	f.Why = "the data was written on a big-endian machine, or copied so, and the file says little-endian: convert the model again"
	return []Finding{f}
}

// numberReader reads a block's number of several bytes: the weight itself, or the scale.
func (l *look) numberReader() func(b []byte, order binary.ByteOrder) float64 {
	half := func(at int) func([]byte, binary.ByteOrder) float64 {
		return func(b []byte, order binary.ByteOrder) float64 { return float64(quant.F16ToF32(order.Uint16(b[at:]))) }
	}
	switch l.tensor.Type {
	case gguf.F32:
		return func(b []byte, order binary.ByteOrder) float64 {
			return float64(math.Float32frombits(order.Uint32(b)))
		}
	case gguf.BF16:
		return func(b []byte, order binary.ByteOrder) float64 { return float64(quant.BF16ToF32(order.Uint16(b))) }
	case gguf.F16:
		return half(0)
	}
	format, err := quant.Of(l.tensor.Type)
	if err != nil {
		return nil
	}
	fields, _ := format.Fields(make([]byte, l.tensor.Type.BlockBytes()))
	for _, f := range fields {
		if f.Name == "d" && f.Bytes == 2 {
			return half(f.Offset)
		}
	}
	return nil
}

// What weights, and scales, look like: half of a normal distribution lies within two powers of two, that of products of
// such within three. Bytes in the wrong order spread over all powers that the type has, or over none that is sensible.
const (
	leastNumbers = 16 // other than zero; fewer say nothing
	widestMiddle = 6  // powers of two that the middle half spreads over
)

// powersOfTwo returns the logarithms of all numbers but zeros, sorted.
func powersOfTwo(values []float64) []float64 {
	var powers []float64
	for _, v := range values {
		switch v = math.Abs(v); {
		case math.IsNaN(v):
			powers = append(powers, math.Inf(1))
		case v > 0:
			powers = append(powers, math.Log2(v))
		}
	}
	slices.Sort(powers)
	return powers
}

func areLikeWeights(powers []float64) bool {
	n := len(powers)
	if n < leastNumbers {
		return false
	}
	low, middle, high := powers[n/4], powers[n/2], powers[3*n/4]
	return high-low <= widestMiddle && middle > -30 && middle < 12
}

// identical looks for matrices that are byte for byte the same and should not be; those that are flat are found already.
func identical(f *gguf.File, tensors []*gguf.Tensor, found []Finding) []Finding {
	flat := map[string]bool{}
	for _, f := range found {
		flat[f.Tensor] = flat[f.Tensor] || f.Kind == AllZero || f.Kind == Constant
	}
	type class struct {
		gguf.Type
		shape, beginning string
	}
	seen := map[class][]*gguf.Tensor{} // one for each content
	for _, t := range tensors {
		if !isWeight(t) || !isMatrix(t) || isEmbedding(f, t) || isInteger(t.Type) || flat[t.Name] {
			continue
		}
		c := class{t.Type, fmt.Sprint(t.Shape), string(t.Bytes()[:min(256, t.Size())])}
		same := slices.IndexFunc(seen[c], func(o *gguf.Tensor) bool { return bytes.Equal(t.Bytes(), o.Bytes()) })
		switch {
		case same >= 0 && role(t.Name) != role(seen[c][same].Name):
			found = append(found, identicalFinding(t, seen[c][same]))
		case same < 0 && len(seen[c]) < mostAlike:
			seen[c] = append(seen[c], t)
		}
	}
	return found
}

// mostAlike is how many tensors that begin with the same bytes are remembered. More of them begin so for a reason that
// has nothing to do with copies, and to compare all pairs of a file made for it would take for ever.
const mostAlike = 8

func identicalFinding(t, other *gguf.Tensor) Finding {
	return Finding{
		Tensor: t.Name, Kind: IdenticalTensors, Severity: SeverityWarning, Count: int64(t.Elements()), Other: other.Name,
		Evidence: fmt.Sprintf("its %d bytes are those of %s", t.Size(), escape.Quote(other.Name)),
		Why:      "one of the two was written under both names, unless the model shares them by design",
	}
}

// isEmbedding reports whether t has the shape of the embedding: heads and copies of it are often tied to it.
func isEmbedding(f *gguf.File, t *gguf.Tensor) bool {
	embedding, ok := f.Tensor("token_embd.weight")
	return ok && slices.Equal(embedding.Shape, t.Shape)
}

// role is a tensor's name without numbers. Models repeat layers whole, and merges of models do it often; what is never
// repeated is one role's weights in another's place.
func role(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, name)
}
