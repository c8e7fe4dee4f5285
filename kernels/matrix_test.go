package kernels

import (
	"math"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

func TestMatricesThatDoNotFitAreRefused(t *testing.T) {
	for typ := range gguf.Type(64) {
		if _, err := quant.Of(typ); err != nil {
			if _, got := NewMatrix(typ, 1, 256, make([]byte, 256)); got == nil || got.Error() != err.Error() {
				t.Errorf("type %v: got error %v, want %v", typ, got, err)
			}
			continue
		}
		block, size := typ.BlockWeights(), typ.BlockBytes()
		for _, c := range []struct {
			rows, cols, bytes int
			want              string // "" if it fits
		}{
			{3, 2 * block, 6 * size, ""},
			{0, block, 0, ""},
			{3, 0, 0, "whole blocks"},
			{3, -block, 3 * size, "whole blocks"},
			{-1, block, 0, "whole blocks"},
			{3, math.MaxInt / block * block, 3 * size, "matrix"},
			{3, 2 * block, 6*size - 1, "bytes"},
			{3, 2 * block, 6*size + 1, "bytes"},
			{3, 2 * block, 4 * size, "bytes"},
		} {
			checkMatrix(t, typ, c.rows, c.cols, c.bytes, c.want)
		}
		if block > 1 {
			checkMatrix(t, typ, 3, block-1, 3*size, "whole blocks of")
			checkMatrix(t, typ, 3, block+1, 6*size, "whole blocks of")
		}
	}
	checkMatrix(t, gguf.F32, math.MaxInt/4*2+2, 1, 0, "bytes") // an int counts these bytes as 0
}

func checkMatrix(t *testing.T, typ gguf.Type, rows, cols, bytes int, want string) {
	t.Helper()
	_, err := NewMatrix(typ, rows, cols, make([]byte, bytes))
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("[%d, %d] of %v in %d bytes: got %v, want %q", rows, cols, typ, bytes, err, want)
	}
}
