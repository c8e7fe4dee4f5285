package kernels

import (
	"fmt"
	"math"
)

// Activations are rows of float32 rounded to bytes: the right side of products with quantised weights. A [Multiplier]
// makes them once per input and uses them for all matrices that it is multiplied by. The zero value is ready; memory is kept
// for reuse.
//
// In every block of 32 columns the code of x is x·(127/m) rounded to even, and the scale m/127, where m is the largest
// magnitude. A block whose m is below 2^-100 is taken as zeros. A NaN or an infinity makes the scale NaN, so that it is
// not lost: all outputs of the token become NaN.
type Activations struct {
	set          *Set // nil for the active one
	tokens, cols int
	width        int // tokens of a group, but of the last
	words        []uint32
	turned       []uint32 // those of one token, with blocks across, if a product has asked for them
}

// Tokens lie in groups, and the last group has only as many places as it needs. What a panel of 256 columns is multiplied
// by lies together: group after group, and in it block after block of 32 columns. For each of them a group of w tokens has
// these words, times w:
//
//	 0  codes   8: four codes of a token in a word, lowest first
//	 8  scale   float32
//	 9  sums    3 int32: Σ codes of all 32, of the first 16 and of the last
//	12  scaled  3 float32: scale·Σ codes
const (
	actScale  = 8
	actSums   = 9
	actScaled = 12
	actWords  = 15

	maxWidth    = 6
	smallestMax = 0x1p-100
)

// lastWidths are the widths that the last group may have.
var lastWidths = [...]int{1, 2, 4, maxWidth}

// group is the tokens from first on, in groups of one width.
type group struct {
	first, width, n int
	words           []uint32
}

// Set rounds x, [tokens, cols]. The error says that it has no whole rows, or rows no whole blocks of 32.
func (a *Activations) Set(x []float32, cols int) error {
	if cols <= 0 || cols%blockCols != 0 || len(x)%cols != 0 {
		return fmt.Errorf("activations of %d numbers in rows of %d: rows must be whole blocks of %d, and there must be no rest", len(x), cols, blockCols)
	}
	a.resize(len(x)/cols, cols)
	a.quantize(x, 0, a.tokens)
	return nil
}

// Decode returns what the rounded numbers are, [tokens, cols]: what products with quantised weights see of their input.
func (a *Activations) Decode() []float32 {
	x := make([]float32, 0, a.tokens*a.cols)
	for t := range a.tokens {
		for col := 0; col < a.cols; col += blockCols {
			panelFrom := col / panelCols * panelCols
			words, width := a.place(t, panelFrom, min(panelCols, a.cols-panelFrom))
			words = words[(col-panelFrom)/blockCols*actWords*width:]
			scale := math.Float32frombits(words[actScale*width])
			for i := range blockCols {
				x = append(x, scale*float32(int8(words[i/4*width]>>(8*(i%4)))))
			}
		}
	}
	return x
}

func (a *Activations) resize(tokens, cols int) {
	if a.set == nil {
		a.set = active
	}
	a.tokens, a.cols, a.width = tokens, cols, a.set.tileWidth()
	full, last := a.split()
	n := (full*a.width + last) * cols / blockCols * actWords
	a.words, a.turned = grown(a.words, n), a.turned[:0]
	if a.tokens < full*a.width+last { // places without a token
		clear(a.words[full*a.width*cols/blockCols*actWords:])
	}
}

// split returns the number of full groups, and the width of the last one, 0 if there is none.
func (a *Activations) split() (full, last int) {
	full = a.tokens / a.width
	rest := a.tokens % a.width
	for _, w := range lastWidths {
		if rest > 0 && rest <= w {
			return full, w
		}
	}
	return full, 0
}

// groups returns the full groups and the last one; either may have none.
func (a *Activations) groups() (full, last group) {
	n, width := a.split()
	words := n * a.width * a.cols / blockCols * actWords
	return group{0, a.width, n, a.words[:words]}, group{n * a.width, width, min(1, width), a.words[words:]}
}

// stride is the number of words of one of these groups in so many columns.
func (g group) stride(cols int) int { return g.width * cols / blockCols * actWords }

// from returns the words of these groups from column col on, where a panel begins.
func (g group) from(col int) []uint32 { return g.words[min(len(g.words), g.n*g.stride(col)):] }

// place returns the words of a token in the panel's columns from col on, and how far apart those are that belong to one
// of its fields.
func (a *Activations) place(token, col, cols int) (words []uint32, width int) {
	full, last := a.groups()
	g := full
	if token >= last.first {
		g = last
	}
	i := token - g.first
	return g.from(col)[i/g.width*g.stride(cols)+i%g.width:], g.width
}

// quantize rounds the tokens lo ≤ t < hi of x.
func (a *Activations) quantize(x []float32, lo, hi int) {
	for t := lo; t < hi; t++ {
		for col := 0; col < a.cols; col += panelCols {
			cols := min(panelCols, a.cols-col)
			words, width := a.place(t, col, cols)
			a.set.quantizeRow(words, width, x[t*a.cols+col:][:cols])
		}
	}
}

func quantizeRowGeneric(words []uint32, width int, row []float32) {
	for ; len(row) >= blockCols; row = row[blockCols:] {
		quantizeBlock(words, width, (*[blockCols]float32)(row))
		words = words[min(width*actWords, len(words)):]
	}
}

// quantizeBlock is the specification of the rounding.
func quantizeBlock(words []uint32, width int, x *[blockCols]float32) {
	var largest, odd float32
	for _, v := range x {
		largest = max(largest, abs(v))
		odd += v - v // NaN for NaN and infinities
	}
	up, scale := 127/largest, largest/127
	if largest < smallestMax {
		up, scale = 0, 0
	}
	scale += odd
	var sums [2]int32
	for j := range 8 {
		var word uint32
		for i := range 4 {
			q := int32(math.RoundToEven(float64(x[4*j+i] * up)))
			sums[j/4] += int32(int8(q))
			word |= uint32(uint8(q)) << (8 * i)
		}
		words[j*width] = word
	}
	words[actScale*width] = math.Float32bits(scale)
	for i, sum := range [3]int32{sums[0] + sums[1], sums[0], sums[1]} {
		words[(actSums+i)*width] = uint32(sum)
		words[(actScaled+i)*width] = math.Float32bits(scale * float32(sum))
	}
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
