//go:build !amd64 || purego

package kernels

func floatLanes() int { return 0 }

func floatWidth(tokens int) int { return tokens }

func addFloats(*[floatRows * maxWidth * maxLanes]float32, floatRowsAt, int, []float32, int, int, int, int) {
	panic("kernels: no float kernels")
}

func (s *floatScratch) add(r, n int) {}

func floatBytes([]float32) []byte { return nil }
