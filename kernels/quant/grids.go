package quant

import "math/bits"

//go:generate go run gengrids.go

// The lattices of the IQ types: the only combinations of magnitudes that their codes can name. A row belongs to a code
// and has the magnitudes in the order of the weights.
var (
	iq2xxsGrid = grid8(iq2xxsPoints[:], [4]float32{8, 25, 43})
	iq2xsGrid  = grid8(iq2xsPoints[:], [4]float32{8, 25, 43})
	iq2sGrid   = grid8(iq2sPoints[:], [4]float32{8, 25, 43})
	iq3xxsGrid = grid4(iq3xxsPoints[:], [8]float32{4, 12, 20, 28, 36, 44, 52, 62})
	iq3sGrid   = grid4(iq3sPoints[:], [8]float32{1, 3, 5, 7, 9, 11, 13, 15})
	iq1sGrid   = grid8(iq1sPoints[:], [4]float32{-1, 0, 1}) // the sign is in the grid here
)

// grid8 unpacks points of eight weights, two bits each.
func grid8(points []uint16, levels [4]float32) [][8]float32 {
	grid := make([][8]float32, len(points))
	for i, p := range points {
		for j := range grid[i] {
			grid[i][j] = levels[p>>(2*j)&3]
		}
	}
	return grid
}

// grid4 unpacks points of four weights, three bits each.
func grid4(points []uint16, levels [8]float32) [][4]float32 {
	grid := make([][4]float32, len(points))
	for i, p := range points {
		for j := range grid[i] {
			grid[i][j] = levels[p>>(3*j)&7]
		}
	}
	return grid
}

// The lattices in bytes, for integer products: a word has a point, the first weight in the lowest byte.
var (
	iq2xxsBytes = gridBytes8(iq2xxsGrid, 1, 0)
	iq2xsBytes  = gridBytes8(iq2xsGrid, 1, 0)
	iq2sBytes   = gridBytes8(iq2sGrid, 1, 0)
	iq3xxsBytes = gridBytes4(iq3xxsGrid)
	iq3sBytes   = gridBytes4(iq3sGrid)
	iq1sBytes   = gridBytes8(iq1sGrid, 8, 16) // in units of the shift, without sign
)

func gridBytes8(grid [][8]float32, step, offset float32) []uint64 {
	words := make([]uint64, len(grid))
	for i := range grid {
		for j, level := range grid[i] {
			words[i] |= uint64(float32(step*level)+offset) << (8 * j)
		}
	}
	return words
}

func gridBytes4(grid [][4]float32) []uint32 {
	words := make([]uint32, len(grid))
	for i := range grid {
		for j, level := range grid[i] {
			words[i] |= uint32(level) << (8 * j)
		}
	}
	return words
}

// signs has the factors that a byte of signs stands for: bit j set makes weight j of its eight negative.
var signs = allSigns()

func allSigns() (t [256][8]float32) {
	for b := range t {
		for j := range t[b] {
			t[b][j] = 1 - 2*float32(b>>j&1)
		}
	}
	return t
}

// evenSigns completes a stored code of seven signs by the one that makes the number of negative weights even.
func evenSigns(code uint32) byte {
	code &= 127
	return byte(code | uint32(bits.OnesCount32(code)&1)<<7)
}

// signed8Weights decodes the eight weights of a point of eight.
func signed8Weights(y, grid, sign *[8]float32, d float32) {
	for j := 0; j < len(y); j += 4 { // four at once is faster, here and below
		y[j] = d * grid[j] * sign[j]
		y[j+1] = d * grid[j+1] * sign[j+1]
		y[j+2] = d * grid[j+2] * sign[j+2]
		y[j+3] = d * grid[j+3] * sign[j+3]
	}
}

// signed4Weights decodes the four weights of a point of four.
func signed4Weights(y, grid, sign *[4]float32, d float32) {
	y[0] = d * grid[0] * sign[0]
	y[1] = d * grid[1] * sign[1]
	y[2] = d * grid[2] * sign[2]
	y[3] = d * grid[3] * sign[3]
}
