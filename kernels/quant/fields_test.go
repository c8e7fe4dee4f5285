package quant

import (
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// formulas computes weight j of a block from its fields, in float64: the column "decode" of the package's table.
var formulas = map[gguf.Type]func(f block, j int) float64{
	gguf.Q4_0:  func(f block, j int) float64 { return f.at("d", 0) * (f.at("codes", j) - 8) },
	gguf.Q4_1:  func(f block, j int) float64 { return f.at("d", 0)*f.at("codes", j) + f.at("m", 0) },
	gguf.Q5_0:  func(f block, j int) float64 { return f.at("d", 0) * (f.at("codes", j) - 16) },
	gguf.Q5_1:  func(f block, j int) float64 { return f.at("d", 0)*f.at("codes", j) + f.at("m", 0) },
	gguf.Q8_0:  func(f block, j int) float64 { return f.at("d", 0) * f.at("codes", j) },
	gguf.Q8_1:  func(f block, j int) float64 { return f.at("d", 0) * f.at("codes", j) },
	gguf.Q8_K:  func(f block, j int) float64 { return f.at("d", 0) * f.at("codes", j) },
	gguf.Q1_0:  func(f block, j int) float64 { return f.at("d", 0) * (2*f.at("codes", j) - 1) },
	gguf.Q2_0:  func(f block, j int) float64 { return f.at("d", 0) * (f.at("codes", j) - 1) },
	gguf.TQ1_0: func(f block, j int) float64 { return f.at("d", 0) * (f.at("codes", j) - 1) },
	gguf.TQ2_0: func(f block, j int) float64 { return f.at("d", 0) * (f.at("codes", j) - 1) },
	gguf.Q2_K:  func(f block, j int) float64 { return f.affine(j, 16) },
	gguf.Q3_K: func(f block, j int) float64 {
		return f.at("d", 0) * (f.at("scales", j/16) - 32) * (f.at("codes", j) - 4)
	},
	gguf.Q4_K:    func(f block, j int) float64 { return f.affine(j, 32) },
	gguf.Q5_K:    func(f block, j int) float64 { return f.affine(j, 32) },
	gguf.Q6_K:    func(f block, j int) float64 { return f.at("d", 0) * f.at("scales", j/16) * (f.at("codes", j) - 32) },
	gguf.MXFP4:   func(f block, j int) float64 { return math.Ldexp(f.e2m1(j), int(f.at("e", 0))-128) },
	gguf.NVFP4:   func(f block, j int) float64 { return float64(halfE4M3(byte(f.at("scales", j/16)))) * f.e2m1(j) },
	gguf.IQ4_NL:  func(f block, j int) float64 { return f.at("d", 0) * f.nonlinear(j) },
	gguf.IQ4_XS:  func(f block, j int) float64 { return f.at("d", 0) * (f.at("scales", j/32) - 32) * f.nonlinear(j) },
	gguf.IQ2_XXS: func(f block, j int) float64 { return f.lattice8(iq2xxsGrid, j, 32) },
	gguf.IQ2_XS:  func(f block, j int) float64 { return f.lattice8(iq2xsGrid, j, 16) },
	gguf.IQ2_S:   func(f block, j int) float64 { return f.lattice8(iq2sGrid, j, 16) },
	gguf.IQ3_XXS: func(f block, j int) float64 { return (f.at("scales", j/32) + 0.5) * 0.5 * f.lattice4(iq3xxsGrid, j) },
	gguf.IQ3_S:   func(f block, j int) float64 { return (2*f.at("scales", j/32) + 1) * f.lattice4(iq3sGrid, j) },
	gguf.IQ1_S:   func(f block, j int) float64 { return f.oneBit(j, 32, 32) },
	gguf.IQ1_M:   func(f block, j int) float64 { return f.oneBit(j, 16, 8) },
}

// block is an unpacked block.
type block []Field

func (f block) at(name string, i int) float64 {
	return f[slices.IndexFunc(f, func(f Field) bool { return f.Name == name })].Values[i]
}

func (f block) affine(j, n int) float64 {
	return f.at("d", 0)*f.at("scales", j/n)*f.at("codes", j) - f.at("dmin", 0)*f.at("mins", j/n)
}

func (f block) e2m1(j int) float64      { return float64(twiceE2M1[int(f.at("codes", j))]) }
func (f block) nonlinear(j int) float64 { return float64(nonlinear4[int(f.at("codes", j))]) }

func (f block) sign(j int) float64 { return float64(signs[int(f.at("signs", j/8))][j%8]) }

func (f block) lattice8(grid [][8]float32, j, n int) float64 {
	return f.at("d", 0) * (f.at("scales", j/n) + 0.5) / 4 * float64(grid[int(f.at("grid", j/8))][j%8]) * f.sign(j)
}

func (f block) lattice4(grid [][4]float32, j int) float64 {
	return f.at("d", 0) * float64(grid[int(f.at("grid", j/4))][j%4]) * f.sign(j)
}

func (f block) oneBit(j, scale, shift int) float64 {
	point := float64(iq1sGrid[int(f.at("grid", j/8))][j%8])
	return f.at("d", 0) * (2*f.at("scales", j/scale) + 1) * (point + f.at("shifts", j/shift))
}

// formulaOf returns the formula of a type.
func formulaOf(typ gguf.Type) func(f block, j int) float64 {
	if typ.BlockWeights() == 1 {
		return func(f block, _ int) float64 { return f.at("value", 0) }
	}
	return formulas[typ]
}

// TestFieldsCoverBlocks finds bytes that no field claims.
func TestFieldsCoverBlocks(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		block := randomBytes(typ.BlockBytes())
		claimed := make([]bool, len(block))
		fields, err := mustOf(t, typ).Fields(block)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			for i := range f.Bytes {
				claimed[f.Offset+i] = true
			}
		}
		if i := slices.Index(claimed, false); i >= 0 {
			t.Errorf("no field has byte %d of %v", i, fields)
		}
	})
}
