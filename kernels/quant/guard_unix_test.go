//go:build unix

package quant

import (
	"testing"
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// TestDecodersStayWithinTheirRows decodes rows of 0 … 4 blocks between forbidden pages.
func TestDecodersStayWithinTheirRows(t *testing.T) {
	const most = 4 * 256
	from, to := hostile.NewPages(t, 8*most), hostile.NewPages(t, 4*most)
	for typ := range gguf.Type(len(formats)) {
		if formats[typ].decode == nil {
			continue
		}
		block := typ.BlockWeights()
		for n := 0; n <= max(4*block, 66); n += block {
			size, _ := typ.RowBytes(n)
			for _, atEnd := range []bool{false, true} {
				src, out := from.Bytes(size, atEnd), to.Bytes(4*n, atEnd)
				copy(src, randomBytes(size))
				for _, level := range cpu.All() {
					if cpu.Check(level) == nil && n > 0 {
						formats[typ].decodeBy(decodersAt(level), unsafe.Slice((*float32)(unsafe.Pointer(&out[0])), n), src)
					}
				}
			}
		}
	}
}
