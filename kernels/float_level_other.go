//go:build !amd64 || purego

package kernels

func (s *Set) registerLanes() int { return 0 }

func (s *Set) floatWidth(tokens int) int { return tokens }

func (s *Set) addFloats(*[floatRows * maxWidth * floatLanes]float32, floatRowsAt, int, int, []float32, int, int, int, int) {
	panic("kernels: no float kernels")
}

func (s *floatScratch) add(g, n int) {}

func floatBytes([]float32) []byte { return nil }
