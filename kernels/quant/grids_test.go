package quant

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

// TestGrids compares the tables with those of ggml.
func TestGrids(t *testing.T) {
	data, err := os.ReadFile(fixtures.Path(t, "quants/grids.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct{ Values []int }
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	got := map[string][]int{
		"iq2xxs_grid":        flatten8(iq2xxsGrid),
		"iq2xs_grid":         flatten8(iq2xsGrid),
		"iq2s_grid":          flatten8(iq2sGrid),
		"iq1s_grid":          flatten8(iq1sGrid),
		"iq3xxs_grid":        flatten4(iq3xxsGrid),
		"iq3s_grid":          flatten4(iq3sGrid),
		"ksigns_iq2xs":       tabulate(128, func(i int) int { return int(evenSigns(uint32(i))) }),
		"kvalues_iq4nl":      tabulate(16, func(i int) int { return int(nonlinear4[i]) }),
		"kvalues_mxfp4":      tabulate(16, func(i int) int { return int(twiceE2M1[i]) }),
		"e8m0_half_f32_bits": tabulate(256, func(i int) int { return int(math.Float32bits(halfE8M0(byte(i)))) }),
		"ue4m3_half_f32_bits": tabulate(256, func(i int) int {
			return int(math.Float32bits(halfE4M3(byte(i))))
		}),
	}
	for name, values := range got {
		if !slices.Equal(values, want[name].Values) {
			t.Errorf("%s = %v, want %v", name, values, want[name].Values)
		}
	}
}

func tabulate(n int, f func(i int) int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = f(i)
	}
	return values
}

func flatten8(grid [][8]float32) []int {
	return tabulate(8*len(grid), func(i int) int { return int(grid[i/8][i%8]) })
}

func flatten4(grid [][4]float32) []int {
	return tabulate(4*len(grid), func(i int) int { return int(grid[i/4][i%4]) })
}
